// Options of visits and what is done with them: privacy, rules, engagements, the data they carry, their
// queues.
import { choice, flag, list, path, seconds, text } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

export const privacy = {
  collectActualIPs: {
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      "Keeps the address of the peer that began a visit, as `actualIP` of its VisitStarted event's data.",
  },
  collectForwardedIPs: {
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      'Keeps the addresses that `beckon/trustedProxies` announce, from the visitor’s on, as `forwardedIPs` ' +
      'of the same data. Geolocation needs both `collect…` options.',
  },
  geoMode: {
    type: choice(['location', 'city', 'countryCode']),
    default: 'location',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "The one field of geolocation that is added to a VisitStarted event's data: `location` " +
      '(`latitude,longitude` in degrees), `city` (its English name) or `countryCode` (two letters).',
  },
  pathToGeoDB: {
    type: path(),
    default: 'etc/GeoLite2-City.mmdb',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "City database in MaxMind's format that addresses are looked up in. Without the file there is no " +
      'geolocation; a new file is taken into use without a restart.',
  },
} as const satisfies SectionRows;

export const cep = {
  domainSeparation: {
    reserved: true,
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning:
      'Lets a rule package see only events of the domain that its reversed name spells (`com.example.blog` ' +
      'sees `blog.example.com` and what is below it). Otherwise every package sees every event.',
  },
} as const satisfies SectionRows;

export const engagement = {
  engagementExpirationTime: {
    type: seconds(10, 1_800),
    default: '30',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning:
      'How long an engagement may wait from its creation until the invitation is sent; then it is void.',
  },
  registrationFormExpirationTime: {
    reserved: true,
    type: seconds(10, 1_800),
    default: '120',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'How long an attempt counts as live while the visitor fills in the registration form.',
  },
  strictEngagementMode: {
    type: flag(),
    default: 'true',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'One engagement attempt at a time for a visit; otherwise several may run side by side.',
  },
  visitExpirationTime: {
    type: seconds(0),
    default: '86400',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'How long a visit is valid; checked when a page asks for its categories. 0 means for ever.',
  },
} as const satisfies SectionRows;

function queue(name: string, enteredWhen: string) {
  return {
    reserved: true,
    type: text({ allowed: 'a queue name of 1 to 255 characters', pattern: /^[^\s,][^,]{0,254}$/ }),
    default: name,
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: `Queue of an engagement ${enteredWhen}.`,
  } as const;
}

export const queues = {
  queueQualified: queue('Webengagement_Qualified', 'that a rule has just created'),
  queueEngaged: queue('Webengagement_Engaged', 'whose invitation was sent to the visitor'),
  queueAccepted: queue('Webengagement_Accepted', 'that the visitor accepted'),
  queueRejected: queue('Webengagement_Rejected', 'that the visitor declined'),
  queueTimeout: queue('Webengagement_Timeout', 'whose invitation was shown and not answered in time'),
  queueMissed: queue('Webengagement_Missed', 'whose invitation could not be shown, or came too late'),
  queueFailed: queue('Webengagement_Failed', 'that an error broke off'),
} as const satisfies SectionRows;

function eventFields(of: string, defaults: string, source: 'web' | 'own') {
  return {
    type: list('keys; `*`, `prefix_*` and `*_suffix` match many'),
    default: defaults,
    scope: 'cluster',
    takesEffect: 'immediately',
    source,
    meaning: `Fields of ${of} that an engagement carries from its creation.`,
  } as const;
}

export const userData = {
  keysToPropagate: {
    reserved: true,
    type: list('keys; `*`, `prefix_*` and `*_suffix` match many'),
    default: '',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Keys that a chat takes over from the engagement it follows.',
  },
  'eventType.ACTIONABLE': eventFields("the actionable event's data", 'timezoneOffset', 'web'),
  'eventName.SignIn': eventFields("the data of the session's SignIn event", '', 'web'),
  'eventName.UserInfo': eventFields("the data of the session's UserInfo event", '', 'web'),
  'eventName.VisitStarted': eventFields("the VisitStarted event's data", 'timezoneOffset', 'web'),
  attach812StyleUserData: {
    reserved: true,
    type: flag(),
    default: 'true',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning:
      'Adds the keys of release 8.1.2 to an engagement: `jsonEvent`, `ixnType`, `engagements_in_progress`, ' +
      '`engagement_type`, `engagement_attempts`.',
  },
} as const satisfies SectionRows;
