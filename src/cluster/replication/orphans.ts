/**
 * Inputs that the partition's history may lack (cluster protocol, section 5): the journal of an earlier boot
 * has them, or a copy of an older epoch on a node that was away while the others went on without it. The
 * server is asked for its history, gets what it lacks, and is asked again, until it has everything in a
 * stable way; then the old records of the journal may go.
 *
 * Older copies add `copyBytesMax` at most: what would go beyond it is given up, and said to be.
 */
import type { NodeName } from '../identity.js';
import { closeJournal, releaseJournal } from './journal.js';
import { adoptedAt, contains, epochOf, forEachEntry, type History } from './log.js';
import type { LineageRow, LogSegment, PartitionMessage } from './messages.js';
import { resubmit } from './service.js';
import {
  type Copy,
  hasLease,
  knownPartition,
  note,
  partitionAt,
  type PartitionsState,
  send,
  type Turn,
} from './state.js';
import type { LogEntry } from './types.js';

const askIntervalMs = 500;
const askPartitionsMax = 128;

export function payloadBytes(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.length, 0);
}

/**
 * An older copy makes room for a newer one, here (`history`) or elsewhere: what clients were told of may be
 * missing there, when the others have gone on without any copy of its epoch. What they were not told of they
 * have sent again, or given up: after all this time it would only surprise them.
 */
export function orphanCopy(turn: Turn, partition: number, { log, toldSeq }: Copy, history?: History): void {
  const { state } = turn;
  const known = state.orphans.get(partition) ?? [];
  const seqs = new Set(known.map(({ seq }) => seq));
  const added: LogEntry[] = [];
  forEachEntry(log.segments, (seq, payload) => {
    const isThere = seqs.has(seq) || (history !== undefined && contains(history, seq));
    if (seq <= toldSeq && !isThere) added.push({ seq, payload });
  });
  if (added.length === 0) return;
  const bytes = payloadBytes(added);
  if (state.orphanBytes + bytes > state.settings.copyBytesMax) {
    note(turn, 'error', 'inputs of an older copy are given up: too many wait for a server', {
      partition,
      inputs: added.length,
    });
    return;
  }
  state.orphanBytes += bytes;
  state.orphans.set(
    partition,
    [...known, ...added].sort((one, other) => one.seq - other.seq),
  );
}

/** The journal's record of a partition that another node serves goes once that node has what it lacked. */
export function closeClaim(turn: Turn, partition: number): void {
  const { orphans, journal, leavingAt } = turn.state;
  if (orphans.has(partition) || leavingAt !== undefined) return;
  if (journal.claims.has(partition) && !journal.closes.includes(partition)) {
    closeJournal(turn, partition, undefined);
  }
}

/**
 * Asks the servers of partitions with orphans for their histories; answers at once where this node serves.
 */
export function askLineages(turn: Turn): void {
  const { state, nowMs } = turn;
  if (state.orphans.size === 0 || !state.live || nowMs - state.orphansAskedMs < askIntervalMs) return;
  state.orphansAskedMs = nowMs;
  const questions = new Map<NodeName, number[]>();
  for (const index of state.orphans.keys()) {
    const { server } = partitionAt(state, index);
    if (server === null) continue;
    const partitions = questions.get(server);
    if (partitions === undefined) questions.set(server, [index]);
    else if (partitions.length < askPartitionsMax) partitions.push(index);
  }
  for (const [server, partitions] of questions) {
    if (server === state.self.name) takeLineages(turn, server, lineagesOf(state, partitions));
    else send(turn, server, { kind: 'lineageAsk', epoch: state.epoch, partitions });
  }
}

/** The histories of those partitions that this node serves. */
export function lineagesOf(state: PartitionsState, partitions: readonly number[]): LineageRow[] {
  const rows: LineageRow[] = [];
  for (const index of partitions.slice(0, askPartitionsMax)) {
    const service = knownPartition(state, index)?.service;
    if (service === undefined) continue;
    const { log, stableSeq } = service;
    const { baseSeq, endSeqs, adopted, lastSeq } = log;
    rows.push({ partition: index, baseSeq, endSeqs, adopted, lastSeq, stableSeq });
  }
  return rows;
}

export function takeLineages(turn: Turn, from: NodeName, rows: readonly LineageRow[]): void {
  const { state } = turn;
  for (const row of rows) {
    const orphans = state.orphans.get(row.partition);
    if (orphans === undefined) continue;
    const left = orphans.filter(({ seq }) => !isStable(row, seq));
    state.orphanBytes += payloadBytes(left) - payloadBytes(orphans);
    if (left.length > 0) state.orphans.set(row.partition, left);
    else {
      state.orphans.delete(row.partition);
      if (partitionAt(state, row.partition).service === undefined) closeClaim(turn, row.partition);
    }
    const missing = left.filter(({ seq }) => !contains(row, seq));
    if (missing.length > 0) give(turn, from, row.partition, missing);
  }
  if (state.orphans.size === 0) releaseJournal(turn);
}

function isStable(row: LineageRow, seq: number): boolean {
  return contains(row, seq) && (adoptedAt(row, seq) ?? seq) <= row.stableSeq;
}

/** As many as fit into one message; the rest follow when these are stable. */
function give(turn: Turn, to: NodeName, partition: number, missing: readonly LogEntry[]): void {
  const { state } = turn;
  if (to === state.self.name) {
    takeOrphans(turn, partition, missing);
    return;
  }
  const segments: LogSegment[] = [];
  let bytes = 0;
  for (const { seq, payload } of missing) {
    const last = segments.at(-1);
    const follows = last !== undefined && seq === last.firstSeq + last.payloads.length;
    if (follows && epochOf(seq) === epochOf(last.firstSeq)) last.payloads.push(payload);
    else segments.push({ firstSeq: seq, payloads: [payload] });
    bytes += payload.length;
    if (bytes >= state.settings.frameBytesMax) break;
  }
  send(turn, to, { kind: 'orphans', epoch: state.epoch, partition, segments });
}

/** Entries that this node's history may lack. What cannot be taken now will come again. */
export function takeOrphans(turn: Turn, index: number, entries: readonly LogEntry[]): void {
  const { state } = turn;
  const service = knownPartition(state, index)?.service;
  if (service === undefined || service.handOff !== undefined || !hasLease(turn)) return;
  resubmit(turn, service, entries);
}

export function entriesOfSegments(
  segments: Extract<PartitionMessage, { kind: 'orphans' }>['segments'],
): LogEntry[] {
  return segments.flatMap(({ firstSeq, payloads }) =>
    payloads.map((payload, index) => ({ seq: firstSeq + index, payload })),
  );
}
