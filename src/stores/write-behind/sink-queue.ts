/**
 * The queue of one sink: memory first, the spool when memory has enough or must be safe, one write at a
 * time, retried for ever.
 *     enqueue -> gathering in memory -> written                    the sink keeps up
 *                       |
 *                       +-> spool -> written                       the sink is away, or slower than its rows
 *
 * Rows are written in the order in which they came: while the spool has any, what is in memory waits behind
 * it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../base/index.js';
import { type RefusedRow, type Row } from '../operational-store.js';
import { identityOf, visitOf } from '../row-keys.js';
import { type Spool, type SpooledRows } from '../spool/index.js';
import { type ErasureTarget, type SinkDefinition, type SinkFigures } from '../write-behind.js';
import { Outage } from './outage.js';
import { PendingRows } from './pending-rows.js';
import { isRetryable, writeRows } from './write-rows.js';

export interface SinkQueueOptions {
  sink: Required<SinkDefinition>;
  spool: Spool | undefined;
  rowsMax: number;
  bytesMax: number;
  flushIntervalMs: number;
  writeRowsMax: number;
  retryMinMs: number;
  retryMaxMs: number;
  /** Segments of the spool set aside since it was opened. */
  damaged: () => number;
  onFailure: (error: AppError) => void;
  onSpoolFull: (error: AppError) => void;
  onRefused: (refused: RefusedRow) => void;
  /** Takes those that `keep` does not want out of the refused rows. */
  scrubRefused: (keep: (row: Row) => boolean) => Promise<void>;
}

/** How long a sink that answers may take before what waits for it is spilled to be safe. */
const securingMs = 2_000;

export class SinkQueue implements SinkFigures {
  readonly #options: SinkQueueOptions;
  readonly #spool: Spool | undefined;
  /** Oldest first; the last one gathers unless it is sealed. */
  #memory: PendingRows[] = [];
  #writing: PendingRows | undefined;
  /** What the spool has of this queue, oldest first. */
  #spooled: { ordinal: number; seq: number }[] = [];
  #lastOrdinal = 0;
  #writtenOrdinal = 0;
  /** The last ordinal that somebody waits for; up to it nothing waits for its interval. */
  #urgentOrdinal = 0;
  #lastSeq = 0;
  #timer: NodeJS.Timeout | undefined;
  #loop: Promise<void> | undefined;
  #spilling: Promise<void> | undefined;
  #spillAgainMs = 0;
  /** One attempt to write, or an erasure, that is under way. */
  #attempt: Promise<unknown> | undefined;
  #erasures = 0;
  #awaySinceMs: number | undefined;
  readonly #outage = new Outage();
  #closed = false;
  readonly #stop = new AbortController();
  readonly #waiters = new Set<() => void>();
  persistedSeq = 0;
  written = 0;
  failures = 0;
  refused = 0;
  lastError: string | undefined;

  constructor(options: SinkQueueOptions) {
    this.#options = options;
    this.#spool = options.spool;
    if (this.#spool === undefined || this.#spool.isEmpty) return;
    // What an earlier process left is before everything of this one.
    this.#spooled.push({ ordinal: ++this.#lastOrdinal, seq: this.#spool.lastSeq });
    this.#flush();
  }

  get #inMemory(): PendingRows[] {
    const { spooledSeq } = this.#writing ?? {};
    return this.#writing === undefined || spooledSeq !== undefined
      ? this.#memory
      : [this.#writing, ...this.#memory];
  }

  get depth(): number {
    return this.#memoryRows + this.spoolRows;
  }

  get #memoryRows(): number {
    return this.#memory.reduce((sum, { size }) => sum + size, this.#unspooled?.size ?? 0);
  }

  get bytes(): number {
    return this.#memory.reduce((sum, { bytes }) => sum + bytes, this.#unspooled?.bytes ?? 0);
  }

