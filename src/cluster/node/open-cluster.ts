/**
 * The cluster side of one node: its machine, its failure detector, its streams to the others, and what they
 * mean for the runtime, which is given its log and its door here.
 */
import type { Logger } from 'pino';
import type { DocumentSets, Runtime } from '../../actors/runtime/index.js';
import type { Clock } from '../../base/index.js';
import type { PushHub } from '../../model/index.js';
import type { Journal } from '../../stores/index.js';
import {
  openPeers,
  type PeerAddress,
  type Peers,
  type PeerTls,
  throughWire,
} from '../../transport/peers/index.js';
import type { NodeIdentity } from '../identity.js';
import {
  appendInput,
  createMember,
  flushMember,
  servedByMember,
  memberServing,
  memberStatus,
  stepMember,
} from '../member/index.js';
import type { MemberStatus, OperatorCommand, ServedPartition } from '../member/index.js';
import { type MemberSeen, openMembership, type Membership } from '../membership/index.js';
import { partitionOf } from '../ring/index.js';
import type { ClusterSettings } from '../settings.js';
import { type ClusterAlarms, createClusterAlarms } from './cluster-alarms.js';
import { type ClusterLog, createClusterLog } from './cluster-log.js';
import { type ClusterRouting, createClusterRouting } from './cluster-routing.js';
import { createDocumentRelay, type DocumentRelay } from './document-relay.js';
import { drainBeforeStop } from './drain.js';
import { createErrands, type Errands } from './errands.js';
import { createInterests, type Interests } from './interests.js';
import { createMemberLoop, type MemberLoop, readJournal } from './member-loop.js';
import { createNodeRequests, type NodeRequests } from './node-requests.js';
import { createOperators, type OperatorReply, type Operators } from './operators.js';
import { createPerformer } from './performer.js';
import { createPauses, type PauseCause, type PauseFigures, type Pauses } from './pauses.js';
import { createPlacement, type Placement } from './placement.js';
import { rehearse } from './rehearsal.js';
import { createReports, type Reports } from './reports.js';
import { openStateFile, type StateFile } from './state-file.js';
import { decodeValue } from './value-codec.js';

export interface ClusterOptions {
  self: { name: string; host: string };
  clusterApplication: string;
  /** Where this node listens for its peers. */
  address: { host: string; peersPort: number; swimPort: number };
  others: readonly (PeerAddress & { swimPort: number })[];
  keys: readonly string[];
  tls: PeerTls | undefined;
  settings: ClusterSettings;
  stateFile: string;
  detectorFile: string;
  journal: Journal;
  /** Browsers of this node. */
  localHub: PushHub;
  clock: Clock;
  logger: Logger;
  randomId(): string;
  /** Why this node takes no commands, whatever the cluster says; undefined when it does. */
  notServing(): string | undefined;
}

export interface Cluster {
  readonly log: ClusterLog;
  readonly routing: ClusterRouting;
  readonly hub: Interests;
  readonly self: NodeIdentity;
  readonly requests: Pick<NodeRequests, 'ask' | 'answer'>;
  status(): ClusterStatus;
  /** The partitions served here, one by one. */
  serves(): ServedPartition[];
  /** How long partitions took no inputs because they moved, or a new view began. */
  pauses(): Record<PauseCause, PauseFigures | undefined>;
  /** The journal has everything up to its number `seq`. */
  journalled(seq: number): void;
  operate(command: OperatorCommand): Promise<OperatorReply>;
  /** Joins: from now on this node may be given partitions. */
  start(): void;
  /** Moves everything to the others, while this node goes on serving; within `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Writes to the journal what this node still holds, and leaves. */
  stop(): Promise<void>;
  /** Leaves without a word, as in a crash: this node can keep nothing any more, and the others go on. */
  withdraw(): Promise<void>;
}

export interface ClusterStatus extends MemberStatus {
  peers: { name: string; isReachable: boolean; isAlive: boolean; lagMs: number }[];
  wire: Peers['figures'];
  heldErrands: number;
  droppedErrands: number;
  alarms: string[];
}

