/**
 * Inputs that the journal of an earlier boot has, and that the partition's history may lack (cluster
 * protocol, section 5). Its server is asked for the history, gets what it lacks, and is asked again, until
 * it has everything in a stable way; then the old records of the journal may go.
 */
import type { NodeName } from '../identity.js';
import { releaseJournal } from './journal.js';
import { adoptedAt, contains, epochOf } from './log.js';
import type { LineageRow, LogSegment, PartitionMessage } from './messages.js';
import { resubmit } from './service.js';
import { hasLease, knownPartition, partitionAt, type PartitionsState, send, type Turn } from './state.js';
import type { LogEntry } from './types.js';

const askIntervalMs = 500;
const askPartitionsMax = 128;

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
    if (left.length === 0) state.orphans.delete(row.partition);
    else state.orphans.set(row.partition, left);
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
