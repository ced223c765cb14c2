/**
 * What the partitions of two nodes say to each other. Every message names the epoch that it belongs to; a
 * receiver in another epoch ignores it, and the sender repeats what has not been answered.
 */
import type { NodeName } from '../identity.js';

/** Entries of a log that follow each other without a gap, all appended in one epoch. */
export interface LogSegment {
  /** The number of the first payload; the others follow by one. */
  firstSeq: number;
  payloads: Uint8Array[];
}

/** Orphans of a journal that a server has appended again under new numbers, so that nobody does it twice. */
export interface AdoptedRange {
  /** The numbers they had in the history that was lost, first and last. */
  fromSeq: number;
  toSeq: number;
  /** The number that the last of them has now. */
  atSeq: number;
}

/** What identifies a partition's history, however little of its log is left. */
export interface Lineage {
  /** Everything up to here is in the store. */
  baseSeq: number;
  /** The last number of each earlier epoch of the history, oldest first; bounded by `lineageLengthMax`. */
  endSeqs: number[];
  adopted: AdoptedRange[];
}

/** One of the numbers that a partition, an epoch, a grant or a copy's generation goes by. */
export interface Stamp {
  partition: number;
  grant: number;
  /**
   * Set anew by a server each time it begins with a copy; acknowledgements of another one count for
   * nothing.
   */
  generation: number;
}

/**
 * The beginning of a new copy. What the receiver has in full it keeps until the server calls this one full.
 */
export interface Seed extends Stamp, Lineage {}

/** A piece of a log for one copy. */
export interface FrameBatch extends LogSegment {
  partition: number;
  generation: number;
  /** The number of the entry before the first: who has not got it must not append. */
  previousSeq: number;
  adopted: AdoptedRange[];
}

/** How far a copy is. */
export interface CopyAck {
  partition: number;
  generation: number;
  /** The copy has everything up to here. */
  seq: number;
  full: boolean;
  /** A batch did not fit: the server goes back to `seq`. */
  gap: boolean;
  /** There is no such copy (any more). */
  absent: boolean;
}

export interface GrantRow {
  partition: number;
  /** Other nodes with a full copy of the epoch of the receiver's own: they stay in sync. */
  copies: NodeName[];
  /** Acknowledged inputs may be missing from the receiver's copy. */
  doubtful: boolean;
}

export type PartitionMessage =
  /**
   * The answer to the survey of an epoch, to each ring's owner, about its partitions. Silence means
   * nothing.
   */
  | {
      kind: 'holdings';
      epoch: number;
      /** The full copies: partition, epoch and last number, in lists of one length. */
      partitions: number[];
      copyEpochs: number[];
      seqs: number[];
      /** Whether this process served the partition in the epoch before, until it installed this one. */
      served: boolean[];
      /**
       * Earlier epochs in which this process was the ring's owner of partitions and never decided on them.
       */
      undecided: { epoch: number; partitions: number[] }[];
      /** The same, but it let `node` serve, which never confirmed it and may not have heard of it. */
      unconfirmed: { epoch: number; node: NodeName; partitions: number[] }[];
      /**
       * Partitions that this process served in the epoch of its copy, with copies on `nodes` that never
       * confirmed that epoch: nothing was acknowledged in it that those lack.
       */
      unstamped: { partition: number; nodes: NodeName[] }[];
      /** Partitions that this process last served in an epoch of which it has no copy any more. */
      dropped: { epoch: number; partitions: number[] }[];
      /** Whether every process that may hold an older lease is a member now, by what the sender knows. */
      holdersKnown: boolean;
    }
  | { kind: 'holdingsTaken'; epoch: number }
  /** The ring's owner lets the receiver serve. */
  | { kind: 'grants'; epoch: number; grants: GrantRow[] }
  | { kind: 'grantsTaken'; epoch: number; partitions: number[] }
  /** All that the sender serves now, to every member. `version` rises with each change of it. */
  | {
      kind: 'serving';
      epoch: number;
      version: number;
      partitions: number[];
      grants: number[];
      /** Those of `partitions` that have a full copy elsewhere. */
      backed: boolean[];
      /** Full copies that the sender holds for others. */
      copiesHeld: number;
    }
  | { kind: 'servingTaken'; epoch: number; version: number }
  /** From a server to one copy: everything of one turn of the event loop. */
  | {
      kind: 'frames';
      epoch: number;
      /** Full copies of the epoch before that go on in this one, under this server. */
      stamps: Stamp[];
      seeds: Seed[];
      batches: FrameBatch[];
      /** Copies that are complete from now on, having at least `seq`. */
      fulls: { partition: number; generation: number; seq: number }[];
      /** The store has everything up to `seq`. */
      released: { partition: number; seq: number }[];
      /** Copies that are no longer needed. */
      leaves: { partition: number; generation: number }[];
    }
  | { kind: 'acks'; epoch: number; acks: CopyAck[] }
  /** The end of a hand-off: the receiver, whose copy has everything, serves. */
  | {
      kind: 'release';
      epoch: number;
      partition: number;
      /** Of the receiver, one above the sender's. */
      grant: number;
      seq: number;
      /** The other copies in sync, the sender's among them. */
      copies: { node: NodeName; generation: number }[];
      /** Above every generation used in this epoch. */
      nextGeneration: number;
    }
  | { kind: 'releaseTaken'; epoch: number; partition: number; grant: number }
  /** What is the history of these partitions? From a node whose journal has entries of an earlier boot. */
  | { kind: 'lineageAsk'; epoch: number; partitions: number[] }
  | { kind: 'lineages'; epoch: number; lineages: LineageRow[] }
  /** Entries that the receiver's history lacks. */
  | { kind: 'orphans'; epoch: number; partition: number; segments: LogSegment[] };

export interface LineageRow extends Lineage {
  partition: number;
  lastSeq: number;
  /** Every copy in sync has everything up to here. */
  stableSeq: number;
}
