/**
 * The partitions of one node, as a machine: who serves, who holds copies, which inputs are stable (cluster
 * protocol, sections 4 and 5). What each partition goes through here:
 *                  +--------------------- a newer epoch is installed ---------------------+
 *                  v                                                                      |
 *     unknown -> survey -> decided --> served here --- frozen, everything acknowledged ---+
 *        ^          |         |            ^                |                             |
 *        |          |         |            +-- release -----+--> served elsewhere --------+
 *        |          |         +--> (granted to the best copy's holder) ---^
 *        |          +--> (a member is silent: said, so that a newer view is made)
 *        +-- (this process is not named by the view: it serves nothing, and backs nothing up)
 *
 * `survey.ts` decides, `service.ts` serves, `copies.ts` and `holding.ts` are the two ends of replication,
 * `plan.ts` moves partitions to where the ring wants them, `journal.ts` and `orphans.ts` are the disk.
 *
 * Bounds: logs by `partitionLogBytesMax` and `logBytesMax`, the journal by `journalBytesMax` (inputs are
 * refused as overloaded), copies by `copyBytesMax` (refused), what is under way by `windowBytesMax` and
 * `frameBytesMax`.
 */
import { type NodeIdentity, sameBoot, type View } from '../identity.js';
import type { ClusterSettings } from '../settings.js';
import { watchAlarms } from './alarms.js';
import { owes, resendCopies, takeAcks, tellReleased } from './copies.js';
import { dropAbandoned, takeFrames } from './holding.js';
import {
  createJournal,
  flushJournal,
  journalKept,
  openJournal,
  parkCopy,
  recoverJournal,
  rewriteJournal,
} from './journal.js';
import type { JournalRecord } from './journal-record.js';
import { append, contains, drop } from './log.js';
import type { PartitionMessage } from './messages.js';
import { askLineages, entriesOfSegments, lineagesOf, takeLineages, takeOrphans } from './orphans.js';
import { takeServing, tellServing } from './placement.js';
import { plan, watchServices } from './plan.js';
import { settle, takeOver } from './service.js';
import {
  knownPartition,
  type Partition,
  partitionAt,
  type PartitionsState,
  type Peer,
  send,
  sendOutbox,
  type Term,
  touch,
  type Turn,
} from './state.js';
import {
  awaited,
  decide,
  emptySurvey,
  install,
  resendSurvey,
  retellHoldings,
  sendGrants,
  takeGrants,
  takeHoldings,
} from './survey.js';
import type { Append, PartitionEffect, PartitionInput } from './types.js';

export interface PartitionsOptions {
  self: NodeIdentity;
  settings: ClusterSettings;
  journal: Iterable<{ position: number; record: JournalRecord }>;
  nowMs: number;
}

export function createPartitions(options: PartitionsOptions): PartitionsState {
  const { self, settings, nowMs } = options;
  const journal = createJournal();
  const { copies, orphans } = recoverJournal(journal, options.journal);
  const partitions = Array.from({ length: settings.partitionCount }, (_, index) => emptyPartition(index));
  for (const [index, copy] of copies) {
    const partition = partitions[index];
    if (partition !== undefined) partition.copy = copy;
  }
  return {
    self,
    settings,
    view: undefined,
    epoch: 0,
    live: false,
    ring: undefined,
    term: { leaseUntilMs: 0, takeoverAtMs: Infinity, olderHolders: undefined },
    partitions,
    services: new Map(),
    dirty: [],
    peers: new Map(),
    survey: emptySurvey(nowMs),
    unserved: [],
    journal,
    orphans,
    orphansAskedMs: nowMs,
    servingVersion: 0,
    placedChanges: new Map(),
    planDue: false,
    plannedMs: nowMs,
    tickedMs: nowMs,
    seedTokens: 0,
    logBytes: 0,
    leavingAt: undefined,
    left: false,
    alarms: new Map(),
    totals: {
      appended: 0,
      overloaded: 0,
      handOffs: 0,
      seeds: 0,
      fromStore: 0,
      resubmitted: 0,
      refused: 0,
      resent: 0,
    },
  };
}

function emptyPartition(index: number): Partition {
  return {
    index,
    copy: undefined,
    filling: undefined,
    fillingHeardMs: 0,
    grant: 0,
    generation: 0,
    begunEpoch: 0,
    servedEpoch: -1,
    server: null,
    service: undefined,
    suspended: undefined,
  };
}

/** Tells the machine of leases; before the step that follows a step of the view machine. */
export function setTerm(state: PartitionsState, term: Term): void {
  state.term = term;
}

