/**
 * The cluster side of one node: its machine, its failure detector, its streams to the others, and what they mean
 * for the runtime, which is given its log and its door here.
 */
import type { Logger } from 'pino';
import type { DocumentSets, Runtime } from '../../actors/runtime/index.js';
import type { Clock } from '../../base/index.js';
import type { PushHub } from '../../model/index.js';
import type { Journal } from '../../stores/index.js';
import { openPeers, type PeerAddress, type Peers, type PeerTls } from '../../transport/peers/index.js';
import type { NodeIdentity } from '../identity.js';
import { appendInput, createMember, flushMember, memberStatus, stepMember } from '../member/index.js';
import type { MemberStatus, OperatorCommand } from '../member/index.js';
import { openMembership, type Membership } from '../membership/index.js';
import { partitionOf } from '../ring/index.js';
import type { ClusterSettings } from '../settings.js';
import { createClusterAlarms } from './cluster-alarms.js';
import { type ClusterLog, createClusterLog } from './cluster-log.js';
import { type ClusterRouting, createClusterRouting } from './cluster-routing.js';
import { createDocumentRelay, type DocumentRelay } from './document-relay.js';
import { createErrands, type Errands } from './errands.js';
import { createInterests, type Interests } from './interests.js';
import { createMemberLoop, type MemberLoop, type OutwardEffect, readJournal } from './member-loop.js';
import { createOperators, type OperatorReply, type Operators } from './operators.js';
import { createPlacement, type Placement } from './placement.js';
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
  status(): ClusterStatus;
  /** The journal has everything up to its number `seq`. */
  journalled(seq: number): void;
  operate(command: OperatorCommand): Promise<OperatorReply>;
  /** Joins: from now on this node may be given partitions. */
  start(): void;
  /** Hands over to the others what this node holds, as far as they take it in time, and leaves. */
  stop(): Promise<void>;
}

export interface ClusterStatus extends MemberStatus {
  peers: { name: string; isReachable: boolean; isAlive: boolean; lagMs: number }[];
  wire: Peers['figures'];
  heldErrands: number;
  alarms: string[];
}

/** What the runtime side is: there before the cluster starts, made with what the cluster gives it. */
export interface ClusterGuests {
  runtime: Runtime;
  documents: DocumentSets;
}

const errandMs = 10_000;
const aliveIntervalMs = 250;
const leaveMs = 10_000;

interface Parts {
  loop: MemberLoop;
  peers: Peers;
  membership: Membership;
  errands: Errands;
  interests: Interests;
  relay: DocumentRelay;
  placement: Placement;
  operators: Operators;
}

/**
 * Opens the sockets and reads what the last process kept. `guests` is called once, with the log and the hub that
 * the runtime needs. Rejects with `AppError` when a port, a certificate or the state cannot be had.
 */
