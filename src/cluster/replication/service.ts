/**
 * Serving one partition: beginning, stable inputs, and the end.
 *
 *     (grant, or a hand-off) -> serving <-> frozen -> (released to another)
 *                                  |
 *                                  v
 *                         (a newer epoch is installed)
 *
 * Effects become stable when every copy that counts has acknowledged, and the journal while it stands in; and
 * only while the lease is valid.
 */
import { pumpCopy } from './copies.js';
import { adoptEntries, closeJournal, journalInputs, openJournal } from './journal.js';
import { beginEpoch, createLog, firstBaseOf, forEachEntry, type Log } from './log.js';
import type { PartitionMessage } from './messages.js';
import { isBacked, newCopy, removeCopy } from './remote-copy.js';
import {
  cease,
  type Copy,
  hasLease,
  note,
  type Partition,
  partitionAt,
  type PartitionsState,
  place,
  type RemoteCopy,
  send,
  type Service,
  touch,
  type Turn,
} from './state.js';
import type { LogEntry } from './types.js';

export interface Beginning {
  grant: number;
  copies: RemoteCopy[];
  nextGeneration: number;
  doubtful: boolean;
}

export function emptyCopy(epoch: number): Copy {
  const log = createLog({ baseSeq: firstBaseOf(epoch), endSeqs: [], adopted: [] });
  return { epoch, generation: 0, log, unstamped: [] };
}

/** This node serves the partition from its full copy (from the store, without one). */
export function beginService(turn: Turn, partition: Partition, beginning: Beginning): Service {
  const { state, nowMs } = turn;
  const { index } = partition;
  const copy = (partition.copy ??= emptyCopy(state.epoch));
  const { log } = copy;
  if (beginning.doubtful) cease(turn, partition);
  const { suspended } = partition;
  partition.suspended = undefined;
  copy.epoch = state.epoch;
  partition.begunEpoch = state.epoch;
  copy.generation = 0;
  copy.unstamped = [];
  beginEpoch(log, state.epoch);
  const service: Service = {
    partition: index,
    epoch: state.epoch,
    grant: beginning.grant,
    log,
    copies: beginning.copies,
    nextGeneration: beginning.nextGeneration,
    // What an earlier service has left in the journal is closed before copies alone count.
    journal: beginning.copies.length > 0 && state.journal.claims.has(index) ? 'open' : 'none',
    journalSentSeq: -1,
    journalKeptSeq: -1,
    stableSeq: suspended?.stableSeq ?? log.baseSeq,
    handOff: undefined,
    fillAfterMs: 0,
    vain: new Set(),
    handOffAfterMs: 0,
    checkpointAfterMs: nowMs,
    dirty: false,
  };
  partition.filling = undefined;
  partition.grant = beginning.grant;
  partition.service = service;
  state.services.set(index, service);
  state.logBytes += log.bytes;
  state.servingVersion++;
  state.planDue = true;
  place(state, partition, state.self.name);
  turn.effects.push({
    kind: 'serve',
    partition: index,
    epoch: state.epoch,
    grant: beginning.grant,
    baseSeq: log.baseSeq,
    entries: suspended === undefined ? entriesOf(log) : [],
    resumed: suspended !== undefined,
    doubtful: beginning.doubtful,
  });
  touch(state, service);
  resubmit(turn, service, state.orphans.get(index) ?? []);
  return service;
}

function entriesOf(log: Log): LogEntry[] {
  const entries: LogEntry[] = [];
  forEachEntry(log.segments, (seq, payload) => entries.push({ seq, payload }));
  return entries;
}

/** Appends inputs of a lost history, as far as this one lacks them. */
export function resubmit(turn: Turn, service: Service, orphans: readonly LogEntry[]): void {
  const entries = adoptEntries(turn, service, orphans);
  if (entries.length > 0) turn.effects.push({ kind: 'resubmit', partition: service.partition, entries });
}

/** The service is over, or suspended until `cease`; its log stays as a full copy of its epoch. */
export function suspendService(turn: Turn, partition: Partition): void {
  const { state } = turn;
  const { service } = partition;
  if (service === undefined) return;
  partition.service = undefined;
  state.services.delete(partition.index);
  state.logBytes -= service.log.bytes;
  state.servingVersion++;
  partition.suspended = { stableSeq: service.stableSeq };
}

/** Moves a service on after anything about it has changed: journal, copies, stable inputs, hand-off. */
export function settle(turn: Turn, service: Service): void {
  const { state } = turn;
  if (partitionAt(state, service.partition).service !== service) return;
  settleJournal(turn, service);
  for (const copy of service.copies) pumpCopy(turn, service, copy);
  emitStable(turn, service);
  if (service.handOff !== undefined) release(turn, service);
}

