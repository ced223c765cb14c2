/**
 * What the partitions machine takes in, gives out and tells about itself.
 */
import type { NodeIdentity, NodeName, View } from '../identity.js';
import type { JournalRecord } from './journal-record.js';
import type { PartitionMessage } from './messages.js';

export interface LogEntry {
  seq: number;
  payload: Uint8Array;
}

export type PartitionInput =
  | { kind: 'installed'; view: View }
  | { kind: 'tick' }
  | { kind: 'peerMessage'; from: NodeIdentity; message: PartitionMessage }
  | { kind: 'journalKept'; position: number }
  | { kind: 'released'; partition: number; seq: number }
  | { kind: 'leave' };

export type PartitionAlarm = 'underReplicated' | 'servedFromStore' | 'logNearBound';

export type PartitionEffect =
  /** May be lost, repeated and reordered. Never to oneself. */
  | { kind: 'send'; to: NodeName; message: PartitionMessage }
  /** `position` rises by 1. */
  | { kind: 'journal'; position: number; record: JournalRecord }
  /** Records up to `position` are no longer needed. */
  | { kind: 'releaseJournal'; position: number }
  /**
   * This node serves the partition: its cells are what the store has of them, and then `entries` in this
   * order. Inputs may be appended from now on.
   */
  | {
      kind: 'serve';
      partition: number;
      epoch: number;
      /** Counts the servers of this epoch, from 1. */
      grant: number;
      baseSeq: number;
      entries: LogEntry[];
      /**
       * The service before was only suspended by a new epoch, and goes on: cells and held effects are still
       * right, and `entries` is empty.
       */
      resumed: boolean;
      /** Acknowledged inputs may be missing: no full copy was found, and the store may lag behind. */
      doubtful: boolean;
    }
  /**
   * The service that began with the last `serve` is over, because another node serves or this one may not:
   * cells and held effects go, and nothing more is written for it. A new epoch alone only suspends: nothing
   * can be appended and nothing becomes stable until the next `serve`, or this.
   */
  | { kind: 'cease'; partition: number }
  /** Effects of inputs up to `seq` may be released now: copies have them, and term and lease are valid. */
  | { kind: 'stable'; partition: number; seq: number }
  /**
   * Inputs of a lost history, found in a journal. They are appended already and are to be stepped now, in
   * this order, like replayed ones: no answer goes out, and who has seen their ids before does nothing.
   */
  | { kind: 'resubmit'; partition: number; entries: LogEntry[] }
  /** The store should have everything soon; then `released`. */
  | { kind: 'checkpoint'; partition: number }
  /** Who serves; null: nobody, as far as this node knows. Only what has changed. */
  | { kind: 'placed'; epoch: number; changes: { partition: number; server: NodeName | null }[] }
  /** A copy, or a member that was asked for its copies, has not answered for `silentMs`. */
  | { kind: 'silent'; peer: NodeName }
  /** Another node has taken the partition over; for so long nobody took inputs. */
  | { kind: 'handedOff'; partition: number; to: NodeName; pauseMs: number }
  /** After `leave`: the journal has every full copy that this node holds. */
  | { kind: 'left' }
  | { kind: 'alarm'; alarm: PartitionAlarm; text: string }
  | { kind: 'clear'; alarm: PartitionAlarm; text: string }
  | {
      kind: 'note';
      level: 'info' | 'warn' | 'error';
      text: string;
      fields: Record<string, string | number | boolean>;
    };

export type Append =
  { ok: true; seq: number } | { ok: false; reason: 'notServing' | 'frozen' | 'overloaded' };

/** Counts of partitions and bytes; for `about`, metrics and the operator. */
export interface PartitionStatus {
  /** Partitions that this node serves. */
  served: number;
  /** Of those: with a full copy elsewhere, without one, and on their way to another server. */
  backed: number;
  underReplicated: number;
  moving: number;
  /** Of those served: the journal stands in for a copy. */
  journalled: number;
  /** Partitions without a known server. */
  unplaced: number;
  /** Partitions of which this node is the ring's owner and has not decided yet who serves. */
  undecided: number;
  /** Full copies held for others, and copies being filled. */
  copiesHeld: number;
  copiesFilling: number;
  /** Payload bytes of the logs served, and of the copies held for others. */
  logBytes: number;
  copyBytes: number;
  /** Bytes of journal since the oldest record that is needed. */
  journalBytes: number;
  /** Inputs of an earlier boot that are not given again yet. */
  orphans: number;
  /** Members whose survey answer is missing. */
  awaited: NodeName[];
  /** Since the start of the process. */
  totals: PartitionTotals;
}

export interface PartitionTotals {
  appended: number;
  overloaded: number;
  handOffs: number;
  seeds: number;
  fromStore: number;
  resubmitted: number;
  /** Messages of another epoch or boot. */
  refused: number;
  resent: number;
}
