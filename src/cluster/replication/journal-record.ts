/**
 * What the local journal keeps for a partition that no copy backs up (cluster protocol, section 5).
 */
import type { AdoptedRange, Lineage, LogSegment } from './messages.js';

/** A partition as it stood when a record was made: what the store does not have yet. */
export interface JournalledCopy extends Lineage {
  partition: number;
  /** The epoch in which it was served, or of the copy. */
  epoch: number;
  segments: LogSegment[];
}

export interface JournalBatch extends LogSegment {
  partition: number;
  adopted: AdoptedRange[];
}

export type JournalRecord =
  /**
   * From here on the journal stands in for copies of these partitions; replaces what it said of them
   * before.
   */
  | { kind: 'open'; copies: JournalledCopy[] }
  /** Inputs of partitions that are open. */
  | { kind: 'inputs'; batches: JournalBatch[] }
  /** A copy elsewhere stands in again: what the journal has of these partitions is old. */
  | { kind: 'close'; partitions: number[] };
