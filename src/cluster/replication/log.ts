/**
 * The log of a partition: the inputs that the store does not have yet, and what tells two histories apart.
 *
 * Entry n of those appended in epoch e has the number e * 2^32 + n. So a number is never used twice, whatever
 * history an epoch begins with, and a history is known by the last number of each of its epochs.
 */
import { assert } from '../../base/index.js';
import type { AdoptedRange, Lineage, LogSegment } from './messages.js';

export interface Log extends Lineage {
  /** The last entry's number, or `baseSeq`. */
  lastSeq: number;
  /** The number of the next entry that is appended here. */
  nextSeq: number;
  /** Not empty, rising; one for each epoch that has entries left. */
  segments: LogSegment[];
  /** Of the payloads. */
  bytes: number;
}

const seqsPerEpoch = 2 ** 32;

/** Epochs of a history that are remembered. Entries of older ones count as unknown: they are given again. */
export const lineageLengthMax = 64;

/** Ranges of given-again inputs that are remembered. */
export const adoptedLengthMax = 256;

export function epochOf(seq: number): number {
  return Math.floor(seq / seqsPerEpoch);
}

/** The number before the first of an epoch: the base of a log that starts from the store. */
export function firstBaseOf(epoch: number): number {
  return epoch * seqsPerEpoch;
}

export function createLog({ baseSeq, endSeqs, adopted }: Lineage): Log {
  return {
    baseSeq,
    endSeqs: [...endSeqs],
    adopted: [...adopted],
    lastSeq: baseSeq,
    nextSeq: baseSeq + 1,
    segments: [],
    bytes: 0,
  };
}

/** What a log is known by that has this one's base, and no entries yet. */
export function lineageAtBase({ baseSeq, endSeqs, adopted }: Log): Lineage {
  return {
    baseSeq,
    endSeqs: endSeqs.filter((endSeq) => endSeq < baseSeq),
    adopted: adopted.filter(({ atSeq }) => atSeq <= baseSeq),
  };
}

/** From now on entries are appended in this epoch. */
export function beginEpoch(log: Log, epoch: number): void {
  if (epochOf(log.lastSeq) < epoch) log.nextSeq = firstBaseOf(epoch) + 1;
  else log.nextSeq = log.lastSeq + 1;
}

/** Closes the epoch of the last entry when `seq` belongs to a later one. */
function segmentFor(log: Log, seq: number): LogSegment {
  const last = log.segments.at(-1);
  if (last !== undefined && seq === log.lastSeq + 1) return last;
  if (epochOf(seq) !== epochOf(log.lastSeq) && log.lastSeq % seqsPerEpoch !== 0) {
    log.endSeqs.push(log.lastSeq);
    if (log.endSeqs.length > lineageLengthMax) log.endSeqs.shift();
  }
  const segment = { firstSeq: seq, payloads: [] };
  log.segments.push(segment);
  return segment;
}

/** Appends, and returns the entry's number. Keeps `payload` itself. */
export function append(log: Log, payload: Uint8Array): number {
  const seq = log.nextSeq;
  segmentFor(log, seq).payloads.push(payload);
  log.lastSeq = seq;
  log.nextSeq = seq + 1;
  log.bytes += payload.length;
  return seq;
}

/**
 * Takes entries of another log of the same history that follow `previousSeq`. False when entries in between
 * are missing here; what is here already is skipped.
 */
export function take(log: Log, previousSeq: number, { firstSeq, payloads }: LogSegment): boolean {
  const lastSeq = firstSeq + payloads.length - 1;
  if (log.lastSeq >= lastSeq) return true;
  let skip = 0;
  if (log.lastSeq >= firstSeq) skip = log.lastSeq - firstSeq + 1;
  else if (log.lastSeq !== previousSeq) return false;
  log.nextSeq = firstSeq + skip;
  for (let index = skip; index < payloads.length; index++) append(log, payloads[index] as Uint8Array);
  return true;
}

export function adopt(log: Log, ranges: readonly AdoptedRange[]): void {
  for (const range of ranges) {
    if (log.adopted.some(({ atSeq, toSeq }) => atSeq === range.atSeq && toSeq === range.toSeq)) continue;
    log.adopted.push(range);
    if (log.adopted.length > adoptedLengthMax) log.adopted.shift();
  }
}

/** Forgets entries up to `seq`, which the store has. */
export function drop(log: Log, seq: number): void {
  const upTo = Math.min(seq, log.lastSeq);
  if (upTo <= log.baseSeq) return;
  log.baseSeq = upTo;
  let segment = log.segments[0];
  while (segment !== undefined && segment.firstSeq <= upTo) {
    const count = Math.min(segment.payloads.length, upTo - segment.firstSeq + 1);
    for (const payload of segment.payloads.splice(0, count)) log.bytes -= payload.length;
    segment.firstSeq += count;
    if (segment.payloads.length > 0) break;
    log.segments.shift();
    segment = log.segments[0];
  }
}

/** What a history must be known by to say whether it has an entry. */
export type History = Pick<Log, 'lastSeq' | 'endSeqs' | 'adopted'>;

/** Whether the entry with this number is part of the history, under this or under a later number. */
export function contains(history: History, seq: number): boolean {
  const epoch = epochOf(seq);
  const end =
    epoch === epochOf(history.lastSeq)
      ? history.lastSeq
      : history.endSeqs.find((endSeq) => epochOf(endSeq) === epoch);
  return (end !== undefined && seq <= end) || adoptedAt(history, seq) !== undefined;
}

/** The number from which on an adopted entry is surely in the history. */
export function adoptedAt(history: History, seq: number): number | undefined {
  return history.adopted.find(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq)?.atSeq;
}

export interface Piece extends LogSegment {
  previousSeq: number;
}

/**
 * The entries after `seq`, at most `bytesMax` of them (and always one), all of one epoch; undefined when
 * there are none.
 */
export function pieceAfter(log: Log, seq: number, bytesMax: number): Piece | undefined {
  if (seq >= log.lastSeq) return undefined;
  assert(seq >= log.baseSeq, 'a copy has what the store has');
  const segment = log.segments.find(({ firstSeq, payloads }) => firstSeq + payloads.length - 1 > seq);
  assert(segment !== undefined, 'a log has its entries');
  const start = Math.max(0, seq - segment.firstSeq + 1);
  let bytes = 0;
  let end = start;
  while (end < segment.payloads.length) {
    const { length } = segment.payloads[end] as Uint8Array;
    if (end > start && bytes + length > bytesMax) break;
    bytes += length;
    end++;
  }
  const previousSeq = start > 0 ? segment.firstSeq + start - 1 : seq;
  return { previousSeq, firstSeq: segment.firstSeq + start, payloads: segment.payloads.slice(start, end) };
}

/** Calls `use` for every entry, oldest first. */
export function forEachEntry(
  segments: readonly LogSegment[],
  use: (seq: number, payload: Uint8Array) => void,
): void {
  for (const { firstSeq, payloads } of segments) {
    for (let index = 0; index < payloads.length; index++)
      use(firstSeq + index, payloads[index] as Uint8Array);
  }
}

/** Copies of the segments, sharing the payloads. */
export function segmentsOf(log: Log): LogSegment[] {
  return log.segments.map(({ firstSeq, payloads }) => ({ firstSeq, payloads: payloads.slice() }));
}
