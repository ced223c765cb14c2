/**
 * What the machine of one member takes in, gives out and tells about itself: views, leases and partitions in
 * one. The shell of a node and the simulator drive it in the same way.
 */
import type { NodeIdentity, NodeName } from '../identity.js';
import type {
  Append,
  JournalRecord,
  PartitionAlarm,
  PartitionEffect,
  PartitionMessage,
  PartitionStatus,
} from '../replication/index.js';
import type { ClusterSettings } from '../settings.js';
import type {
  KeptState,
  ViewAlarm,
  ViewCommand,
  ViewEffect,
  ViewMessage,
  ViewStatus,
} from '../view/index.js';

export type PeerMessage = ViewMessage | PartitionMessage;

export type OperatorCommand = ViewCommand | { kind: 'status' };

export type MemberInput =
  /** Every 20 to 50 ms. */
  | { kind: 'tick' }
  | { kind: 'peerMessage'; from: NodeIdentity; message: PeerMessage }
  /** Who answers now, others only. */
  | { kind: 'alive'; peers: NodeIdentity[] }
  | { kind: 'stateKept'; ticket: number }
  | { kind: 'stateFailed'; ticket: number; reason: string }
  /** Journal records up to this position are fsynced. */
  | { kind: 'journalKept'; position: number }
  /**
   * Rows and snapshots of inputs up to `seq` are in the store. A snapshot is written only when all its
   * inputs are stable: the store must know nothing that a later server may not know.
   */
  | { kind: 'released'; partition: number; seq: number }
  /** The process is about to end: what this node holds goes to its journal, and `left` says when. */
  | { kind: 'leave' }
  | { kind: 'operator'; id: number; command: OperatorCommand };

export type MemberEffect = ViewEffect | PartitionEffect;

export type MemberAlarm = ViewAlarm | PartitionAlarm;

export interface MemberOptions {
  self: NodeIdentity;
  settings: ClusterSettings;
  /** The nodes of the configuration, for the first formation. */
  configured: NodeName[];
  /** What the state file says; undefined for a fresh disk. */
  kept: KeptState | undefined;
  /** The journal as it was found at the start, in order. */
  journal: Iterable<{ position: number; record: JournalRecord }>;
  nowMs: number;
}

export interface MemberStatus {
  self: NodeIdentity;
  /** Whether this node takes part: admitted, in a view, with a lease. Otherwise why not, for an operator. */
  serving: { ok: true } | { ok: false; reason: string };
  view: ViewStatus;
  partitions: PartitionStatus;
}

export type { Append };
