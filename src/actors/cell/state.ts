/**
 * A cell: the actors that share one routing key. They are activated, stepped, written as one snapshot and
 * dropped together, so a tell between them is a call.
 */
import type { AgentState } from '../agent/index.js';
import type { ChatProfile } from '../chat/index.js';
import type { DocumentState } from '../document/index.js';
import type { EngagementProfile } from '../engagement/index.js';
import type { GroupState } from '../group/index.js';
import type { ActorInput, Address } from '../protocol/index.js';
import type { VisitState } from '../visit/index.js';
import type { Outbox } from './outbox.js';

export const cellBounds = {
  /** Tells inside one turn; more means that two actors talk in circles. */
  tellsPerTurnMax: 1_000,
  /** Senders whose last tell is remembered; the one heard longest ago goes first. */
  sendersMax: 10_000,
  /** Tells to other cells that wait for their acknowledgement. */
  pendingTellsMax: 10_000,
  /** Ended chats that stay, with their engagements, for late questions; older ones are in the store. */
  endedKeptMax: 2,
  /** How often an unacknowledged tell is sent again. */
  tellRetryMs: 2_000,
} as const;

/** A tell to another cell, kept until its cell has acknowledged it. */
export interface PendingTell {
  id: number;
  to: Address;
  input: ActorInput;
  /**
   * When it is sent again, epoch milliseconds; Infinity while an earlier tell to the same cell is under way.
   */
  retryAt: number;
}

export interface CellState {
  key: string;
  visit: VisitState | null;
  engagements: Record<string, EngagementProfile> | null;
  chats: Record<string, ChatProfile> | null;
  agent: AgentState | null;
  group: GroupState | null;
  document: DocumentState | null;
  /** What the visit's browsers were pushed lately. Absent in snapshots of before it was kept. */
  outbox?: Outbox | null;
  /**
   * The version of the rows of the last input: its time in microseconds, and always higher than that of the
   * input before. Absent in snapshots of before it was kept.
   */
  rowVersion?: number;
  nextTellId: number;
  pendingTells: PendingTell[];
  /**
   * The highest tell applied of each sending cell, in the order in which they were last heard; null for none.
   */
  heard: Record<string, number> | null;
  heardCount: number;
  deadlineMs: number | null;
}

export function initialCell(key: string): CellState {
  return {
    key,
    visit: null,
    engagements: null,
    chats: null,
    agent: null,
    group: null,
    document: null,
    outbox: null,
    rowVersion: 0,
    nextTellId: 1,
    pendingTells: [],
    heard: null,
    heardCount: 0,
    deadlineMs: null,
  };
}

/** Whether the cell holds nothing that a later activation would miss. */
export function isBlank(cell: CellState): boolean {
  const { visit, agent, group, document, engagements, chats, heard, pendingTells } = cell;
  if (agent !== null || group !== null || document !== null || engagements !== null || chats !== null)
    return false;
  return heard === null && pendingTells.length === 0 && (visit === null || visit.startDate === 0);
}
