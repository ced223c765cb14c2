/** The write-behind queue: one write at a time, retried for ever, while the next batch gathers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorTable } from '../../base/index.js';
import { type OperationalStore, type Row } from '../operational-store.js';
import { type WriteBehind } from '../write-behind.js';
import { PendingRows } from './pending-rows.js';

export interface WriteBehindOptions {
  store: Pick<OperationalStore, 'write'>;
  /** At this many rows, or `bytesMax`, the queue is full; defaults 100,000 and 128 MB. */
  rowsMax?: number;
  bytesMax?: number;
  /** How long rows gather before they are written; default 200. */
  flushIntervalMs?: number;
  /** Rows of one write to the store, which are written all or none; default 2,000. */
  writeRowsMax?: number;
  /** Pauses between attempts double from the first to the last; defaults 100 and 5,000. */
  retryMinMs?: number;
  retryMaxMs?: number;
  /** A write failed; it will be tried again. */
  onFailure?: (error: AppError) => void;
  /** A row that the store will never take was left out, so that it holds up no other. */
  onRefused: (row: Row, error: unknown) => void;
}

export function createWriteBehind(options: WriteBehindOptions): WriteBehind {
  return new StoreQueue(options);
}

class StoreQueue implements WriteBehind {
  readonly #options: Required<Omit<WriteBehindOptions, 'onFailure'>>;
  readonly #onFailure: (error: AppError) => void;
  #gathering: PendingRows | undefined;
  #writing: PendingRows | undefined;
  #timer: NodeJS.Timeout | undefined;
  #loop: Promise<void> | undefined;
  #lastSeq = 0;
  #closed = false;
  readonly #stop = new AbortController();
  failures = 0;
  lastError: string | undefined;
  persistedSeq = 0;

  constructor({ onFailure, ...options }: WriteBehindOptions) {
    this.#onFailure = onFailure ?? (() => undefined);
    this.#options = {
      rowsMax: 100_000,
      bytesMax: 128 * 1024 * 1024,
      flushIntervalMs: 200,
      writeRowsMax: 2_000,
      retryMinMs: 100,
      retryMaxMs: 5_000,
      ...options,
    };
  }

  get depth(): number {
    return (this.#gathering?.size ?? 0) + (this.#writing?.size ?? 0);
  }

  get bytes(): number {
    return (this.#gathering?.bytes ?? 0) + (this.#writing?.bytes ?? 0);
  }

  get isFull(): boolean {
    return this.depth >= this.#options.rowsMax || this.bytes >= this.#options.bytesMax;
  }

  get oldestAgeMs(): number {
    const oldest = this.#writing ?? this.#gathering;
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  enqueue(rows: readonly Row[], seq: number): void {
    if (this.#closed) return;
    if (seq > this.#lastSeq) this.#lastSeq = seq;
    if (this.#gathering === undefined) {
      if (rows.length === 0) {
        // An input without rows is persisted as soon as those before it are.
        if (this.#writing === undefined) this.persistedSeq = this.#lastSeq;
        else this.#writing.lastSeq = this.#lastSeq;
        return;
      }
      this.#gathering = new PendingRows(this.#lastSeq, performance.now());
    }
    const pending = this.#gathering;
    pending.lastSeq = this.#lastSeq;
    for (const row of rows) pending.add(row);
    if (this.#loop !== undefined) return;
    if (pending.size >= this.#options.writeRowsMax) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#options.flushIntervalMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#loop ??= this.#writeAll().finally(() => {
      this.#loop = undefined;
      // Rows that came while the last write was under way gather for their own interval.
      if (this.#gathering !== undefined && !this.#stop.signal.aborted) {
        this.#timer = setTimeout(() => this.#flush(), this.#options.flushIntervalMs);
      }
    });
  }

  /** Writes what waits now, and then what has become a full batch meanwhile. */
  async #writeAll(): Promise<void> {
    do {
      const batch = this.#gathering;
      if (batch === undefined) return;
      this.#gathering = undefined;
      this.#writing = batch;
      const rows = batch.inOrder();
      const { writeRowsMax } = this.#options;
      for (let start = 0; start < rows.length; start += writeRowsMax) {
        if (!(await this.#writeStubbornly(rows.slice(start, start + writeRowsMax)))) return;
      }
      this.#writing = undefined;
      this.persistedSeq = batch.lastSeq;
    } while (this.#hasFullBatch());
  }

  #hasFullBatch(): boolean {
    return (this.#gathering?.size ?? 0) >= this.#options.writeRowsMax;
  }

  /** Tries until the rows are stored; false only when the queue was closed before. */
  async #writeStubbornly(rows: readonly Row[]): Promise<boolean> {
    let pauseMs = this.#options.retryMinMs;
    for (;;) {
      try {
        await this.#options.store.write(rows);
        this.lastError = undefined;
        return true;
      } catch (error) {
        if (!isRetryable(error)) return this.#writeWithoutRefused(rows, error);
        this.failures++;
        this.lastError = error.message;
        this.#onFailure(error);
      }
      try {
        await sleep(pauseMs, undefined, { signal: this.#stop.signal });
      } catch {
        return false;
      }
      pauseMs = Math.min(pauseMs * 2, this.#options.retryMaxMs);
    }
  }

  /** Halves the rows until the one is alone that the store refuses. */
  async #writeWithoutRefused(rows: readonly Row[], error: unknown): Promise<boolean> {
    const [first] = rows;
    if (rows.length <= 1) {
      if (first !== undefined) this.#options.onRefused(first, error);
      return true;
    }
    const half = rows.length >> 1;
    return (await this.#writeStubbornly(rows.slice(0, half))) && this.#writeStubbornly(rows.slice(half));
  }

  async drained(visitId?: string): Promise<void> {
    // What is being written, then what waits now; rows that come later are not waited for.
    const target = [this.#gathering, this.#writing].find(
      (rows) => rows !== undefined && (visitId === undefined || rows.concerns(visitId)),
    );
    while (target !== undefined && (this.#gathering === target || this.#writing === target)) {
      this.#flush();
      await this.#loop;
      if (this.#stop.signal.aborted) return;
    }
  }

  async close(timeoutMs: number): Promise<boolean> {
    this.#closed = true;
    // A write that hangs in the store is not waited for longer than the caller can wait.
    const pause = new AbortController();
    const timeout = sleep(timeoutMs, undefined, { signal: pause.signal }).catch(() => undefined);
    await Promise.race([this.drained(), timeout]);
    pause.abort();
    clearTimeout(this.#timer);
    this.#stop.abort();
    return this.depth === 0;
  }
}

function isRetryable(error: unknown): error is AppError {
  return error instanceof AppError && errorTable[error.code].retryable;
}
