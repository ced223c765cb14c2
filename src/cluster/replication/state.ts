/**
 * The state of the partitions machine, and the one value that its steps share: a turn.
 */
import { assert } from '../../base/index.js';
import type { Admission, NodeIdentity, NodeName, View } from '../identity.js';
import type { Ring } from '../ring/index.js';
import type { ClusterSettings } from '../settings.js';
import type { Journal } from './journal.js';
import type { Log } from './log.js';
import type { CopyAck, PartitionMessage } from './messages.js';
import type { LogEntry, PartitionAlarm, PartitionEffect, PartitionTotals } from './types.js';

/** What this node has of a partition, as its server or for another. */
export interface Copy {
  /** The last epoch in which it was known to be the history. */
  epoch: number;
  /** Under which its server counts its acknowledgements; 0: none of this epoch. */
  generation: number;
  log: Log;
  /**
   * Processes with copies that this one's service was to stamp with its last epoch, and that had not
   * confirmed it when that epoch ended: so nothing was acknowledged in it that they have not got.
   */
  unstamped: NodeIdentity[];
}

/**
 * A copy on another node, as its server sees it.
 *     (in sync in the epoch before) -> stamping -----------------> sync -> leaving -> (gone)
 *     (new) ------------------------> filling -> live -> marked ----^
 *
 * `filling` has not been sent everything yet: it does not count, and may be given up by the server alone,
 * since it is not full. From `live` on every acknowledgement needs it. `marked`: it has been called full,
 * and from here on it leaves by its own word only, or with the epoch.
 */
export type CopyPhase = 'stamping' | 'filling' | 'live' | 'marked' | 'sync' | 'leaving';

export interface RemoteCopy {
  node: NodeName;
  generation: number;
  phase: CopyPhase;
  /**
   * What the phase begins with (stamp, seed, mark, leave) has been sent and not been lost, as far as known.
   */
  headed: boolean;
  /** -1: it has not answered yet. */
  ackedSeq: number;
  sentSeq: number;
  /** `live`: what it needs to be called full. */
  liveSeq: number;
  /** Bytes sent up to `markSeq`, and after it, which were not acknowledged. */
  bytesBeforeMark: number;
  bytesAfterMark: number;
  markSeq: number;
  /** What the store has, as told with a batch; -1: not yet, or such a batch may be lost. */
  releasedSeq: number;
  /** When something was last sent again. */
  resentMs: number;
  /** Something was sent that it has not answered. */
  owing: boolean;
  /** When it last answered something new, or began to owe an answer. */
  progressMs: number;
  resendMs: number;
}

/** A partition served here. */
export interface Service {
  partition: number;
  epoch: number;
  grant: number;
  log: Log;
  copies: RemoteCopy[];
  nextGeneration: number;
  /** Whether the journal stands in for copies; `closing`: the close mark is not fsynced yet. */
  journal: 'none' | 'open' | 'closing';
  /** Entries up to here are given to the journal, and fsynced there (-1: not even its beginning). */
  journalSentSeq: number;
  journalKeptSeq: number;
  /** Effects up to here are released. */
  stableSeq: number;
  handOff: { to: NodeName; sinceMs: number } | undefined;
  /** Not before this time: a new copy, a hand-off, a request for a checkpoint. */
  fillAfterMs: number;
  /** Where filling a copy was given up in this epoch: others are tried first while there is no copy. */
  vain: Set<NodeName>;
  handOffAfterMs: number;
  checkpointAfterMs: number;
  dirty: boolean;
}

export interface Partition {
  index: number;
  /** Full. */
  copy: Copy | undefined;
  /** Being filled: counts for nothing until its server calls it full. */
  filling: Copy | undefined;
  /** When its server last said something of the one being filled. */
  fillingHeardMs: number;
  /** The highest of this epoch that this node has seen; 0: none. */
  grant: number;
  generation: number;
  /** The last epoch in which this process served it, and the last that it served to its end. */
  begunEpoch: number;
  servedEpoch: number;
  server: NodeName | null;
  service: Service | undefined;
  /**
   * A new epoch has ended a service here, and it is not known yet who serves now: the runtime keeps its
   * cells.
   */
  suspended: { stableSeq: number } | undefined;
}

export interface Holding {
  epoch: number;
  seq: number;
  served: boolean;
  /** Nodes whose older copies have everything that was acknowledged in this one's epoch. */
  unstamped: NodeName[];
}

/** This node's work as the ring's owner of partitions in one epoch. */
export interface Survey {
  undecided: Set<number>;
  /** Of each member, its full copies. */
  answers: Map<NodeName, Map<number, Holding>>;
  /** Partitions that earlier epochs passed without a server, as the ring's owners of then say. */
  unserved: Map<number, Set<number>>;
  /** Those that are so only if a node says that it has not served: per epoch, partition and node. */
  unconfirmed: { epoch: number; node: NodeName; partitions: Set<number> }[];
  /** What a node served in an epoch without a copy left of it. */
  dropped: { epoch: number; node: NodeName; partitions: Set<number> }[];
  /** A member knows that no process but the members can hold an older lease. */
  holdersKnown: boolean;
  startedMs: number;
}

/** A message that is repeated until it is answered. */
export interface Pending<Message extends PartitionMessage> {
  message: Message;
  sentAtMs: number;
}

type MessageOf<Kind extends PartitionMessage['kind']> = Extract<PartitionMessage, { kind: Kind }>;

export interface Outbox {
  frames: MessageOf<'frames'>;
  framesBytes: number;
  acks: CopyAck[];
}

