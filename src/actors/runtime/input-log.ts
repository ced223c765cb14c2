/**
 * Where inputs become stable. The cells of a node lie in partitions, each with a log of its own: on a node
 * alone there is one partition and its log is the journal; in a cluster the logs are replicated.
 */
import type { Journal } from '../../stores/index.js';

export interface LogEntry {
  seq: number;
  payload: Uint8Array;
}

export interface InputLog {
  /** The partition of a cell, from 0. */
  partitionOf(cell: string): number;
  readonly partitions: number;
  /**
   * Appends an input to the log of a partition served here and gives its number there; numbers rise. The
   * bytes stay untouched from now on. Throws `AppError`: NOT_READY when the partition is not served here,
   * OVERLOADED when too much waits, STORE_UNAVAILABLE when nothing can be kept.
   */
  append(partition: number, payload: Uint8Array): number;
  /** The number of the last input of a partition, 0 for none. */
  lastSeq(partition: number): number;
  /** Rows and snapshots of all inputs up to `seq` are in the store: their entries are no longer needed. */
  release(partition: number, seq: number): Promise<void>;
  /**
   * The log is on this node's disk and nowhere else, so rows that are safe in the spool beside it need their
   * entries no longer. Whoever takes over a log kept elsewhere does not have this node's spool.
   */
  readonly isLocal?: boolean;
  /** Bytes of the entries still needed, all partitions together. */
  readonly bytes: number;
}

/** The log of a node alone: one partition, kept by its journal. */
export function journalLog(journal: Journal): InputLog {
  return {
    isLocal: true,
    partitions: 1,
    partitionOf: () => 0,
    append: (_partition, payload) => journal.append(payload),
    lastSeq: () => journal.nextSeq - 1,
    release: (_partition, seq) => journal.release(seq),
    get bytes() {
      return journal.bytes;
    },
  };
}
