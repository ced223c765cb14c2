/**
 * Reads what the server sends into the desk's types. A message of a kind that this page does not know (a
 * newer server) or of a broken shape becomes null, and is passed over rather than shown half.
 */
import type {
  AgentChatView,
  AgentView,
  ChatEntry,
  EventResource,
  MonitorMessage,
  OfferView,
  PageResource,
  VisitResource,
  WorkspaceMessage,
  WorkspaceState,
} from '../../../model/index.js';
import type { VisitActivity, VisitorIdentity } from './visit.js';

type Kind = 'string' | 'number' | 'boolean' | 'object';
type Fields<T> = { readonly [K in keyof T]?: Kind | readonly unknown[] };

/** Whether `value` is an object whose named fields have these types, or one of these values. */
function has<T>(value: unknown, fields: Fields<T>): value is T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const field = (value as Record<string, unknown>)[name];
    if (Array.isArray(wanted)) return wanted.includes(field);
    return typeof field === wanted && field !== null;
  });
}

function all<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isAgent = (value: unknown): value is AgentView =>
  has<AgentView>(value, {
    user: 'string',
    name: 'string',
    readiness: ['ready', 'notReady'],
    notReadyReason: ['ringNoAnswer', null],
    capacity: 'number',
  }) && all(value.groups, isText);

const isOffer = (value: unknown): value is OfferView =>
  has<OfferView>(value, {
    chatId: 'string',
    visitId: 'string',
    rule: 'string',
    offeredAt: 'number',
    expiresAt: 'number',
  });

const isEntry = (value: unknown): value is ChatEntry =>
  has<ChatEntry>(value, {
    offset: 'number',
    at: 'number',
    kind: ['message', 'joined', 'left', 'ended'],
    by: ['visitor', 'agent', 'system'],
  }) &&
  (value.text === undefined || isText(value.text)) &&
  (value.name === undefined || isText(value.name));

const chatFields = {
  chatId: 'string',
  state: ['waiting', 'active', 'ended'],
  typing: 'boolean',
} as const;

const isChat = (value: unknown): value is AgentChatView =>
  has<AgentChatView>(value, { ...chatFields, visitId: 'string', startDate: 'number' }) &&
  all(value.entries, isEntry);

/** `GET /workspace/api/state`. */
export function readState(value: unknown): WorkspaceState | null {
  const whole = has<WorkspaceState>(value, {});
  return whole && isAgent(value.agent) && all(value.offers, isOffer) && all(value.chats, isChat)
    ? value
    : null;
}

export function readAgent(value: unknown): AgentView | null {
  return has<{ agent: unknown }>(value, {}) && isAgent(value.agent) ? value.agent : null;
}

/** One message of `/workspace/{user}`. */
export function readWorkspaceMessage(value: unknown): WorkspaceMessage | null {
  if (!has<WorkspaceMessage>(value, { kind: 'string' })) return null;
  return isWhole(value) ? value : null;
}

function isWhole(message: WorkspaceMessage): boolean {
  switch (message.kind) {
    case 'agent':
      return isAgent(message.agent);
    case 'offer':
      return isOffer(message.offer);
    case 'offerGone':
      return isText(message.chatId);
    case 'chatOpened':
      return isChat(message.chat);
    case 'chatUpdated':
      return has(message, chatFields) && all(message.entries, isEntry);
    default:
      return false;
  }
}

const isEvent = (value: unknown): value is EventResource =>
  has<EventResource>(value, {
    eventId: 'string',
    eventName: 'string',
    eventType: ['SYSTEM', 'BUSINESS', 'ACTIONABLE'],
    pageId: 'string',
    timestamp: 'number',
    category: 'string',
    url: 'string',
    data: 'object',
  });

const isPage = (value: unknown): value is PageResource =>
  has<PageResource>(value, {
    pageId: 'string',
    url: 'string',
    title: 'string',
    category: 'string',
    startDate: 'number',
    endDate: 'number',
  });

/** One message of `/monitor/{visitID}`. */
export function readMonitorMessage(value: unknown): MonitorMessage | null {
  return has<MonitorMessage>(value, { visitId: 'string' }) && all(value.events, isEvent) ? value : null;
}

/** `GET /workspace/api/chats/{chatId}/visit`. */
export function readVisit(value: unknown): VisitActivity | null {
  if (!has<VisitActivity>(value, {})) return null;
  const { visit, pages, events, identities } = value;
  const isVisit = has<VisitResource>(visit, { visitId: 'string', startDate: 'number', endDate: 'number' });
  if (!isVisit || !all(pages, isPage) || !all(events, isEvent) || !Array.isArray(identities)) return null;
  return { visit, pages, events, identities: identities.flatMap(readIdentity) };
}

/**
 * An identity comes as the tie to the visit, as the identity itself, or as both in one: only its id is
 * certain.
 */
function readIdentity(value: unknown): VisitorIdentity[] {
  if (!has<Record<string, unknown>>(value, {})) return [];
  const { identityId, name, visitScope, at } = value;
  if (!isText(identityId)) return [];
  const scope = visitScope === 'Authenticated' || visitScope === 'Recognized' ? visitScope : null;
  return [
    {
      identityId,
      name: isText(name) && name !== '' ? name : null,
      visitScope: scope,
      at: typeof at === 'number' ? at : 0,
    },
  ];
}
