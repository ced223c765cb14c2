/**
 * The local journal of partitions that no copy backs up (cluster protocol, section 5): which records it
 * needs, when it is rewritten, and what it says after a restart.
 *     none -> open -----------------------------> closing -> none
 *             the whole log, then each input      the close mark is written;
 *             (again when it has grown)           nothing is acknowledged until it is fsynced
 */
import {
  adopt,
  append,
  contains,
  createLog,
  forEachEntry,
  lineageAtBase,
  type Log,
  segmentsOf,
  take,
} from './log.js';
import type { JournalBatch, JournalledCopy, JournalRecord } from './journal-record.js';
import {
  type Copy,
  note,
  partitionAt,
  type PartitionsState,
  type Service,
  touch,
  type Turn,
} from './state.js';
import type { LogEntry } from './types.js';

/** What a record does for services, once it is fsynced. */
interface Mark {
  partition: number;
  what: 'open' | 'inputs' | 'close';
  seq: number;
  service: Service | undefined;
}

interface Claim {
  /** The record with which the journal's copy of a partition begins; as given, and as fsynced. */
  sentAt: number;
  keptAt: number | undefined;
}

export interface Journal {
  nextPosition: number;
  keptPosition: number;
  releasedPosition: number;
  /** Records of earlier boots, needed while there are orphans; 0: none. */
  oldLastPosition: number;
  oldFirstPosition: number;
  claims: Map<number, Claim>;
  /** Records given to the disk, oldest first. */
  unkept: { position: number; marks: Mark[] }[];
  /** Sizes of the records that are still there, oldest first. */
  sizes: { position: number; bytes: number }[];
  bytes: number;
  /** Collected in this turn. */
  opens: Map<number, JournalledCopy>;
  inputs: JournalBatch[];
  closes: number[];
  marks: Mark[];
}

/** A guess of what a record costs beside its payloads, for each partition in it. */
const rowBytes = 64;

export function createJournal(): Journal {
  return {
    nextPosition: 1,
    keptPosition: 0,
    releasedPosition: 0,
    oldLastPosition: 0,
    oldFirstPosition: 0,
    claims: new Map(),
    unkept: [],
    sizes: [],
    bytes: 0,
    opens: new Map(),
    inputs: [],
    closes: [],
    marks: [],
  };
}

function journalled(partition: number, epoch: number, log: Log): JournalledCopy {
  // A copy is read back entry by entry, and finds the ends of its epochs itself.
  return {
    partition,
    epoch,
    ...lineageAtBase(log),
    adopted: [...log.adopted],
    segments: segmentsOf(log),
  };
}

/** The journal stands in from here on, with everything that the store does not have yet. */
export function openJournal(turn: Turn, service: Service): void {
  const { partition, epoch, log } = service;
  openCopy(turn, journalled(partition, epoch, log), service);
  service.journal = 'open';
  service.journalSentSeq = log.lastSeq;
}

export function journalInputs(turn: Turn, service: Service): void {
  const { journal } = turn.state;
  const { partition, log, journalSentSeq } = service;
  for (const { firstSeq, payloads } of log.segments) {
    const lastSeq = firstSeq + payloads.length - 1;
    if (lastSeq <= journalSentSeq) continue;
    const skip = Math.max(0, journalSentSeq - firstSeq + 1);
    journal.inputs.push({
      partition,
      adopted: log.adopted.filter(({ atSeq }) => atSeq >= firstSeq + skip && atSeq <= lastSeq),
      firstSeq: firstSeq + skip,
      payloads: payloads.slice(skip),
    });
  }
  service.journalSentSeq = log.lastSeq;
  journal.marks.push({ partition, what: 'inputs', seq: log.lastSeq, service });
}

export function closeJournal(turn: Turn, partition: number, service: Service | undefined): void {
  const { journal } = turn.state;
  journal.closes.push(partition);
  journal.marks.push({ partition, what: 'close', seq: 0, service });
  if (service !== undefined) service.journal = 'closing';
}

/** A full copy that this node does not serve goes to the journal. */
export function parkCopy(turn: Turn, partition: number, copy: Copy): void {
  openCopy(turn, journalled(partition, copy.epoch, copy.log), undefined);
}

/** A close mark of this turn would follow the copy on the disk, and is dropped for it. */
function openCopy(turn: Turn, copy: JournalledCopy, service: Service | undefined): void {
  const { journal } = turn.state;
  const { partition } = copy;
  if (journal.closes.includes(partition)) {
    journal.closes = journal.closes.filter((other) => other !== partition);
    journal.marks = journal.marks.filter((mark) => mark.what !== 'close' || mark.partition !== partition);
  }
  journal.opens.set(partition, copy);
  const last = copy.segments.at(-1);
  const seq = last === undefined ? copy.baseSeq : last.firstSeq + last.payloads.length - 1;
  journal.marks.push({ partition, what: 'open', seq, service });
}