export async function openCluster(
  options: ClusterOptions,
  guests: (
    cluster: Pick<Cluster, 'log' | 'hub'> & { forward: ClusterRouting['forward'] },
  ) => Promise<ClusterGuests>,
): Promise<Cluster> {
  const { settings, clock, logger, journal } = options;
  const { partitionCount } = settings;
  let loop: MemberLoop | undefined;
  const theLoop = (): MemberLoop => loop as MemberLoop;
  const stateFile: StateFile = await openStateFile({
    file: options.stateFile,
    onKept: (ticket) => theLoop().step({ kind: 'stateKept', ticket }),
    onFailed: (ticket, reason) => theLoop().step({ kind: 'stateFailed', ticket, reason }),
  });
  const self: NodeIdentity = {
    ...options.self,
    incarnation: stateFile.kept?.incarnation ?? options.randomId(),
    boot: options.randomId(),
  };
  const names = [self.name, ...options.others.map(({ name }) => name)].sort();
  const placement = createPlacement(partitionCount);
  const log = createClusterLog(partitionCount, theLoop);
  const partitionOfCell = (cell: string): number => partitionOf(cell, partitionCount);
  let peers: Peers | undefined;
  const thePeers = (): Peers => peers as Peers;
  const interests = createInterests({
    self: self.name,
    local: options.localHub,
    peers: thePeers,
    placement,
    partitionOf: partitionOfCell,
  });
  let routing: ClusterRouting | undefined;
  const { runtime, documents } = await guests({
    log,
    hub: interests,
    forward: (cell, input) => routing?.forward(cell, input),
  });

  const state = createMember({
    self,
    settings,
    configured: names,
    kept: stateFile.kept,
    journal: await readJournal(journal),
    nowMs: clock.monotonicMs(),
  });
  const errands = createErrands({
    self: self.name,
    peers: thePeers,
    placement,
    clock,
    heldMax: settings.heldInputsMax,
    leftMs: errandMs,
    decode: decodeValue,
  });
  const operators = createOperators((id, command) => theLoop().step({ kind: 'operator', id, command }));
  const alarms = createClusterAlarms(logger);
  const documentsPartition = partitionOfCell('document/');
  let left: (() => void) | undefined;

  function perform(effect: OutwardEffect): void {
    switch (effect.kind) {
      case 'send':
        thePeers().send(effect.to, effect.message);
        break;
      case 'serve':
        void serve(effect);
        break;
      case 'cease':
        runtime.cease(effect.partition);
        break;
      case 'stable':
        runtime.stable(effect.partition, effect.seq);
        break;
      case 'resubmit':
        log.served(effect.partition, effect.entries.at(-1)?.seq ?? log.lastSeq(effect.partition));
        runtime.resubmit(effect.entries);
        break;
      case 'checkpoint':
        checkpoint(effect.partition);
        break;
      case 'placed':
        placement.learn(effect.changes);
        errands.retry();
        break;
      case 'operatorReply':
        operators.reply(effect);
        break;
      case 'left':
        left?.();
        break;
      case 'silent':
      case 'installed':
        logger.info({ effect }, effect.kind === 'silent' ? 'a node does not answer' : 'a new view');
        break;
      case 'alarm':
        alarms.raise(effect.alarm, effect.text);
        break;
      case 'clear':
        alarms.clear(effect.alarm, effect.text);
        break;
      case 'note':
        logger[effect.level](effect.fields, effect.text);
        break;
    }
  }

  async function serve(effect: Extract<OutwardEffect, { kind: 'serve' }>): Promise<void> {
    const { partition, entries, baseSeq, resumed } = effect;
    if (!resumed) {
      log.served(partition, entries.at(-1)?.seq ?? baseSeq);
      // What the log begins after is in the store.
      runtime.stable(partition, baseSeq);
    }
    if (partition === documentsPartition && !resumed) {
      await documents.refresh().catch((error: unknown) => {
        logger.warn({ err: error }, 'documents could not be read again; those in memory are used');
      });
    }
    await runtime.serve({ partition, entries, resumed });
    errands.retry();
  }

  /** Partitions whose logs should become short, gathered over a turn. */
  const wanted = new Set<number>();
  function checkpoint(partition: number): void {
    wanted.add(partition);
    if (wanted.size > 1) return;
    setImmediate(() => {
      const partitions = [...wanted];
      wanted.clear();
      runtime.checkpoint(partitions).catch((error: unknown) => {
        logger.warn({ err: error }, 'a checkpoint failed; the logs stay as they are');
      });
    });
  }

  loop = createMemberLoop({
    machine: {
      step: (input, nowMs) => stepMember(state, input, nowMs),
      append: (partition, payload, nowMs) => appendInput(state, partition, payload, nowMs),
      flush: (nowMs) => flushMember(state, nowMs),
      status: (nowMs) => memberStatus(state, nowMs),
    },
    clock,
    journal,
    stateFile: () => stateFile,
    perform,
    onFailed: (error) => logger.error({ err: error }, 'the journal of the cluster failed'),
  });
  routing = createClusterRouting({
    self: self.name,
    runtime,
    peers: thePeers,
    errands,
    placement,
    partitionOf: partitionOfCell,
    notServing: () => options.notServing() ?? notServing(theLoop().status()),
  });
  const theRouting = routing;
  let relay: DocumentRelay | undefined;
  peers = await openPeers({
    self,
    clusterApplication: options.clusterApplication,
    host: options.address.host,
    port: options.address.peersPort,
    others: options.others,
    keys: options.keys,
    tls: options.tls,
    onMessage: (from, message) => theLoop().step({ kind: 'peerMessage', from, message }),
    onCommand: (_from, command, reply) => theRouting.receive(command, reply),
    onPush: (push) => interests.receivePush(push),
    onInterests: (from, frames) => interests.receiveInterests(from, frames),
    onDocuments: (from, bytes) => relay?.receive(from, bytes),
    onOperator: (command) => operators.run(command),
    onReach(name, isUp, reason) {
      logger.info({ node: name, reason }, isUp ? 'a node is reached' : 'a node is not reached');
      interests.reached(name, isUp);
    },
    onRefused: (from, reason) => logger.warn({ from, reason }, 'a caller is no node of this cluster'),
  });
  relay = createDocumentRelay({
    self: self.name,
    others: options.others.map(({ name }) => name),
    peers: thePeers,
    placement,
    documents,
    partition: documentsPartition,
    onFailed: (error) => logger.error({ err: error }, 'documents of another node could not be taken'),
  });
  const membership = await openMembership({
    threadFile: options.detectorFile,
    self,
    address: options.address.host,
    port: options.address.swimPort,
    seeds: options.others.map(({ host, swimPort }) => ({ host, port: swimPort })),
    keys: [...options.keys],
    intervalMs: settings.swimIntervalMs,
    onChange: tellAlive,
    onRefused: (from, count) => logger.warn({ from, count }, 'datagrams that no key of the cluster opens'),
    onFailed: (reason) => logger.error({ reason }, 'the failure detector failed'),
  });

  function tellAlive(): void {
    theLoop().step({ kind: 'alive', peers: aliveOf({ membership, peers: thePeers() }, settings.hangMs) });
  }

  const timers: NodeJS.Timeout[] = [];
  return assemble({ loop, peers, membership, errands, interests, relay, placement, operators });

  function assemble(parts: Parts): Cluster {
    return {
      log,
      routing: theRouting,
      hub: parts.interests,
      self,
      status: () => statusOf(options, parts, alarms.raised()),
      journalled: (seq) => parts.loop.journalled(seq),
      operate: (command) => parts.operators.run(command),
      start() {
        parts.loop.start();
        timers.push(setInterval(tellAlive, aliveIntervalMs));
        timers.push(
          setInterval(() => log.counted(parts.loop.status().partitions.logBytes), aliveIntervalMs * 4),
        );
      },
      async stop() {
        await new Promise<void>((resolve) => {
          left = resolve;
          parts.loop.step({ kind: 'leave' });
          setTimeout(resolve, leaveMs).unref();
        });
        for (const timer of timers) clearInterval(timer);
        parts.loop.stop();
        parts.relay.close();
        parts.errands.close();
        await parts.membership.close();
        parts.peers.close();
      },
    };
  }
}

/** Alive are those that answer the failure detector, whose main loop turns, and to whom a stream is open. */
function aliveOf({ membership, peers }: Pick<Parts, 'membership' | 'peers'>, hangMs: number): NodeIdentity[] {
  return membership.members
    .filter(({ identity, lagMs }) => lagMs < hangMs && peers.isReachable(identity.name))
    .map(({ identity }) => identity);
}

function notServing({ serving }: MemberStatus): string | undefined {
  return serving.ok ? undefined : serving.reason;
}

function statusOf(options: ClusterOptions, parts: Parts, alarms: string[]): ClusterStatus {
  const seen = new Map(parts.membership.members.map((member) => [member.identity.name, member]));
  return {
    ...parts.loop.status(),
    peers: options.others.map(({ name }) => ({
      name,
      isReachable: parts.peers.isReachable(name),
      isAlive: seen.has(name),
      lagMs: seen.get(name)?.lagMs ?? 0,
    })),
    wire: parts.peers.figures,
    heldErrands: parts.errands.held,
    alarms,
  };
}
