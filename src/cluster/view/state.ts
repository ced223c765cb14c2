/**
 * What the view machine remembers, on disk (`kept`) and in memory, and the questions that other machines ask
 * of it: the view, the lease, and until when a successor has to wait.
 */
import { assert } from '../../base/index.js';
import {
  type Admission,
  compareNames,
  isAdmitted,
  isMember,
  majorityOf,
  type NodeIdentity,
  type NodeName,
  type View,
} from '../identity.js';
import { takeoverWaitMs, type ClusterSettings } from '../settings.js';
import type { Ballot, AcceptedView, KeptState, ViewAlarm, ViewCommand, ViewMessage } from './types.js';

/** One attempt to decide the next view. It lives in memory only; its round is on disk. */
export interface Proposal {
  epoch: number;
  ballot: Ballot;
  phase: 'prepare' | 'accept';
  /** What each acceptor had accepted before, by name. */
  promises: Map<NodeName, AcceptedView | undefined>;
  accepts: Set<NodeName>;
  view: View | undefined;
  startedMs: number;
  sentMs: number;
}

/** An operator's command on its way; one at a time. */
export interface Wish {
  id: number;
  command: ViewCommand;
  deadlineMs: number;
  /** Named nodes that have done their part (init, recover). */
  answered: Set<NodeName>;
  /** The view that a recovery goes on with. */
  recovery: View | undefined;
  /** What a named node last objected, for the reply; '' nothing. */
  refusal: string;
}

/** What a peer last said of itself in a heartbeat. */
export interface PeerWord {
  node: NodeIdentity;
  epoch: number;
  acceptedEpoch: number;
  reach: Set<NodeName>;
  atMs: number;
}

export interface HeldAnswer {
  ticket: number;
  to: NodeName;
  message: ViewMessage;
}

export interface ViewState {
  readonly self: NodeIdentity;
  readonly settings: ClusterSettings;
  /** The nodes of the configuration; without a view they are who must be fresh. */
  readonly configured: readonly NodeName[];
  kept: KeptState;
  /** `kept` differs from what the last ticket wrote. */
  dirty: boolean;
  ticketIssued: number;
  ticketKept: number;
  /** Why the disk refused `kept`; the node does not vote until a later ticket is kept. */
  keepFailure: string | undefined;
  keepRetryMs: number;
  /**
   * Answers that wait for their ticket; at most `heldAnswersMax`, the oldest is dropped like a lost
   * message.
   */
  held: HeldAnswer[];
  alive: Map<NodeName, NodeIdentity>;
  words: Map<NodeName, PeerWord>;
  /** Peers that were reported silent: until when they count as out of reach, and how often that happened. */
  suspects: Map<NodeName, { untilMs: number; times: number; sinceMs: number; boot: string }>;
  /** Peers that said they belong to another cluster. */
  foreign: Map<NodeName, string>;
  /** The newest acknowledged `sentAt` of each admitted node, for the present epoch. */
  acks: Map<NodeName, number>;
  leaseUntilMs: number;
  heartbeatDueMs: number;
  installedMs: number;
  waitMs: number;
  olderHolders: Admission[] | undefined;
  /** The change that is wanted, and since when it is the same. */
  wanted: { key: string; sinceMs: number } | undefined;
  proposal: Proposal | undefined;
  proposeAfterMs: number;
  /** The highest round seen in a refusal. */
  roundSeen: number;
  freshFrom: Map<NodeName, NodeIdentity>;
  wish: Wish | undefined;
  alarms: Map<ViewAlarm, string>;
  startedMs: number;
  leaseLostMs: number;
}

export const heldAnswersMax = 1_000;

export interface ViewOptions {
  self: NodeIdentity;
  /** Without a state file: `newKeptState(self.incarnation)`. */
  kept: KeptState;
  settings: ClusterSettings;
  configured: readonly NodeName[];
  nowMs: number;
}

/** The state of a node whose disk is new. */
export function newKeptState(incarnation: string): KeptState {
  return { incarnation, round: 0, open: false, settledEpoch: 0, freshSaidTo: [] };
}

export function createViewState({ self, kept, settings, configured, nowMs }: ViewOptions): ViewState {
  assert(kept.incarnation === self.incarnation, 'the state file and the identity name one incarnation');
  assert(
    configured.includes(self.name) || kept.view !== undefined || configured.length > 0,
    'nodes are configured',
  );
  return {
    self,
    settings,
    configured: [...configured].sort(compareNames),
    kept: { ...kept },
    dirty: true,
    ticketIssued: 0,
    ticketKept: 0,
    keepFailure: undefined,
    keepRetryMs: 0,
    held: [],
    alive: new Map(),
    words: new Map(),
    suspects: new Map(),
    foreign: new Map(),
    acks: new Map(),
    leaseUntilMs: 0,
    heartbeatDueMs: nowMs,
    installedMs: nowMs,
    waitMs: takeoverWaitMs(kept.view?.terms ?? settings),
    olderHolders: undefined,
    wanted: undefined,
    proposal: undefined,
    proposeAfterMs: nowMs,
    roundSeen: 0,
    freshFrom: new Map(),
    wish: undefined,
    alarms: new Map(),
    startedMs: nowMs,
    leaseLostMs: nowMs,
  };
}

export function currentView(state: ViewState): View | undefined {
  return state.kept.view;
}

export function epochOf(state: ViewState): number {
  return state.kept.view?.epoch ?? 0;
}

/** '' before the first view. */
export function clusterIdOf(state: ViewState): string {
  return state.kept.view?.clusterId ?? '';
}

/** Whether the view names this boot: otherwise it holds no lease, serves nothing and backs nothing up. */
export function isInView(state: ViewState): boolean {
  return state.kept.view !== undefined && isMember(state.kept.view, state.self);
}

/** Whether this incarnation votes on the next view and acknowledges heartbeats. */
export function mayVote(state: ViewState): boolean {
  const { view, open } = state.kept;
  return view === undefined ? open : isAdmitted(view, state.self);
}

/** Until when this node may serve in its epoch, on its own clock; 0: it holds no lease. */
export function leaseUntilMs(state: ViewState): number {
  return state.leaseUntilMs;
}

export function holdsLease(state: ViewState, nowMs: number): boolean {
  return nowMs < state.leaseUntilMs;
}

/** From then on, on this node's clock, no lease of an older epoch runs anywhere. */
export function takeoverAtMs(state: ViewState): number {
  return epochOf(state) === 1 ? state.installedMs : state.installedMs + state.waitMs;
}

/**
 * The nodes that may still hold a lease of an older epoch; undefined when that is not known and only time
 * helps. When each of them has installed this epoch and says that it does not serve, the wait can be left
 * out.
 */
export function olderHolders(state: ViewState): readonly Admission[] | undefined {
  return state.olderHolders;
}

/** How many nodes have to say yes: a majority of the configured. */
export function quorumOf(state: ViewState): number {
  return majorityOf((state.kept.view?.configured ?? state.configured).length);
}
