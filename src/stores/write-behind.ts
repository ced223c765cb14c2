/**
 * The queues in front of the operational store and the search index. They keep both off the way of every
 * decision: rows are taken at once and written later, in batches, for as long as it takes; what a sink does
 * not take meanwhile waits in memory and then on disk. What only memory holds when the process dies is made
 * again from the journal.
 */
import { type Row, type RowSink } from './operational-store.js';

/** One receiver of rows beside the operational store. */
export interface SinkDefinition {
  /** What metrics, logs and the spool's folder call it: lower-case letters. */
  name: string;
  sink: RowSink;
  /** Which rows it gets; default all but cells and documents. */
  takes?: (row: Row) => boolean;
}

/** Everything that is kept of some visits and identities, to be erased. */
export interface ErasureTarget {
  visitIds: readonly string[];
  identityIds: readonly string[];
}

export interface SinkFigures {
  /**
   * Rows taken and not yet written, in memory and on disk; of rows in memory with one key only the newest.
   */
  readonly depth: number;
  /** Roughly the bytes of those in memory. */
  readonly bytes: number;
  /** Bytes and rows of the spool. */
  readonly spoolBytes: number;
  readonly spoolRows: number;
  /** The spool has no room, and rows gather in memory. */
  readonly isSpoolFull: boolean;
  /** How long the oldest row has been waiting, milliseconds; 0 when none is. */
  readonly oldestAgeMs: number;
  /** Since the start: rows written, writes that failed, rows refused, spool segments set aside as damaged. */
  readonly written: number;
  readonly failures: number;
  readonly refused: number;
  readonly damaged: number;
  /** Why the last write failed, while the sink has not taken one since. */
  readonly lastError: string | undefined;
  /** Writes fail, or did until a few seconds ago. */
  readonly isAway: boolean;
  /** Memory has its bound of rows or bytes. */
  readonly isFull: boolean;
}

export interface WriteBehind {
  /**
   * Takes the rows that input `seq` of the journal made; never throws, never waits. Inputs come in order; a
   * cell's snapshot comes after the rows of every input that it contains. The bound is kept by whoever takes
   * new inputs: it refuses them while `isFull`.
   */
  enqueue(rows: readonly Row[], seq: number): void;
  /** Some sink's rows or bytes in memory have reached the bound. */
  readonly isFull: boolean;
  /** Why, for an operator; undefined while it is not. */
  readonly fullReason: string | undefined;
  /** Every sink by its name; the operational store is `store`. */
  readonly sinks: Readonly<Record<string, SinkFigures>>;
  /** Whether the operational store failed when it was last written to. */
  readonly isStoreAway: boolean;
  /** Rows of this and all earlier inputs are safe for every sink: written, or in its spool on disk. */
  readonly persistedSeq: number;
  /**
   * Writes at once what waits now for the operational store, and resolves when all of it is written. With
   * `visitId` it resolves at once when no row of that visit, its engagements and chats, or its cell is
   * waiting. Rejects with `AppError` STORE_UNAVAILABLE when it takes longer than `timeoutMs`, and at once
   * when the store has been away for so long already. Default: for ever; 5 seconds with a visit.
   */
  drained(visitId?: string, timeoutMs?: number): Promise<void>;
  /**
   * Makes what was taken until now safe: writes it or, where a sink is away or slow, spills it. Says whether
   * it is within `timeoutMs`; then the journal may let go of those inputs.
   */
  secured(timeoutMs: number): Promise<boolean>;
  /**
   * Removes everything of `target` from the queues, the spools and every sink, the operational store last, or
   * not at all with `leavesStore`: it knows what belongs to whom, for as long as an erasure may have to be
   * asked for again. Rejects with `AppError` STORE_UNAVAILABLE when a sink cannot be reached within
   * `timeoutMs`; then it may be.
   */
  erase(target: ErasureTarget, timeoutMs: number, leavesStore?: boolean): Promise<void>;
  /**
   * Writes what waits, at most for `timeoutMs`, spills the rest and stops. Says whether everything was
   * written. Rows that come later are not taken.
   */
  close(timeoutMs: number): Promise<boolean>;
}
