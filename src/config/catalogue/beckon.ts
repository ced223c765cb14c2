// Settings that the guide knows no option for: what an invitation says, how long a chat rings, what memory
// holds.
import { choice, flag, list, path, seconds, text, whole } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

function words(defaultText: string, lengthMax: number, meaning: string) {
  return {
    type: text({
      allowed: `a text of 1 to ${lengthMax} characters`,
      pattern: new RegExp(`^[^]{1,${lengthMax}}$`),
    }),
    default: defaultText,
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning,
  } as const;
}

function time(min: number, max: number, defaultSeconds: string, meaning: string) {
  return {
    type: seconds(min, max),
    default: defaultSeconds,
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning,
  } as const;
}

export const beckon = {
  dataFolder: {
    type: path(),
    default: 'data',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: "Folder of the node's journal and embedded database.",
  },
  storeFolder: {
    type: path(),
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Folder of the embedded databases, shared by all nodes of one machine; without it they are in the ' +
      'data folder.',
  },
  invitationTitle: words('May we help you?', 100, 'Title of an invitation.'),
  invitationText: words('An agent is free to chat with you now.', 500, 'Text of an invitation.'),
  invitationAcceptLabel: words('Chat now', 40, 'Button that accepts an invitation.'),
  invitationRejectLabel: words('No, thanks', 40, 'Button that declines an invitation.'),
  invitationDisplayTime: time(5, 600, '30', 'How long an invitation stays on the screen unanswered.'),
  chatRingTime: time(5, 300, '20', 'How long a chat rings at one agent before it goes to another.'),
  chatWaitTime: time(10, 3_600, '120', 'How long an accepted chat waits for an agent before it ends.'),
  chatAwayTime: time(10, 3_600, '60', 'How long a chat stays open while no page of the visit is.'),
  agentSessionTime: time(60, 604_800, '43200', 'How long an agent stays logged in to the workspace.'),
  cellIdleTime: {
    ...time(1, 86_400, '600', 'How long a visit without input stays in memory; then it sleeps in the store.'),
    scope: 'either',
  },
  cellsMax: {
    type: whole({ min: 100, max: 10_000_000, unit: 'visits' }),
    default: '100000',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Visits, agents and groups that memory holds at once; the least recently used go to sleep.',
  },
  pushSessionsMax: {
    type: whole({ min: 10, max: 10_000_000, unit: 'sessions' }),
    default: '100000',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Push sessions that the node holds at once; more are refused with a retry advice.',
  },
  writeBehindRowsMax: {
    type: whole({ min: 1_000, max: 10_000_000, unit: 'rows' }),
    default: '200000',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Rows that wait in memory for a store; from half of them on they are spilled to the spool, and at ' +
      'this bound the node stops taking events until they drain.',
  },
  spoolBytesMax: {
    type: whole({ min: 0, max: 1_000_000_000_000_000, unit: 'bytes' }),
    default: '10737418240',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Size on disk of what waits for one store that is away; a two-hour outage at 1,000 events a second ' +
      'takes about 3 GB.',
  },
  wire: {
    type: choice(['auto', 'native', 'node']),
    default: 'auto',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'What owns the sockets of the `default` and `ui` ports: `native` (uWebSockets.js), `node` (slower, on' +
      ' every platform), or the first that loads. The native library closes a connection whose request head' +
      ' is over 4 KB and comes in pieces; where browsers bring that many cookies, put a proxy in front that' +
      ' takes them off, as deploy/nginx does, or choose `node`. The `https` port always uses `node`.',
  },
  strictTransportSecurity: {
    type: seconds(0, 63_072_000),
    default: '0',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'How long browsers that came to the `https` port shall speak nothing but TLS to this host, on every' +
      ' port: `Strict-Transport-Security: max-age=…` on its answers. 0: the header is not sent, as pages on' +
      ' the `default` port of the same host would no longer be reached.',
  },
  trustedProxies: {
    type: list(
      'addresses, ranges such as 10.0.0.0/8, or `loopback`',
      /^(loopback|[0-9A-Fa-f.:]{2,45}(\/\d{1,3})?)$/,
    ),
    default: '',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Proxies and balancers in front of the node. What they say in `X-Forwarded-For` and ' +
      '`X-Forwarded-Proto` is believed, and nobody else.',
  },
  visitBinding: {
    type: choice(['offered', 'required']),
    default: 'offered',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Whether visits are tied to their browser by a cookie that scripts cannot read. `offered`: those of ' +
      'browsers that keep cookies for the server; the others have an unguessable id and no more. ' +
      '`required`: every visit, ' +
      'and events of any other are refused.',
  },
  visitKey: {
    type: text({ allowed: 'a text of 16 to 200 characters', pattern: /^[^]{16,200}$/ }),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning:
      'Key with which visits are tied to their browser; a cluster of several nodes needs it, the same on ' +
      'all. ' +
      "Otherwise the node's own secret serves.",
  },
  visitEventRate: {
    type: whole({ min: 0, max: 1_000_000, unit: 'events a second' }),
    default: '50',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "Events that one visit may send, after a burst of twenty seconds' worth; more are answered 429 and " +
      'sent again later. Callers on the machine itself are not limited; 0 limits nobody.',
  },
  botFilter: {
    type: flag(),
    default: 'true',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Keeps crawlers, known by their User-Agent, out of the visits; they are counted. Callers on the ' +
      'machine itself are let through.',
  },
  addressRequestRate: {
    type: whole({ min: 0, max: 1_000_000, unit: 'requests a second' }),
    default: '100',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "Requests that one address may make, after a burst of ten seconds' worth; more are answered 429. An " +
      'IPv6 address counts with its /64. Callers on the machine itself are not limited; 0 limits nobody.',
  },
  addressWebSocketsMax: {
    type: whole({ min: 0, max: 10_000_000, unit: 'WebSockets' }),
    default: '1000',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'WebSockets that one address may hold; 0 sets no limit.',
  },
  addressConnectionsMax: {
    type: whole({ min: 0, max: 10_000_000, unit: 'connections' }),
    default: '2000',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Requests under way, held polls among them, and WebSockets that one address may have at once; more ' +
      'are answered 429. With `node` as `wire` also its connections, unless it is a trusted proxy. Callers ' +
      'on the machine itself are not limited; 0 limits nobody.',
  },
  connectionsMax: {
    type: whole({ min: 0, max: 10_000_000, unit: 'connections' }),
    default: '0',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Connections that a port takes at once. The `native` wire sees no connection before its first ' +
      'request: it stops listening while the node has that many files and connections open, and goes on ' +
      'when a tenth of them is gone. 0: nine tenths of the files that the process may open (`ulimit -n`).',
  },
} as const satisfies SectionRows;