export interface Peer {
  identity: NodeIdentity;
  holdings: Pending<MessageOf<'holdings'>> | undefined;
  grants: Map<number, MessageOf<'grants'>['grants'][number]>;
  grantsSentAtMs: number;
  /** `frozenMs`: since when nobody takes inputs. */
  releases: Map<number, Pending<MessageOf<'release'>> & { frozenMs: number }>;
  /** The version of this node's `serving` that it has taken, and when one was last sent. */
  servingTaken: number;
  servingSentAtMs: number;
  servingSent: number;
  /** What it says of itself. */
  servingVersion: number;
  copiesHeld: number;
  servesCount: number;
  silentSaidAtMs: number;
  outbox: Outbox | undefined;
}

/** What the view machine knows of leases. */
export interface Term {
  /** Of this node, on its own clock; 0: none. */
  leaseUntilMs: number;
  /** From then on no lease of an older epoch runs anywhere. */
  takeoverAtMs: number;
  /** Who may still hold one; undefined: only time helps. */
  olderHolders: readonly Admission[] | undefined;
}

export interface UnservedEpoch {
  epoch: number;
  undecided: Set<number>;
  /** Granted to a process that has not confirmed it. */
  unconfirmed: { to: NodeIdentity; partitions: Set<number> }[];
}

export interface PartitionsState {
  self: NodeIdentity;
  settings: ClusterSettings;
  view: View | undefined;
  /** 0: none. */
  epoch: number;
  /** The view names this process. */
  live: boolean;
  ring: Ring | undefined;
  /**
   * This node's lease, and until when older ones may run: set by `setTerm` whenever the view machine has
   * moved.
   */
  term: Term;
  partitions: Partition[];
  services: Map<number, Service>;
  dirty: Service[];
  peers: Map<NodeName, Peer>;
  survey: Survey;
  /**
   * Earlier epochs in which this process was the ring's owner of partitions without letting anybody serve.
   */
  unserved: UnservedEpoch[];
  journal: Journal;
  /** Inputs of an earlier boot, of partitions for which it is not known that a server has them. */
  orphans: Map<number, LogEntry[]>;
  orphansAskedMs: number;
  servingVersion: number;
  placedChanges: Map<number, NodeName | null>;
  planDue: boolean;
  plannedMs: number;
  tickedMs: number;
  seedTokens: number;
  logBytes: number;
  /** After `leave`: the journal position that must be kept. */
  leavingAt: number | undefined;
  left: boolean;
  alarms: Map<PartitionAlarm, { sinceMs: number; raised: boolean }>;
  totals: PartitionTotals;
}

export interface Turn {
  state: PartitionsState;
  nowMs: number;
  effects: PartitionEffect[];
}

export function partitionAt(state: PartitionsState, index: number): Partition {
  const partition = state.partitions[index];
  assert(partition !== undefined, 'a partition of this cluster');
  return partition;
}

/** For numbers that a peer has sent. */
export function knownPartition(state: PartitionsState, index: number): Partition | undefined {
  return state.partitions[index];
}

export function hasLease({ state, nowMs }: Turn): boolean {
  return state.live && nowMs < state.term.leaseUntilMs;
}

export function send(turn: Turn, to: NodeName, message: PartitionMessage): void {
  turn.effects.push({ kind: 'send', to, message });
}

export function note(
  turn: Turn,
  level: 'info' | 'warn' | 'error',
  text: string,
  fields: Record<string, string | number | boolean>,
): void {
  turn.effects.push({ kind: 'note', level, text, fields });
}

/** The runtime lets go of a partition whose service was suspended. */
export function cease(turn: Turn, partition: Partition): void {
  if (partition.suspended === undefined) return;
  partition.suspended = undefined;
  turn.effects.push({ kind: 'cease', partition: partition.index });
}

export function touch(state: PartitionsState, service: Service): void {
  if (service.dirty) return;
  service.dirty = true;
  state.dirty.push(service);
}

/** Tells the routing of this node who serves, if that is news. */
export function place(state: PartitionsState, partition: Partition, server: NodeName | null): void {
  if (partition.server === server) return;
  partition.server = server;
  state.placedChanges.set(partition.index, server);
}

export function outboxOf(peer: Peer, epoch: number): Outbox {
  peer.outbox ??= {
    frames: {
      kind: 'frames',
      epoch,
      stamps: [],
      seeds: [],
      batches: [],
      fulls: [],
      released: [],
      leaves: [],
    },
    framesBytes: 0,
    acks: [],
  };
  return peer.outbox;
}

/** Entries of one list in a message: a few bytes each, so that a message stays small beside its frame. */
export const rowsPerMessageMax = 2_048;

function framesRows({ frames }: Outbox): number {
  return (
    frames.stamps.length +
    frames.seeds.length +
    frames.batches.length +
    frames.fulls.length +
    frames.released.length +
    frames.leaves.length
  );
}

export function sendOutbox(turn: Turn, to: NodeName, peer: Peer): void {
  const { outbox } = peer;
  if (outbox === undefined) return;
  peer.outbox = undefined;
  if (framesRows(outbox) > 0) send(turn, to, outbox.frames);
  if (outbox.acks.length > 0) send(turn, to, { kind: 'acks', epoch: turn.state.epoch, acks: outbox.acks });
}

/** Sends what is collected for a peer when it has grown to the size of a message. */
export function sendFullOutbox(turn: Turn, to: NodeName, peer: Peer): void {
  const { outbox } = peer;
  if (outbox === undefined) return;
  const { frameBytesMax } = turn.state.settings;
  if (
    outbox.framesBytes >= frameBytesMax ||
    framesRows(outbox) >= rowsPerMessageMax ||
    outbox.acks.length >= rowsPerMessageMax
  ) {
    sendOutbox(turn, to, peer);
  }
}