/** Takes one input. What concerns other nodes in bulk goes out with `flushPartitions`. */
export function stepPartitions(
  state: PartitionsState,
  input: PartitionInput,
  nowMs: number,
): PartitionEffect[] {
  const turn: Turn = { state, nowMs, effects: [] };
  switch (input.kind) {
    case 'installed':
      fitPartitions(state, input.view);
      install(turn, input.view);
      break;
    case 'tick':
      tick(turn);
      break;
    case 'peerMessage': {
      const peer = state.peers.get(input.from.name);
      const isCurrent = state.live && input.message.epoch === state.epoch;
      if (isCurrent && peer !== undefined && sameBoot(peer.identity, input.from)) {
        takeMessage(turn, input.from.name, peer, input.message);
      } else state.totals.refused++;
      break;
    }
    case 'journalKept':
      journalKept(turn, input.position);
      break;
    case 'released':
      takeReleased(turn, input.partition, input.seq);
      break;
    case 'leave':
      leave(turn);
      break;
  }
  return turn.effects;
}

/** The number of partitions is agreed with the first view, whatever this node was configured with. */
function fitPartitions(state: PartitionsState, view: View): void {
  const { partitionCount } = view.terms;
  while (state.partitions.length < partitionCount)
    state.partitions.push(emptyPartition(state.partitions.length));
  state.partitions.length = partitionCount;
}

function takeMessage(turn: Turn, from: string, peer: Peer, message: PartitionMessage): void {
  const { state } = turn;
  switch (message.kind) {
    case 'holdings':
      takeHoldings(state, from, message);
      send(turn, from, { kind: 'holdingsTaken', epoch: state.epoch });
      // It has installed this epoch now, and may have missed what this node told before.
      retellHoldings(turn, from, peer);
      decide(turn);
      return;
    case 'holdingsTaken':
      peer.holdings = undefined;
      return;
    case 'grants':
      takeGrants(turn, from, message);
      return;
    case 'grantsTaken':
      for (const partition of message.partitions) peer.grants.delete(partition);
      return;
    case 'serving':
      takeServing(turn, from, peer, message);
      return;
    case 'servingTaken':
      peer.servingTaken = Math.max(peer.servingTaken, message.version);
      return;
    case 'frames':
      takeFrames(turn, from, peer, message);
      return;
    case 'acks':
      takeAcks(turn, from, message.acks);
      return;
    case 'release': {
      const partition = knownPartition(state, message.partition);
      // Who is leaving has written down what it had: the sender's other copies go on after the next view.
      if (partition === undefined || state.leavingAt !== undefined) return;
      if (!takeOver(turn, partition, message)) return;
      const { epoch, grant } = message;
      send(turn, from, { kind: 'releaseTaken', epoch, partition: partition.index, grant });
      return;
    }
    case 'releaseTaken':
      takeReleaseTaken(turn, from, peer, message);
      return;
    case 'lineageAsk':
      send(turn, from, {
        kind: 'lineages',
        epoch: state.epoch,
        lineages: lineagesOf(state, message.partitions),
      });
      return;
    case 'lineages':
      takeLineages(turn, from, message.lineages);
      return;
    case 'orphans':
      takeOrphans(turn, message.partition, entriesOfSegments(message.segments));
      return;
  }
}

/** A hand-off is over: the receiver serves. */
function takeReleaseTaken(
  turn: Turn,
  from: string,
  { releases }: Peer,
  { partition, grant }: Extract<PartitionMessage, { kind: 'releaseTaken' }>,
): void {
  const pending = releases.get(partition);
  if (pending?.message.grant !== grant) return;
  releases.delete(partition);
  turn.effects.push({ kind: 'handedOff', partition, to: from, pauseMs: turn.nowMs - pending.frozenMs });
}

function tick(turn: Turn): void {
  const { state, nowMs } = turn;
  const { settings } = state;
  const elapsedMs = Math.max(0, nowMs - state.tickedMs);
  state.tickedMs = nowMs;
  const burst = settings.seedBytesPerSecond / 4;
  state.seedTokens = Math.min(burst, state.seedTokens + (settings.seedBytesPerSecond * elapsedMs) / 1_000);
  if (state.live) {
    decide(turn);
    resendSurvey(turn);
    for (const service of state.services.values()) {
      resendCopies(turn, service);
      // The lease may be back, or tokens for seeding.
      if (
        service.stableSeq < service.log.lastSeq ||
        service.copies.some(({ phase }) => phase === 'filling')
      ) {
        touch(state, service);
      }
    }
    watchServices(turn);
    dropAbandoned(turn);
    sayWhoIsSilent(turn);
  }
  askLineages(turn);
  rewriteJournal(turn);
  watchAlarms(turn);
}

