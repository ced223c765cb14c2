/**
 * The desk: all that one agent's workspace knows, as plain data. `reduce` in reducer.ts is its only writer.
 */
import type {
  AgentView,
  ChatEntry,
  ChatState,
  OfferView,
  WorkspaceMessage,
  WorkspaceState,
} from '../../../model/index.js';

/** A message of the agent that the transcript does not show yet. */
export interface OutgoingMessage {
  messageId: string;
  text: string;
  /** When the agent sent it, epoch milliseconds, browser's clock. */
  at: number;
  /**
   * `refused`: the server will never take it. `acknowledged`: it has an offset, but its entry has not come
   * yet.
   */
  delivery: { kind: 'sending' } | { kind: 'acknowledged'; offset: number } | { kind: 'refused' };
}

export interface DeskChat {
  chatId: string;
  /** Null until a snapshot or `chatOpened` has told it: an update may come first. */
  opening: { visitId: string; startDate: number } | null;
  state: ChatState;
  /** Sorted by offset, each offset once. */
  entries: readonly ChatEntry[];
  typing: boolean;
  outbox: readonly OutgoingMessage[];
  /** The last offset that the agent has seen; -1 before the first. */
  seenOffset: number;
  /** The server's last snapshot did not hold it: it ended while nobody listened. */
  missing: boolean;
}

/** A read of `GET /workspace/api/state` under way, and what was pushed meanwhile. */
export interface Sync {
  syncId: number;
  pushes: readonly WorkspaceMessage[];
  /** Offers that ended meanwhile, as in `Desk.endedOffers`: the snapshot may be older than that. */
  endedOffers: Readonly<Record<string, number>>;
}

export interface Desk {
  agent: AgentView | null;
  /** How often the server has told the agent's state, so that a late answer cannot undo a newer push. */
  agentTellCount: number;
  offers: Readonly<Record<string, OfferView>>;
  /** The latest offer of each chat that is over, by its `offeredAt`; repeats up to it do not ring. */
  endedOffers: Readonly<Record<string, number>>;
  chats: Readonly<Record<string, DeskChat>>;
  /** The rule that led to each chat, as its offer told. */
  rules: Readonly<Record<string, string>>;
  /** Chats that the agent has put away; a late push must not bring them back. */
  closedChats: readonly string[];
  sync: Sync | null;
  /** Something is known to be missing; another snapshot will bring it. */
  stale: boolean;
}

export type DeskInput =
  | { kind: 'syncStarted'; syncId: number }
  | { kind: 'syncFailed'; syncId: number }
  | { kind: 'snapshotTaken'; syncId: number; snapshot: WorkspaceState }
  | { kind: 'pushed'; message: WorkspaceMessage }
  /** The answer to a readiness request that was sent when `agentTellCount` was `askedAtCount`. */
  | { kind: 'readinessAnswered'; agent: AgentView; askedAtCount: number }
  /** The server has taken the agent's answer, or says that the offer is gone. */
  | { kind: 'offerAnswered'; chatId: string; offeredAt: number }
  /** The visitor has been said to type for so long that the end of it must have been lost. */
  | { kind: 'typingLapsed'; chatId: string }
  | { kind: 'messageWritten'; chatId: string; messageId: string; text: string; at: number }
  | { kind: 'messageAcknowledged'; chatId: string; messageId: string; offset: number }
  | { kind: 'messageRefused'; chatId: string; messageId: string }
  | { kind: 'messageRetried'; chatId: string; messageId: string }
  | { kind: 'messageDiscarded'; chatId: string; messageId: string }
  | { kind: 'chatSeen'; chatId: string }
  | { kind: 'chatClosed'; chatId: string };

/** Bounds of what the desk remembers; past one of them the oldest is forgotten. */
export const deskLimits = { syncPushesMax: 1_000, endedOffersMax: 200, closedChatsMax: 200 } as const;

export const emptyDesk: Desk = {
  agent: null,
  agentTellCount: 0,
  offers: {},
  endedOffers: {},
  chats: {},
  rules: {},
  closedChats: [],
  sync: null,
  stale: false,
};
