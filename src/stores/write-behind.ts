/**
 * The bounded queue in front of the operational store. It keeps the store off the way of every decision: rows
 * are taken at once and written later, in batches, for as long as it takes. What it still holds when the
 * process dies is written again from the journal.
 */
import { type Row } from './operational-store.js';

export interface WriteBehind {
  /**
   * Takes the rows that input `seq` of the journal made; never throws, never waits. Inputs come in order; a
   * cell's snapshot comes after the rows of every input that it contains. The bound is kept by whoever takes
   * new inputs: it refuses them while `isFull`.
   */
  enqueue(rows: readonly Row[], seq: number): void;
  /** Rows or bytes waiting have reached the bound. */
  readonly isFull: boolean;
  /** Rows taken and not yet written; of rows with one key only the newest counts. */
  readonly depth: number;
  /** Roughly the bytes of those rows. */
  readonly bytes: number;
  /** How long the oldest row has been waiting, milliseconds; 0 when none is. */
  readonly oldestAgeMs: number;
  /** Writes that failed since the start, and the last one's reason while the store has not answered since. */
  readonly failures: number;
  readonly lastError: string | undefined;
  /** Rows of this and all earlier inputs are in the store. */
  readonly persistedSeq: number;
  /**
   * Writes at once what waits now, and resolves when all of it is in the store; while the store is down it
   * waits. With `visitId` it resolves at once when no row of that visit, its engagements and chats, or its
   * cell is waiting.
   */
  drained(visitId?: string): Promise<void>;
  /**
   * Writes what waits, at most for `timeoutMs`, and stops. Says whether everything was written; what was not,
   * the journal still has. Rows that come later are not taken.
   */
  close(timeoutMs: number): Promise<boolean>;
}