function settleJournal(turn: Turn, service: Service): void {
  // What a leaving process has written last is what its next start begins with.
  if (turn.state.leavingAt !== undefined) return;
  const backed = isBacked(service);
  switch (service.journal) {
    case 'none':
      if (!backed) openJournal(turn, service);
      return;
    case 'open':
      if (backed) closeJournal(turn, service.partition, service);
      else if (service.log.lastSeq > service.journalSentSeq) journalInputs(turn, service);
      return;
    case 'closing':
      return;
  }
}

/** The number up to which everything that must have acknowledged has. */
function acknowledgedSeq(service: Service): number {
  let seq = service.log.lastSeq;
  for (const { phase, ackedSeq } of service.copies) {
    if (phase !== 'filling' && ackedSeq < seq) seq = ackedSeq;
  }
  if (service.journal === 'closing') return service.stableSeq;
  if (service.journal === 'open' && service.journalKeptSeq < seq) seq = service.journalKeptSeq;
  return seq;
}

function emitStable(turn: Turn, service: Service): void {
  const seq = acknowledgedSeq(service);
  if (seq <= service.stableSeq || !hasLease(turn)) return;
  service.stableSeq = seq;
  turn.effects.push({ kind: 'stable', partition: service.partition, seq });
}

/** No more inputs until the partition is handed to `to`, which is in sync, or the attempt is given up. */
export function freeze(turn: Turn, service: Service, to: string): void {
  service.handOff = { to, sinceMs: turn.nowMs };
  for (const copy of [...service.copies]) {
    if (copy.phase === 'filling' || copy.phase === 'live') removeCopy(turn, service, copy);
  }
  touch(turn.state, service);
}

export function unfreeze(turn: Turn, service: Service, retryMs: number): void {
  service.handOff = undefined;
  service.handOffAfterMs = turn.nowMs + retryMs;
  touch(turn.state, service);
}

/** The last step of a hand-off: once everything is acknowledged everywhere, the receiver serves. */
function release(turn: Turn, service: Service): void {
  const { state, nowMs } = turn;
  const { handOff, log, copies } = service;
  const target = copies.find(({ node }) => node === handOff?.to);
  const peer = target === undefined ? undefined : state.peers.get(target.node);
  if (target?.phase !== 'sync' || peer === undefined) {
    unfreeze(turn, service, state.settings.resendMs);
    return;
  }
  if (service.stableSeq < log.lastSeq || service.journal !== 'none') return;
  if (copies.some(({ phase }) => phase !== 'sync' && phase !== 'leaving')) return;
  const partition = partitionAt(state, service.partition);
  const ownGeneration = service.nextGeneration;
  const message: Extract<PartitionMessage, { kind: 'release' }> = {
    kind: 'release',
    epoch: state.epoch,
    partition: service.partition,
    grant: service.grant + 1,
    seq: log.lastSeq,
    copies: [
      ...copies.filter((copy) => copy !== target).map(({ node, generation }) => ({ node, generation })),
      { node: state.self.name, generation: ownGeneration },
    ],
    nextGeneration: ownGeneration + 1,
  };
  suspendService(turn, partition);
  cease(turn, partition);
  partition.grant = message.grant;
  partition.generation = ownGeneration;
  if (partition.copy !== undefined) partition.copy.generation = ownGeneration;
  place(state, partition, target.node);
  state.totals.handOffs++;
  // The next one may go.
  state.planDue = true;
  peer.releases.set(service.partition, { message, sentAtMs: nowMs, frozenMs: handOff?.sinceMs ?? nowMs });
  send(turn, target.node, message);
}

/** The receiver's side: its copy has everything, and it serves from now on. */
export function takeOver(
  turn: Turn,
  partition: Partition,
  release: Extract<PartitionMessage, { kind: 'release' }>,
): boolean {
  const { state, nowMs } = turn;
  const { copy } = partition;
  if (partition.grant >= release.grant) return true;
  if (copy?.epoch !== state.epoch || copy.log.lastSeq !== release.seq) {
    note(turn, 'error', 'a hand-off found no complete copy', { partition: partition.index });
    return false;
  }
  const copies = release.copies
    .filter(({ node }) => state.peers.has(node))
    .map(({ node, generation }) => syncedCopy(node, generation, release.seq, nowMs, state));
  const { grant, nextGeneration } = release;
  beginService(turn, partition, { grant, copies, nextGeneration, doubtful: false });
  return true;
}

function syncedCopy(
  node: string,
  generation: number,
  seq: number,
  nowMs: number,
  state: PartitionsState,
): RemoteCopy {
  return { ...newCopy(node, generation, 'sync', seq, nowMs, state), headed: true, ackedSeq: seq };
}
