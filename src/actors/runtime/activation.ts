/** One cell in memory. */
import type { AppError } from '../../base/index.js';
import type { CellState } from '../cell/index.js';

/** How a command ended, as its caller sees it; `servedBy` names the node when it is another one. */
export type Outcome = { ok: true; value: unknown; servedBy?: string } | { ok: false; error: AppError };

export type Done = (outcome: Outcome) => void;

export interface Activation {
  readonly key: string;
  readonly partition: number;
  readonly cell: CellState;
  /**
   * The number, in its partition's log, of the last input stepped; what the snapshot it was read from
   * contains, before.
   */
  lastSeq: number;
  /** Whether inputs were stepped that no snapshot contains. */
  dirty: boolean;
  lastUsedMs: number;
}