/** What the runtime side is: there before the cluster starts, made with what the cluster gives it. */
export interface ClusterGuests {
  runtime: Runtime;
  documents: DocumentSets;
}

const errandMs = 10_000;
const aliveIntervalMs = 250;
/** How long the answer to a request is taken for the next ones. */
const refusalMs = 20;
const countIntervalMs = 1_000;
const leaveMs = 10_000;

type Guests = (
  cluster: Pick<Cluster, 'log' | 'hub'> & { forward: ClusterRouting['forward'] },
) => Promise<ClusterGuests>;

/** Parts that call each other in a circle are looked up when they are called. */
interface Late {
  loop?: MemberLoop;
  peers?: Peers;
  routing?: ClusterRouting;
  relay?: DocumentRelay;
  onLeft?: () => void;
}

/** What is there before any socket. */
interface Seat {
  late: Late;
  self: NodeIdentity;
  stateFile: StateFile;
  placement: Placement;
  pauses: Pauses;
  log: ClusterLog;
  interests: Interests;
  errands: Errands;
  operators: Operators;
  requests: NodeRequests;
  alarms: ClusterAlarms;
  reports: Reports;
  partitionOf(cell: string): number;
  loop(): MemberLoop;
  peers(): Peers;
}

/** What is there once the machine runs. */
interface Inside extends ClusterGuests {
  loop: MemberLoop;
  serves(): ServedPartition[];
  routing: ClusterRouting;
}

/** What listens and calls. */
interface Links {
  peers: Peers;
  relay: DocumentRelay;
  membership: Membership;
  tellAlive(): void;
}

/**
 * Opens the sockets and reads what the last process kept. `guests` is called once, with the log and the hub
 * that the runtime needs. Rejects with `AppError` when a port, a certificate or the state cannot be had.
 */
export async function openCluster(options: ClusterOptions, guests: Guests): Promise<Cluster> {
  const seat = await takeSeat(options);
  const inside = await startInside(options, seat, guests);
  const links = await openLinks(options, seat, inside);
  return assemble(options, seat, inside, links);
}

async function takeSeat(options: ClusterOptions): Promise<Seat> {
  const { settings, clock, logger } = options;
  const late: Late = {};
  const loop = (): MemberLoop => late.loop as MemberLoop;
  const peers = (): Peers => late.peers as Peers;
  rehearse({ settings, names: configuredOf(options), throughWire });
  const stateFile = await openStateFile({
    file: options.stateFile,
    onKept: (ticket) => loop().step({ kind: 'stateKept', ticket }),
    onFailed: (ticket, reason) => loop().step({ kind: 'stateFailed', ticket, reason }),
  });
  const self: NodeIdentity = {
    ...options.self,
    incarnation: stateFile.kept?.incarnation ?? options.randomId(),
    boot: options.randomId(),
  };
  const placement = createPlacement(settings.partitionCount);
  const partitionOfCell = (cell: string): number => partitionOf(cell, settings.partitionCount);
  const { localHub: local } = options;
  return {
    late,
    self,
    stateFile,
    placement,
    pauses: createPauses(clock),
    log: createClusterLog(settings.partitionCount, loop),
    interests: createInterests({ self: self.name, local, peers, placement, partitionOf: partitionOfCell }),
    errands: createErrands({
      self: self.name,
      peers,
      placement,
      clock,
      heldMax: settings.heldInputsMax,
      leftMs: errandMs,
      decode: decodeValue,
    }),
    operators: createOperators((id, command) => loop().step({ kind: 'operator', id, command })),
    requests: createNodeRequests(peers),
    alarms: createClusterAlarms(logger),
    reports: createReports(clock, logger),
    partitionOf: partitionOfCell,
    loop,
    peers,
  };
}

function configuredOf({ self, others }: ClusterOptions): string[] {
  return [self.name, ...others.map(({ name }) => name)].sort();
}

