/** A chat between a visitor and an agent. */

export type ChatState = 'waiting' | 'active' | 'ended';

/** Why a chat ended. */
export type ChatEndReason = 'visitorEnded' | 'agentEnded' | 'visitorLeft' | 'noAgent' | 'agentLeft';

/** One line of a transcript. `offset` counts from 0 without gaps. */
export interface ChatEntry {
  offset: number;
  /** Epoch milliseconds, server's clock. */
  at: number;
  kind: 'message' | 'joined' | 'left' | 'ended';
  by: 'visitor' | 'agent' | 'system';
  /** Display name of the agent, for `by: 'agent'`. */
  name?: string;
  /** The sender's own id of a message; a repeat with the same id adds no entry. */
  messageId?: string;
  text?: string;
  reason?: ChatEndReason;
}

export interface ChatResource {
  chatId: string;
  visitId: string;
  state: ChatState;
  startDate: number;
  endDate: number;
  agent: string | null;
  agentName: string | null;
  group: string;
  entries: ChatEntry[];
}

export const chatLimits = { textLengthMax: 4_000, entriesMax: 2_000 } as const;