/**
 * Reports copies and members that have owed an answer for too long: only a newer view goes on without them.
 */
function sayWhoIsSilent(turn: Turn): void {
  const { state, nowMs } = turn;
  const { silentMs } = state.settings;
  const silent = new Set<string>();
  if (nowMs - state.survey.startedMs > silentMs) for (const name of awaited(state)) silent.add(name);
  for (const { copies } of state.services.values()) {
    for (const copy of copies) {
      if (copy.phase !== 'filling' && owes(copy) && nowMs - copy.progressMs > silentMs) silent.add(copy.node);
    }
  }
  for (const name of silent) {
    const peer = state.peers.get(name);
    if (peer === undefined || nowMs - peer.silentSaidAtMs < silentMs / 4) continue;
    peer.silentSaidAtMs = nowMs;
    turn.effects.push({ kind: 'silent', peer: name });
  }
}

/** The store has everything up to `seq`, of a service that goes on or is suspended. */
function takeReleased(turn: Turn, index: number, seq: number): void {
  const { state } = turn;
  const { service, suspended, copy } = partitionAt(state, index);
  if (suspended !== undefined && copy !== undefined && contains(copy.log, seq)) {
    drop(copy.log, Math.min(seq, suspended.stableSeq));
  }
  if (service === undefined || !contains(service.log, seq)) return;
  const upTo = Math.min(seq, service.stableSeq);
  if (upTo <= service.log.baseSeq) return;
  const bytes = service.log.bytes;
  drop(service.log, upTo);
  state.logBytes -= bytes - service.log.bytes;
  tellReleased(turn, service, upTo);
}

/** The process is about to end: what this node has in full goes to its journal, and it takes no more. */
function leave(turn: Turn): void {
  const { state } = turn;
  if (state.leavingAt !== undefined) return;
  // Without a view nothing has changed since the journal was read, which has it all already.
  for (const { index, copy, service } of state.epoch === 0 ? [] : state.partitions) {
    if (service !== undefined) openJournal(turn, service);
    else if (copy !== undefined) parkCopy(turn, index, copy);
  }
  flushJournal(turn);
  state.leavingAt = state.journal.nextPosition - 1;
  if (state.leavingAt > state.journal.keptPosition) return;
  state.left = true;
  turn.effects.push({ kind: 'left' });
}

/**
 * Appends an input to the log of a partition that this node serves, and keeps `payload` itself. It takes
 * part in replication with the next `flushPartitions`.
 */
export function appendTo(state: PartitionsState, index: number, payload: Uint8Array, nowMs: number): Append {
  const service = state.partitions[index]?.service;
  if (service === undefined || nowMs >= state.term.leaseUntilMs || state.leavingAt !== undefined) {
    return { ok: false, reason: 'notServing' };
  }
  if (service.handOff !== undefined) return { ok: false, reason: 'frozen' };
  const { log } = service;
  const { settings } = state;
  const { length } = payload;
  if (
    log.bytes + length > settings.partitionLogBytesMax ||
    state.logBytes + length > settings.logBytesMax ||
    (service.journal !== 'none' && state.journal.bytes + length > settings.journalBytesMax)
  ) {
    state.totals.overloaded++;
    return { ok: false, reason: 'overloaded' };
  }
  const seq = append(log, payload);
  state.logBytes += length;
  state.totals.appended++;
  if (!service.dirty) touch(state, service);
  return { ok: true, seq };
}

/** Everything that has come together since the last call: once per turn of the event loop. */
export function flushPartitions(state: PartitionsState, nowMs: number): PartitionEffect[] {
  const turn: Turn = { state, nowMs, effects: [] };
  plan(turn);
  const dirty = state.dirty;
  state.dirty = [];
  for (const service of dirty) {
    service.dirty = false;
    settle(turn, service);
  }
  flushJournal(turn);
  for (const [name, peer] of state.peers) {
    sendOutbox(turn, name, peer);
    if (peer.grants.size > 0 && peer.grantsSentAtMs === -Infinity) sendGrants(turn, name, peer);
  }
  tellServing(turn);
  if (state.placedChanges.size > 0) {
    const changes = [...state.placedChanges].map(([partition, server]) => ({ partition, server }));
    state.placedChanges = new Map();
    turn.effects.push({ kind: 'placed', epoch: state.epoch, changes });
  }
  return turn.effects;
}