async function startInside(options: ClusterOptions, seat: Seat, guests: Guests): Promise<Inside> {
  const { clock, logger, journal, settings } = options;
  const { late, self, stateFile, placement, log, interests, errands } = seat;
  const { runtime, documents } = await guests({
    log,
    hub: interests,
    forward: (cell, input) => late.routing?.forward(cell, input),
  });
  const state = createMember({
    self,
    settings,
    configured: configuredOf(options),
    kept: stateFile.kept,
    journal: await readJournal(journal),
    nowMs: clock.monotonicMs(),
  });
  const loop = createMemberLoop({
    machine: {
      step: (input, nowMs) => stepMember(state, input, nowMs),
      append: (partition, payload, nowMs) => appendInput(state, partition, payload, nowMs),
      flush: (nowMs) => flushMember(state, nowMs),
      serving: (nowMs) => memberServing(state, nowMs),
      status: (nowMs) => memberStatus(state, nowMs),
    },
    clock,
    journal,
    stateFile: () => stateFile,
    perform: createPerformer({
      ...seat,
      runtime,
      documents,
      logger,
      documentsPartition: seat.partitionOf('document/'),
      onLeft: () => late.onLeft?.(),
    }),
    onFailed: (error) => logger.error({ err: error }, 'the journal of the cluster failed'),
  });
  const refusal = createRefusal(clock, () => whyNot(loop.serving()));
  const routing = createClusterRouting({
    self: self.name,
    runtime,
    peers: seat.peers,
    errands,
    placement,
    partitionOf: seat.partitionOf,
    notServing: () => options.notServing() ?? refusal(),
  });
  Object.assign(late, { loop, routing } satisfies Late);
  const serves = (): ServedPartition[] => servedByMember(state, clock.monotonicMs());
  return { runtime, documents, loop, routing, serves };
}

async function openLinks(
  options: ClusterOptions,
  seat: Seat,
  { documents, loop, routing }: Inside,
): Promise<Links> {
  const { logger, settings, address, others } = options;
  const { late, self, interests, placement, reports } = seat;
  const peers = await openPeers({
    ...options,
    self,
    host: address.host,
    port: address.peersPort,
    onMessage: (from, message) => loop.step({ kind: 'peerMessage', from, message }),
    onCommand: (_from, command, reply) =>
      (command.what === 'node' ? seat.requests : routing).receive(command, reply),
    onPush: (push) => interests.receivePush(push),
    onInterests: (from, frames) => interests.receiveInterests(from, frames),
    onDocuments: (from, bytes) => late.relay?.receive(from, bytes),
    onOperator: (command) => answerOperator(options, seat, command, membership),
    onReach(name, isUp, reason) {
      reports.reach(name, isUp, reason);
      interests.reached(name, isUp);
    },
    onRefused: (from, reason) => reports.refused(from, reason),
  });
  late.peers = peers;
  const relay = createDocumentRelay({
    self: self.name,
    others: others.map(({ name }) => name),
    peers: seat.peers,
    placement,
    documents,
    partition: seat.partitionOf('document/'),
    onFailed: (error) => logger.error({ err: error }, 'documents of another node could not be taken'),
  });
  late.relay = relay;
  const membership: Membership = await openMembership({
    threadFile: options.detectorFile,
    self,
    address: address.host,
    port: address.swimPort,
    seeds: others.map(({ host, swimPort }) => ({ host, port: swimPort })),
    keys: [...options.keys],
    intervalMs: settings.swimIntervalMs,
    onChange: (members) => tellAlive(members),
    onRefused: (from, count) => logger.warn({ from, count }, 'datagrams that no key of the cluster opens'),
    onFailed: (reason) => logger.error({ reason }, 'the failure detector failed'),
  });

  /**
   * Alive are those that answer the failure detector, whose main loop turns, and to whom a stream is open.
   */
  function tellAlive(members: readonly MemberSeen[]): void {
    const alive = members.filter(
      ({ identity, lagMs }) => lagMs < settings.hangMs && peers.isReachable(identity.name),
    );
    loop.step({ kind: 'alive', peers: alive.map(({ identity }) => identity) });
  }

  return { peers, relay, membership, tellAlive: () => tellAlive(membership.members) };
}

