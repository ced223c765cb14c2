/** What the agent workspace and the server say to each other. */
import type { ChatEntry, ChatState } from './chat.js';

export type AgentReadiness = 'ready' | 'notReady';

export interface AgentView {
  user: string;
  name: string;
  groups: string[];
  readiness: AgentReadiness;
  /** Why the server made the agent not ready, or null. */
  notReadyReason: 'ringNoAnswer' | null;
  /** Chats that the agent may hold at once. */
  capacity: number;
}

/** A chat that rings at this agent. */
export interface OfferView {
  chatId: string;
  visitId: string;
  rule: string;
  offeredAt: number;
  /** Unanswered until then, it goes to another agent; epoch milliseconds. */
  expiresAt: number;
}

export interface AgentChatView {
  chatId: string;
  visitId: string;
  state: ChatState;
  startDate: number;
  entries: ChatEntry[];
  /** Whether the visitor is typing now. */
  typing: boolean;
}

/** `GET /workspace/api/state`: all that the workspace shows, after log-in and after a reconnect. */
export interface WorkspaceState {
  agent: AgentView;
  offers: OfferView[];
  chats: AgentChatView[];
}

/** Pushed on `/workspace/{user}`. */
export type WorkspaceMessage =
  | { kind: 'agent'; agent: AgentView }
  | { kind: 'offer'; offer: OfferView }
  | { kind: 'offerGone'; chatId: string; reason: 'accepted' | 'declined' | 'ringNoAnswer' | 'ended' }
  | { kind: 'chatOpened'; chat: AgentChatView }
  | { kind: 'chatUpdated'; chatId: string; state: ChatState; entries: ChatEntry[]; typing: boolean };
