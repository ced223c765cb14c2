// What visitors do and what comes of it: events, visits, rules, engagements, chats.
import { plain, type ValueRow } from '../metric-row.js';

export const traffic: readonly ValueRow[] = [
  plain(
    {
      name: 'beckon_events_received_total',
      kind: 'counter',
      help: 'Events that browsers sent: accepted, repeated and rejected ones.',
    },
    ({ tallies }) => tallies.eventsAccepted + tallies.eventsDuplicate + tallies.eventsRejected,
  ),
  plain(
    { name: 'beckon_events_accepted_total', kind: 'counter', help: 'Events that a visit took.' },
    ({ tallies }) => tallies.eventsAccepted,
  ),
  plain(
    {
      name: 'beckon_events_duplicate_total',
      kind: 'counter',
      help: 'Events that a visit had taken before, known by their eventID.',
    },
    ({ tallies }) => tallies.eventsDuplicate,
  ),
  plain(
    {
      name: 'beckon_events_rejected_total',
      kind: 'counter',
      help: 'Events that broke a rule of their form.',
    },
    ({ tallies }) => tallies.eventsRejected,
  ),
  plain(
    {
      name: 'beckon_bot_requests_total',
      kind: 'counter',
      help: 'Requests of crawlers, which `beckon/botFilter` keeps out of the visits.',
    },
    ({ tallies }) => tallies.botRequests,
  ),
  plain(
    { name: 'beckon_visits_started_total', kind: 'counter', help: 'Visits begun.' },
    ({ tallies }) => tallies.visitsStarted,
  ),
  plain(
    {
      name: 'beckon_visits_expired_total',
      kind: 'counter',
      help: 'Visits found over when a page asked for its categories.',
    },
    ({ tallies }) => tallies.visitsExpired,
  ),
  plain(
    {
      name: 'beckon_visits_active',
      kind: 'gauge',
      help: 'Visits in memory, which are those with an input within `beckon/cellIdleTime`.',
    },
    ({ sources }) => sources.caches?.VisitProfileCache?.cacheSize,
  ),
  {
    name: 'beckon_rule_firings_total',
    kind: 'counter',
    labels: ['package', 'rule'],
    help: 'Firings of rules.',
    read: ({ tallies }) => tallies.ruleFirings.samples(),
  },
  {
    name: 'beckon_rule_suspensions_total',
    kind: 'counter',
    labels: ['package', 'rule', 'reason'],
    help: 'Rules set aside for one visit because they went over a bound.',
    read: ({ tallies }) => tallies.ruleSuspensions.samples(),
  },
];

export const engagements: readonly ValueRow[] = [
  {
    name: 'beckon_engagements_total',
    kind: 'counter',
    labels: ['queue', 'reason'],
    help: 'Engagements that entered a queue, by the option that names it, and why where there is a reason.',
    read: ({ tallies }) => tallies.engagements.samples(),
  },
  plain(
    {
      name: 'beckon_engagements_blocked_total',
      kind: 'counter',
      help: 'Firings that made no engagement because the visit had one under way.',
    },
    ({ tallies }) => tallies.engagementsBlocked,
  ),
  plain(
    { name: 'beckon_chats_opened_total', kind: 'counter', help: 'Chats opened.' },
    ({ tallies }) => tallies.chatsOpened,
  ),
  {
    name: 'beckon_chats_ended_total',
    kind: 'counter',
    labels: ['reason'],
    help: 'Chats ended, by reason.',
    read: ({ tallies }) => tallies.chatsEnded.samples(),
  },
  plain(
    {
      name: 'interaction_duration_exceeded',
      guideName: 'interaction.duration.exceeded',
      kind: 'gauge',
      help: '1 while a chat shorter than `pacing/interactionMinProcessingTime` was seen lately, else 0.',
    },
    ({ shortInteraction }) => Number(shortInteraction),
  ),
  plain(
    {
      name: 'lb_routing_correct',
      guideName: 'lb.routing.correct',
      kind: 'gauge',
      help: '0 while a request meant for another node was seen lately, else 1.',
    },
    ({ misrouted }) => Number(!misrouted),
  ),
];