function bytesOf(payloads: readonly Uint8Array[]): number {
  let bytes = rowBytes;
  for (const { length } of payloads) bytes += length;
  return bytes;
}

function openBytes({ segments }: Pick<Log, 'segments'>): number {
  let bytes = rowBytes;
  for (const { payloads } of segments) bytes += bytesOf(payloads);
  return bytes;
}

function emit(turn: Turn, record: JournalRecord, bytes: number): number {
  const { journal } = turn.state;
  const position = journal.nextPosition++;
  journal.sizes.push({ position, bytes });
  journal.bytes += bytes;
  turn.effects.push({ kind: 'journal', position, record });
  return position;
}

/** Gives what was collected to the disk: whole copies first, then inputs, then close marks. */
export function flushJournal(turn: Turn): void {
  const { journal, settings } = turn.state;
  if (journal.marks.length === 0) return;
  let copies: JournalledCopy[] = [];
  let bytes = 0;
  for (const copy of journal.opens.values()) {
    copies.push(copy);
    bytes += openBytes(copy);
    if (bytes < settings.journalRecordBytesMax) continue;
    claim(journal, copies, emit(turn, { kind: 'open', copies }, bytes));
    copies = [];
    bytes = 0;
  }
  if (copies.length > 0) claim(journal, copies, emit(turn, { kind: 'open', copies }, bytes));
  if (journal.inputs.length > 0) {
    let size = 0;
    for (const { payloads } of journal.inputs) size += bytesOf(payloads);
    emit(turn, { kind: 'inputs', batches: journal.inputs }, size);
  }
  if (journal.closes.length > 0) {
    emit(turn, { kind: 'close', partitions: journal.closes }, journal.closes.length * 4);
  }
  journal.unkept.push({ position: journal.nextPosition - 1, marks: journal.marks });
  journal.opens = new Map();
  journal.inputs = [];
  journal.closes = [];
  journal.marks = [];
}

function claim(journal: Journal, copies: readonly JournalledCopy[], position: number): void {
  for (const { partition } of copies) {
    const known = journal.claims.get(partition);
    if (known === undefined) journal.claims.set(partition, { sentAt: position, keptAt: undefined });
    else known.sentAt = position;
  }
}

/** Records up to `position` are on disk: services go on, and older records may go. */
export function journalKept(turn: Turn, position: number): void {
  const { state } = turn;
  const { journal } = state;
  journal.keptPosition = Math.max(journal.keptPosition, position);
  let next = journal.unkept[0];
  while (next !== undefined && next.position <= journal.keptPosition) {
    journal.unkept.shift();
    for (const mark of next.marks) keepMark(state, mark, next.position);
    next = journal.unkept[0];
  }
  if (state.leavingAt !== undefined && journal.keptPosition >= state.leavingAt && !state.left) {
    state.left = true;
    turn.effects.push({ kind: 'left' });
  }
  releaseJournal(turn);
}

function keepMark(state: PartitionsState, mark: Mark, position: number): void {
  const { partition, what, seq, service } = mark;
  const { claims } = state.journal;
  const known = claims.get(partition);
  // A claim that was renewed since is about a later record.
  if (known !== undefined && known.sentAt <= position) {
    if (what === 'open') known.keptAt = known.sentAt;
    if (what === 'close') claims.delete(partition);
  }
  if (service === undefined || partitionAt(state, partition).service !== service) return;
  if (what === 'close') {
    if (service.journal === 'closing') service.journal = 'none';
  } else if (service.journal === 'open') {
    service.journalKeptSeq = Math.max(service.journalKeptSeq, seq);
  }
  touch(state, service);
}

/** Frees the records that no claim and no orphan needs. */
export function releaseJournal(turn: Turn): void {
  const { state } = turn;
  const { journal } = state;
  let needed = Math.min(journal.keptPosition, journal.nextPosition - 1) + 1;
  if (state.orphans.size > 0 && journal.oldLastPosition > 0) needed = journal.oldFirstPosition;
  for (const { keptAt, sentAt } of journal.claims.values()) needed = Math.min(needed, keptAt ?? sentAt);
  const position = needed - 1;
  if (position <= journal.releasedPosition) return;
  journal.releasedPosition = position;
  let oldest = journal.sizes[0];
  while (oldest !== undefined && oldest.position <= position) {
    journal.bytes -= oldest.bytes;
    journal.sizes.shift();
    oldest = journal.sizes[0];
  }
  turn.effects.push({ kind: 'releaseJournal', position });
}