  get #unspooled(): PendingRows | undefined {
    return this.#writing?.spooledSeq === undefined ? this.#writing : undefined;
  }

  get spoolBytes(): number {
    return this.#spool?.bytes ?? 0;
  }

  get spoolRows(): number {
    return this.#spool?.rowCount ?? 0;
  }

  get isSpoolFull(): boolean {
    return this.#spool?.isFull ?? false;
  }

  get damaged(): number {
    return this.#options.damaged();
  }

  get isAway(): boolean {
    return this.#outage.isAway(performance.now(), this.#attempt !== undefined);
  }

  get isFull(): boolean {
    return this.#memoryRows >= this.#options.rowsMax || this.bytes >= this.#options.bytesMax;
  }

  get oldestAgeMs(): number {
    const sinceMs = this.#spool?.sinceMs ?? (this.#writing ?? this.#memory[0])?.sinceMs;
    return sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs);
  }

  enqueue(rows: readonly Row[], seq: number): void {
    if (this.#closed) return;
    if (seq > this.#lastSeq) this.#lastSeq = seq;
    let gathering = this.#memory.at(-1);
    if (gathering === undefined || gathering.isSealed) {
      gathering = undefined;
      for (const row of rows) if (this.#options.sink.takes(row)) gathering = this.#gather(gathering, row);
      if (gathering === undefined) {
        this.#passed();
        return;
      }
    } else {
      gathering.lastSeq = this.#lastSeq;
      for (const row of rows) if (this.#options.sink.takes(row)) gathering.add(row);
    }
    this.#startAfter(gathering);
  }

  #gather(gathering: PendingRows | undefined, row: Row): PendingRows {
    if (gathering === undefined) {
      gathering = new PendingRows(++this.#lastOrdinal, this.#lastSeq, Date.now());
      this.#memory.push(gathering);
    }
    gathering.add(row);
    return gathering;
  }

  /** An input without rows is safe as soon as those before it are. */
  #passed(): void {
    const youngest = this.#inMemory.at(-1);
    if (youngest === undefined) this.persistedSeq = this.#lastSeq;
    else youngest.lastSeq = this.#lastSeq;
  }

  #startAfter(gathering: PendingRows): void {
    if (gathering.size * 2 >= this.#options.rowsMax || gathering.bytes * 2 >= this.#options.bytesMax) {
      void this.#spill();
    }
    if (this.#loop !== undefined) return;
    if (gathering.size >= this.#options.writeRowsMax) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#options.flushIntervalMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stop.signal.aborted) return;
    this.#loop ??= this.#writeAll().finally(() => {
      this.#loop = undefined;
      const [next] = this.#memory;
      if (next === undefined || this.#stop.signal.aborted) return;
      // Rows that came while the last write was under way gather for their own interval, unless one waits.
      if (next.ordinal <= this.#urgentOrdinal) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#options.flushIntervalMs);
    });
  }

  /** Writes the spool, then what waits now, and then what has become a full batch or urgent meanwhile. */
  async #writeAll(): Promise<void> {
    let isFirst = true;
    while (!this.#stop.signal.aborted) {
      if (this.#spilling !== undefined) await this.#spilling;
      if (this.#spool?.isEmpty === false) {
        await this.#writeSpooled(this.#spool);
        continue;
      }
      // The rest of the spool was damaged and is set aside: nobody waits for it any longer.
      if (this.#spooled.length > 0) await this.#release(Infinity);
      const [batch] = this.#memory;
      if (batch === undefined) return;
      const isDue =
        isFirst || batch.size >= this.#options.writeRowsMax || batch.ordinal <= this.#urgentOrdinal;
      if (!isDue && this.#memory.length === 1) return;
      isFirst = false;
      this.#memory.shift();
      batch.isSealed = true;
      this.#writing = batch;
      if (!(await this.#writeBatch(batch))) return;
    }
  }

  /** False when the queue was closed before the batch was written. */
  async #writeBatch(batch: PendingRows): Promise<boolean> {
    const { writeRowsMax } = this.#options;
    let rows = batch.inOrder();
    let erasures = this.#erasures;
    for (let start = 0; start < rows.length;) {
      const outcome = await this.#writeStubbornly(
        () => rows.slice(start, start + writeRowsMax),
        () => batch.spooledSeq !== undefined || this.#erasures !== erasures,
      );
      if (outcome === 'closed') return false;
      if (batch.spooledSeq !== undefined && outcome === 'superseded') {
        this.#writing = undefined;
        return true;
      }
      if (outcome === 'written') start += writeRowsMax;
      else {
        rows = batch.inOrder();
        erasures = this.#erasures;
        start = 0;
      }
    }
    this.#writing = undefined;
    if (batch.spooledSeq !== undefined) await this.#release(batch.spooledSeq);
    else if (batch.lastSeq > this.persistedSeq) this.persistedSeq = batch.lastSeq;
    this.#writtenOrdinal = Math.max(this.#writtenOrdinal, batch.ordinal);
    this.#notify();
    return true;
  }

  async #writeSpooled(spool: Spool): Promise<void> {
    let chunk: SpooledRows | undefined;
    try {
      chunk = await spool.read(this.#options.writeRowsMax);
    } catch (error) {
      this.#failed(error as AppError);
      await this.#pause(this.#options.retryMaxMs);
      return;
    }
    if (chunk === undefined) return;
    const { rows, lastSeq } = chunk;
    const before = this.#erasures;
    const outcome = await this.#writeStubbornly(
      () => rows,
      () => this.#erasures !== before,
    );
    if (outcome === 'written') await this.#release(lastSeq);
  }

  async #release(seq: number): Promise<void> {
    await this.#spool?.release(seq);
    const kept = this.#spooled.findIndex((entry) => entry.seq > seq);
    const gone = this.#spooled.splice(0, kept === -1 ? this.#spooled.length : kept);
    this.#writtenOrdinal = Math.max(this.#writtenOrdinal, gone.at(-1)?.ordinal ?? 0);
    this.#notify();
  }

  /**
   * Tries until the rows are written. `isSuperseded` says, before each attempt, that they will be read from
   * the spool instead.
   */
  async #writeStubbornly(
    rows: () => readonly Row[],
    isSuperseded: () => boolean,
  ): Promise<'written' | 'superseded' | 'closed'> {
    let pauseMs = this.#options.retryMinMs;
    for (;;) {
      if (this.#stop.signal.aborted) return 'closed';
      try {
        return await this.#exclusively(() => this.#try(rows, isSuperseded));
      } catch (error) {
        this.#failed(error as AppError);
      }
      // With jitter, so that nodes whose store comes back do not all knock at once.
      if (!(await this.#pause(pauseMs * (0.5 + Math.random() / 2)))) return 'closed';
      pauseMs = Math.min(pauseMs * 2, this.#options.retryMaxMs);
    }
  }

  async #try(rows: () => readonly Row[], isSuperseded: () => boolean): Promise<'written' | 'superseded'> {
    if (isSuperseded()) return 'superseded';
    const wanted = rows();
    if (wanted.length === 0) return 'written';
    const refused = await writeRows(this.#options.sink.sink, wanted);
    // Only an answer ends an outage: rows that went to the spool meanwhile say nothing of the sink.
    this.lastError = undefined;
    this.#awaySinceMs = undefined;
    this.#outage.succeeded(performance.now());
    this.written += wanted.length - refused.length;
    this.refused += refused.length;
    for (const each of refused) this.#options.onRefused(each);
    return 'written';
  }

  /** Runs `work` when no other attempt is under way, at once if it can. */
  async #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#attempt !== undefined) await this.#attempt;
    const result = work();
    const ended = result
      .catch(() => undefined)
      .then(() => {
        if (this.#attempt === ended) this.#attempt = undefined;
      });
    this.#attempt = ended;
    return result;
  }

  #failed(error: AppError): void {
    this.failures++;
    this.lastError = error.message;
    this.#awaySinceMs ??= performance.now();
    this.#outage.failed();
    this.#options.onFailure(error);
    this.#notify();
  }

  /** False when the queue was closed meanwhile. */
  async #pause(pauseMs: number): Promise<boolean> {
    try {
      await sleep(pauseMs, undefined, { signal: this.#stop.signal });
      return true;
    } catch {
      return false;
    }
  }

  /** Puts what memory holds at the end of the spool; memory keeps it when the spool has no room. */
  async #spill(): Promise<void> {
    const spool = this.#spool;
    if (spool === undefined || performance.now() < this.#spillAgainMs) return;
    this.#spilling ??= this.#spillAll(spool).finally(() => {
      this.#spilling = undefined;
      this.#notify();
    });
    await this.#spilling;
  }

  async #spillAll(spool: Spool): Promise<void> {
    const batches = this.#inMemory;
    for (const batch of [...batches]) {
      batch.isSealed = true;
      try {
        const rows = batch.inOrder();
        const seq = rows.length === 0 ? spool.lastSeq : await spool.append(rows, batch.sinceMs);
        batch.spooledSeq = seq;
        this.#spooled.push({ ordinal: batch.ordinal, seq });
      } catch (error) {
        this.#spillAgainMs = performance.now() + this.#options.retryMaxMs;
        this.#options.onSpoolFull(error as AppError);
        return;
      }
      this.#memory = this.#memory.filter((other) => other !== batch);
      if (batch.lastSeq > this.persistedSeq) this.persistedSeq = batch.lastSeq;
      // Its rows may have been written while the spool took them.
      if (batch.ordinal <= this.#writtenOrdinal) await this.#release(batch.spooledSeq);
    }
  }

  async drained(visitId?: string, timeoutMs = visitId === undefined ? Infinity : 5_000): Promise<void> {
    const target = this.#lastOrdinalOf(visitId);
    if (target === undefined) return;
    this.#hasten(target);
    const untilMs = performance.now() + timeoutMs;
    const isWritten = (): boolean => this.#writtenOrdinal >= target;
    const isHopeless = (): boolean =>
      this.#stop.signal.aborted ||
      (this.#awaySinceMs !== undefined && performance.now() - this.#awaySinceMs > timeoutMs);
    this.#flush();
    while (!isWritten()) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || isHopeless()) {
        throw new AppError('STORE_UNAVAILABLE', `The ${this.#options.sink.name} does not take writes now.`);
      }
      await this.#change(leftMs);
      this.#flush();
    }
  }

  /** Somebody waits for all up to `target`: it takes no more rows and is written as soon as can be. */
  #hasten(target: number): void {
    this.#urgentOrdinal = Math.max(this.#urgentOrdinal, target);
    for (const rows of this.#memory) if (rows.ordinal <= target) rows.isSealed = true;
  }

  /** The youngest gathering with rows of the visit, or at all, that is not written; undefined for none. */
  #lastOrdinalOf(visitId: string | undefined): number | undefined {
    const inMemory = this.#inMemory.findLast((rows) => visitId === undefined || rows.concerns(visitId));
    if (inMemory !== undefined) return inMemory.ordinal;
    if (visitId === undefined) return this.#spooled.at(-1)?.ordinal;
    const seq = this.#spool?.lastSeqOf(visitId);
    return seq === undefined ? undefined : this.#spooled.find((entry) => entry.seq >= seq)?.ordinal;
  }

  async secured(timeoutMs: number): Promise<boolean> {
    const target = this.#inMemory.at(-1)?.ordinal;
    if (target === undefined) return true;
    this.#hasten(target);
    const startedMs = performance.now();
    const isSafe = (): boolean => !this.#inMemory.some(({ ordinal }) => ordinal <= target);
    this.#flush();
    while (!isSafe()) {
      const passedMs = performance.now() - startedMs;
      if (passedMs >= timeoutMs || this.#stop.signal.aborted) return false;
      if (this.lastError !== undefined || passedMs >= securingMs) await this.#spill();
      if (isSafe()) break;
      await this.#change(Math.min(timeoutMs - passedMs, securingMs / 4));
      this.#flush();
    }
    return true;
  }

  /** With `leavesSink` only what waits for the sink goes. */
  async erase(
    { visitIds, identityIds }: ErasureTarget,
    timeoutMs: number,
    leavesSink = false,
  ): Promise<void> {
    const visits = new Set(visitIds);
    const identities = new Set(identityIds);
    const keep = (row: Row): boolean =>
      !visits.has(visitOf(row) ?? '') && !identities.has(identityOf(row) ?? '');
    const { sink } = this.#options.sink;
    await within(
      timeoutMs,
      this.#exclusively(async () => {
        await this.#spilling;
        for (const rows of this.#inMemory) rows.scrub(keep);
        this.#erasures++;
        await this.#spool?.scrub([...visitIds, ...identityIds], keep);
        await this.#options.scrubRefused(keep);
        if (leavesSink) return;
        for (const visitId of visitIds) await sink.eraseVisit(visitId);
        for (const identityId of identityIds) await sink.eraseIdentity(identityId);
      }),
    );
  }

  async close(timeoutMs: number): Promise<boolean> {
    this.#closed = true;
    const isWritten = await this.drained(undefined, timeoutMs).then(
      () => true,
      () => false,
    );
    this.#spillAgainMs = 0;
    if (!isWritten) await this.#spill();
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#notify();
    await this.#spool?.close();
    return isWritten;
  }

  /**
   * Resolves at the next change of what is written, safe or reachable, and after `timeoutMs` at the latest.
   */
  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeoutMs === Infinity ? undefined : setTimeout(() => changed(), timeoutMs);
      const changed = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(changed);
        resolve();
      };
      this.#waiters.add(changed);
    });
  }

  #notify(): void {
    for (const changed of [...this.#waiters]) changed();
  }
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const pause = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: pause.signal }).then(() => {
    throw new AppError('STORE_UNAVAILABLE', 'an erasure took too long; ask again');
  });
  late.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } catch (error) {
    throw isRetryable(error) ? error : new AppError('INTERNAL', 'an erasure failed', { cause: error });
  } finally {
    pause.abort();
  }
}
