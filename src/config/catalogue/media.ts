// Options of how visitors are reached and served: chat, the push channel, and pacing.
import { choice, list, seconds, text, whole } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

export const chat = {
  connectionTimeout: {
    reserved: true,
    type: seconds(1, 10),
    default: '10',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'How long the connection to a chat server may fail before its sessions are marked for revival.',
  },
  identifyCreateContact: {
    reserved: true,
    type: choice(['1', '2', '3']),
    default: '3',
    forgiving: true,
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'guide',
    meaning:
      'What a proactive chat asks of the contact records: 1 nothing, 2 identify the visitor, 3 identify, ' +
      'and create a contact when there is none.',
  },
  queueKey: {
    reserved: true,
    type: text({
      allowed: '<tenant id>:<endpoint name>, for example 1:webme',
      pattern: /^\d{1,9}:[A-Za-z0-9_.-]{1,100}$/,
    }),
    mandatory: true,
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'Endpoint through which chats enter routing.',
  },
  refreshPoolSize: {
    reserved: true,
    type: whole({ min: 1, max: 99 }),
    default: '10',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'Workers that talk to chat servers for the widgets.',
  },
  refreshTaskPeriod: {
    reserved: true,
    type: seconds(1, 5),
    default: '2',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'How often a chat server is asked for news of a session.',
  },
  requestTimeout: {
    reserved: true,
    type: seconds(1, 3_600),
    default: '5',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Time allowed for one request to a chat server.',
  },
  sessionRestorationTimeout: {
    reserved: true,
    type: seconds(1, 86_400),
    default: '30',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'How long a chat is tried to be revived after its chat server went away.',
  },
  webengagementChatQueue: {
    reserved: true,
    type: text({ allowed: 'a queue name of 1 to 255 characters', pattern: /^[^\s,][^,]{0,254}$/ }),
    default: 'Webengagement_Chat',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Queue from which chat routing starts.',
  },
} as const satisfies SectionRows;

const transportClass = /^([A-Za-z]\w{0,99}\.){0,9}(WebSocket|JSON|JSONP|JettyWebSocket)Transport$/;

export const cometd = {
  heartBeatTimeout: {
    type: seconds(0),
    default: '0',
    scope: 'cluster',
    takesEffect: 'immediately',
    source: 'web',
    meaning:
      'How long a browser may do nothing (pings aside) before it counts as inactive; 0 turns this off.',
  },
  interval: {
    type: seconds(0, 3_600),
    default: '0',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'Pause that a browser leaves between two long polls.',
  },
  maxInterval: {
    type: seconds(1, 3_600),
    default: '15',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'How long the server waits for the next long poll before it drops the session.',
  },
  timeout: {
    type: seconds(1, 3_600),
    default: '30',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'How long a long poll without news is held open.',
  },
  transports: {
    type: list(
      'transport class names ending in WebSocketTransport, JSONTransport or JSONPTransport',
      transportClass,
    ),
    default:
      'org.cometd.websocket.server.JettyWebSocketTransport, org.cometd.server.transport.JSONTransport, ' +
      'org.cometd.server.transport.JSONPTransport',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning:
      'Allowed transports: WebSocket, long polling and callback polling, known by the simple class names.',
  },
  maxSessionsPerBrowser: {
    type: whole({ min: 1, max: 100 }),
    default: '1',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'Long polls that one browser may hold open at once.',
  },
} as const satisfies SectionRows;

export const pacing = {
  algorithm: {
    reserved: true,
    type: choice([
      'SUPER_PROGRESSIVE',
      'SUPER_PROGRESSIVE_DUAL',
      'PREDICTIVE_B',
      'PREDICTIVE_B_DUAL',
      'NON_PARAMETRIC',
    ]),
    default: 'SUPER_PROGRESSIVE',
    scope: 'either',
    takesEffect: 'restart',
    source: 'web',
    meaning:
      'How many invitations are predicted. SUPER_PROGRESSIVE suits 1 to 30 agents, PREDICTIVE_B more; ' +
      '_DUAL predicts chats that visitors start too.',
  },
  chatGroups: {
    type: list('agent groups'),
    default: 'Web Engagement Chat',
    scope: 'either',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Groups whose agents serve chats.',
  },
  voiceGroups: {
    reserved: true,
    type: list('agent groups'),
    default: '',
    scope: 'either',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Groups whose agents serve calls.',
  },
  interactionMinProcessingTime: {
    type: seconds(0, 3_600),
    default: '3',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning:
      'A chat that ends sooner counts as short-lived: it raises an alarm, and pacing ignores it. ' +
      '0 turns it off.',
  },
  optimizationGoal: {
    reserved: true,
    type: whole({ min: 1, max: 99, unit: 'percent' }),
    default: '3',
    scope: 'either',
    takesEffect: 'restart',
    source: 'web',
    meaning: 'Upper bound of the abandonment rate (3 to 5 is usual), or lower bound of busy time (70 to 85).',
  },
  optimizationTarget: {
    reserved: true,
    type: choice(['ABANDONMENT_RATE', 'BUSY_FACTOR'], { abandonement_rate: 'ABANDONMENT_RATE' }),
    default: 'ABANDONMENT_RATE',
    scope: 'either',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'What the goal is a bound of.',
  },
  proactiveRatio: {
    reserved: true,
    type: whole({ min: 0, max: 100, unit: 'percent' }),
    default: '0',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'guide',
    meaning:
      'Least share of agents kept for invited visitors; 100 leaves none to visitors who ask by themselves.',
  },
  refreshPeriod: {
    reserved: true,
    type: seconds(1, 3_600),
    default: '5',
    scope: 'either',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'How often the prediction is made anew.',
  },
} as const satisfies SectionRows;