/**
 * Writes all copies that the journal stands in for anew when it has grown beyond twice their size, so that
 * the records before can go; not while such copies are on their way to a disk that takes its time.
 */
export function rewriteJournal(turn: Turn): void {
  const { state } = turn;
  const { journal, settings } = state;
  if (journal.bytes < settings.journalRewriteBytesMin || state.leavingAt !== undefined) return;
  if (journal.opens.size > 0) return;
  let bytes = 0;
  for (const [partition, { sentAt, keptAt }] of journal.claims) {
    if (keptAt !== sentAt) return;
    const { copy } = partitionAt(state, partition);
    if (copy !== undefined) bytes += openBytes(copy.log);
  }
  if (journal.bytes < 2 * bytes) return;
  for (const [index] of journal.claims) {
    const { service, copy } = partitionAt(state, index);
    if (service?.journal === 'open') openJournal(turn, service);
    else if (service === undefined && copy !== undefined) parkCopy(turn, index, copy);
    else if (service === undefined) closeJournal(turn, index, undefined);
  }
}

export interface Recovered {
  copies: Map<number, Copy>;
  orphans: Map<number, LogEntry[]>;
}

/** Reads the journal of earlier boots: the copies it stands for, and inputs that may be missing elsewhere. */
export function recoverJournal(
  journal: Journal,
  records: Iterable<{ position: number; record: JournalRecord }>,
): Recovered {
  const copies = new Map<number, Copy>();
  const orphans = new Map<number, LogEntry[]>();
  for (const { position, record } of records) {
    journal.oldFirstPosition ||= position;
    journal.oldLastPosition = position;
    recoverRecord(copies, orphans, record);
  }
  for (const [partition, { log }] of copies) orphanEntries(orphans, partition, log);
  journal.nextPosition = journal.oldLastPosition + 1;
  journal.keptPosition = journal.oldLastPosition;
  journal.releasedPosition = Math.max(0, journal.oldFirstPosition - 1);
  return { copies, orphans };
}

function recoverRecord(
  copies: Map<number, Copy>,
  orphans: Map<number, LogEntry[]>,
  record: JournalRecord,
): void {
  switch (record.kind) {
    case 'open':
      for (const { partition, epoch, segments, ...lineage } of record.copies) {
        const log = createLog(lineage);
        for (const segment of segments) take(log, log.lastSeq, segment);
        const before = copies.get(partition);
        if (before !== undefined) orphanEntries(orphans, partition, before.log);
        const left = orphans.get(partition)?.filter(({ seq }) => !contains(log, seq));
        if (left !== undefined) orphans.set(partition, left);
        copies.set(partition, { epoch, generation: 0, log, unstamped: [] });
      }
      return;
    case 'inputs':
      for (const { partition, adopted, ...segment } of record.batches) {
        const log = copies.get(partition)?.log;
        if (log === undefined) continue;
        take(log, log.lastSeq, segment);
        adopt(log, adopted);
      }
      return;
    case 'close':
      for (const partition of record.partitions) copies.delete(partition);
  }
}

/** Also for a copy without entries: its partition counts as one whose history a server must confirm. */
function orphanEntries(orphans: Map<number, LogEntry[]>, partition: number, log: Log): void {
  const entries = orphans.get(partition) ?? [];
  forEachEntry(log.segments, (seq, payload) => entries.push({ seq, payload }));
  orphans.set(partition, entries);
}

/**
 * Gives entries to a log once more, under new numbers, as far as its bounds allow: who has them asks again
 * later. Returns them as they are now.
 */
export function adoptEntries(turn: Turn, service: Service, entries: readonly LogEntry[]): LogEntry[] {
  const { state } = turn;
  const { log } = service;
  const { partitionLogBytesMax, logBytesMax } = state.settings;
  const taken: LogEntry[] = [];
  for (const { seq, payload } of entries) {
    if (contains(log, seq)) continue;
    const { length } = payload;
    if (log.bytes + length > partitionLogBytesMax || state.logBytes + length > logBytesMax) break;
    const atSeq = append(log, payload);
    state.logBytes += length;
    const last = log.adopted.at(-1);
    // Neighbours share a range, which is not in any message before this turn ends.
    if (last?.toSeq === seq - 1 && last.atSeq === atSeq - 1 && taken.length > 0) {
      last.toSeq = seq;
      last.atSeq = atSeq;
    } else {
      adopt(log, [{ fromSeq: seq, toSeq: seq, atSeq }]);
    }
    taken.push({ seq: atSeq, payload });
  }
  if (taken.length === 0) return taken;
  state.totals.resubmitted += taken.length;
  note(turn, 'warn', 'inputs of a journal are given again', {
    partition: service.partition,
    inputs: taken.length,
  });
  touch(state, service);
  return taken;
}
