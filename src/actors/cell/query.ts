/** Questions to a cell: they read, change nothing, and need no place in the journal. */
import { unreachable } from '../../base/index.js';
import type {
  AgentChatView,
  ChatEntry,
  ChatState,
  NotificationMessage,
  OutboxMark,
  WorkspaceState,
} from '../../model/index.js';
import { agentView, offerView } from '../agent/index.js';
import { chatView } from '../chat/index.js';
import { invitationOf } from '../engagement/index.js';
import { type Missed, missedSince } from './outbox.js';
import type { CellState } from './state.js';

export type CellQuery =
  /** What a freshly subscribed browser must be told again: an open invitation, an open chat. */
  | { kind: 'pendingNotifications' }
  /** What a browser missed that has seen everything up to `since`. */
  | { kind: 'missedNotifications'; since: OutboxMark }
  | { kind: 'chat'; chatId: string; since: number }
  /** Who takes part: the agent of a chat, or null. */
  | { kind: 'chatAgent'; chatId: string }
  | { kind: 'chatView'; chatId: string }
  | { kind: 'workspace' };

export interface MissedNotifications extends Omit<Missed, 'hasGap'> {
  /** Told before the rest when some of it is gone for good; a repeat of what the browser knows already. */
  pending: NotificationMessage[];
}

export interface ChatAnswer {
  chatId: string;
  state: ChatState;
  agentName: string | null;
  entries: ChatEntry[];
}

export interface CellAnswers {
  pendingNotifications: NotificationMessage[];
  missedNotifications: MissedNotifications;
  chat: ChatAnswer | null;
  chatAgent: string | null;
  chatView: AgentChatView | null;
  /** The agent's side; `chats` are ids, whose views their own cells give. */
  workspace: (Omit<WorkspaceState, 'chats'> & { chats: string[] }) | null;
}

export function answerQuery(
  cell: CellState,
  query: CellQuery,
  nowMs: number,
): CellAnswers[CellQuery['kind']] {
  switch (query.kind) {
    case 'pendingNotifications':
      return pendingNotifications(cell, nowMs);
    case 'missedNotifications':
      return missedNotifications(cell, query.since, nowMs);
    case 'chat': {
      const chat = cell.chats?.[query.chatId];
      if (chat === undefined) return null;
      const { chatId, state, agentName, entries } = chat;
      return { chatId, state, agentName, entries: entries.slice(Math.max(0, query.since)) };
    }
    case 'chatAgent':
      return cell.chats?.[query.chatId]?.agent ?? null;
    case 'chatView': {
      const chat = cell.chats?.[query.chatId];
      return chat === undefined ? null : chatView(chat);
    }
    case 'workspace': {
      const { agent } = cell;
      if (agent === null) return null;
      return { agent: agentView(agent), offers: agent.offers.map(offerView), chats: [...agent.chats] };
    }
    default:
      return unreachable(query, 'cell query');
  }
}

function pendingNotifications(cell: CellState, nowMs: number): NotificationMessage[] {
  const messages: NotificationMessage[] = [];
  for (const profile of Object.values(cell.engagements ?? {})) {
    const invitation = invitationOf(profile, nowMs);
    if (invitation !== undefined) {
      messages.push({ page: profile.pageID, channel: 'gpe.invite', data: { ...invitation } });
    }
  }
  for (const chat of Object.values(cell.chats ?? {})) {
    if (chat.state === 'ended') continue;
    messages.push({ page: null, channel: 'gpe.openChat', data: { chatId: chat.chatId } });
  }
  return messages;
}

function missedNotifications(cell: CellState, since: OutboxMark, nowMs: number): MissedNotifications {
  const { mark, entries, hasGap } = missedSince(cell.outbox ?? null, since);
  const pending = pendingNotifications(cell, nowMs);
  return {
    mark,
    pending: hasGap ? pending : [],
    entries: entries.map((entry) => ({ ...entry, messages: upToDate(entry.messages, pending) })),
  };
}

/** An invitation of before is told with the time that is left of it, or, when it is over, not at all. */
function upToDate(
  messages: readonly NotificationMessage[],
  pending: readonly NotificationMessage[],
): NotificationMessage[] {
  const engagementOf = ({ data }: NotificationMessage): unknown =>
    typeof data === 'object' && data !== null && !Array.isArray(data) ? data.engagementID : undefined;
  return messages.flatMap((message) => {
    if (message.channel !== 'gpe.invite') return [message];
    const open = pending.find(
      (other) => other.channel === 'gpe.invite' && engagementOf(other) === engagementOf(message),
    );
    return open === undefined ? [] : [open];
  });
}