/** The machine knows its own state; the node knows its links and alarms too. */
function answerOperator(
  options: ClusterOptions,
  seat: Seat,
  command: OperatorCommand,
  membership: Membership,
): Promise<OperatorReply> {
  if (command.kind !== 'status') return seat.operators.run(command);
  const data = statusOf(options, seat, membership);
  return Promise.resolve({ ok: true, text: data.serving.ok ? 'serving' : data.serving.reason, data });
}

/** Counts the logs, and lets go of a journal that stands in for no copy: an empty one says the same. */
function tidyUp({ journal, logger }: ClusterOptions, { log, loop }: Seat): void {
  const { logBytes, journalled, orphans } = loop().status().partitions;
  log.counted(logBytes);
  if (journalled > 0 || orphans > 0) return;
  journal.release(journal.committedSeq).catch((error: unknown) => {
    logger.warn({ err: error }, 'the journal could not be freed');
  });
}

function assemble(options: ClusterOptions, seat: Seat, inside: Inside, links: Links): Cluster {
  const { loop } = inside;
  const timers: NodeJS.Timeout[] = [];
  let isOpen = true;

  async function withdraw(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    seat.reports.close();
    for (const timer of timers) clearInterval(timer);
    loop.stop();
    links.relay.close();
    seat.errands.close();
    await links.membership.close();
    links.peers.close();
  }

  return {
    log: seat.log,
    routing: inside.routing,
    hub: seat.interests,
    self: seat.self,
    requests: seat.requests,
    status: () => statusOf(options, seat, links.membership),
    serves: inside.serves,
    pauses: () => seat.pauses.figures(),
    journalled: (seq) => loop.journalled(seq),
    operate: (command) => seat.operators.run(command),
    start() {
      loop.start();
      timers.push(setInterval(() => seat.reports.serving(whyNot(loop.serving())), aliveIntervalMs));
      timers.push(setInterval(links.tellAlive, aliveIntervalMs));
      timers.push(setInterval(() => tidyUp(options, seat), countIntervalMs));
    },
    drain: (timeoutMs) =>
      drainBeforeStop({
        self: seat.self.name,
        clock: options.clock,
        logger: options.logger,
        operate: (command) => seat.operators.run(command),
        status: () => loop.status(),
        timeoutMs,
      }),
    async stop() {
      if (!isOpen) return;
      await new Promise<void>((resolve) => {
        seat.late.onLeft = resolve;
        loop.step({ kind: 'leave' });
        setTimeout(resolve, leaveMs).unref();
      });
      await withdraw();
    },
    withdraw,
  };
}

/**
 * Why nothing is served, asked anew after a while: every request asks. The machine itself looks at the
 * lease with each input, so that what passes here too late goes no further.
 */
function createRefusal(clock: Clock, ask: () => string | undefined): () => string | undefined {
  let askedMs = -Infinity;
  let reason: string | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - askedMs >= refusalMs) {
      askedMs = nowMs;
      reason = ask();
    }
    return reason;
  };
}

function whyNot(serving: MemberStatus['serving']): string | undefined {
  return serving.ok ? undefined : serving.reason;
}

function statusOf(options: ClusterOptions, seat: Seat, membership: Membership): ClusterStatus {
  const seen = new Map(membership.members.map((member) => [member.identity.name, member]));
  const peers = seat.peers();
  const status = seat.loop().status();
  // What it would serve with a lease is nothing that a sum over the nodes may count.
  const nothing = { served: 0, backed: 0, underReplicated: 0, moving: 0 };
  return {
    ...status,
    partitions: { ...status.partitions, ...(status.serving.ok ? {} : nothing) },
    peers: options.others.map(({ name }) => ({
      name,
      isReachable: peers.isReachable(name),
      isAlive: seen.has(name),
      lagMs: seen.get(name)?.lagMs ?? 0,
    })),
    wire: peers.figures,
    heldErrands: seat.errands.held,
    droppedErrands: seat.errands.dropped,
    alarms: seat.alarms.raised(),
  };
}
