/** Fills the search index again from the operational store, beside the writes that go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorTable } from '../../base/index.js';
import type { VisitResource } from '../../model/index.js';
import type { OperationalStore, Row } from '../operational-store.js';
import type { RowPages } from '../row-pages.js';
import type { SearchIndex } from '../search-index.js';

export interface RebuildProgress {
  /** What is read now. */
  phase: 'identities' | 'visits';
  identities: number;
  visits: number;
  /** Rows written, and those that the index will never take. */
  rows: number;
  refused: number;
  /** When the last visit that was read had started, epoch milliseconds; 0 before the first. */
  reachedMs: number;
}

export interface RebuildOptions {
  store: OperationalStore & RowPages;
  index: SearchIndex;
  /** Resolves when all that was taken until now is in the store. */
  drained: () => Promise<void>;
  /** Leaves what is in the index there, and adds what is missing. */
  onlyMissing: boolean;
  /** Visits that started from then on and before then, epoch milliseconds. */
  sinceMs: number;
  untilMs: number;
  signal: AbortSignal;
  onProgress: (progress: Readonly<RebuildProgress>) => void;
  /** How long an index that is down or full is waited for; default 5 minutes. */
  patienceMs?: number;
}

const visitsPerPage = 200;
const rowsPerWrite = 1_000;
/** Visits read at once, so that the store is left to others too. */
const visitsAtOnce = 4;
const retryPauseMs = 1_000;

/**
 * Empties the index, unless `onlyMissing`, and fills it. Rows come with their versions, so that what is newer
 * is left alone, and what comes later still overwrites what was filled in. Throws `AppError` when the
 * store fails or the index takes nothing for too long, and the signal's reason when it is aborted; the index
 * is then filled in part.
 */
export async function rebuildIndex(options: RebuildOptions): Promise<RebuildProgress> {
  const { store, index, drained, onlyMissing, sinceMs, untilMs, signal, onProgress } = options;
  const progress: RebuildProgress = {
    phase: 'identities',
    identities: 0,
    visits: 0,
    rows: 0,
    refused: 0,
    reachedMs: 0,
  };
  if (!onlyMissing) await index.clear();
  // What the index had and the store did not yet is lost with the clearing: the store has it after this.
  await drained();
  const out = new Outgoing(options, progress);
  for await (const { rows } of store.readAll('identity')) {
    signal.throwIfAborted();
    await out.add(rows);
    progress.identities += rows.length;
    onProgress(progress);
  }
  progress.phase = 'visits';
  for (let after: VisitResource | undefined; ;) {
    signal.throwIfAborted();
    const visits = await store.readVisitsStarted(sinceMs, untilMs, visitsPerPage, after);
    for (let at = 0; at < visits.length; at += visitsAtOnce) {
      const some = visits.slice(at, at + visitsAtOnce);
      for (const rows of await Promise.all(some.map(({ visitId }) => store.readRowsOfVisit(visitId)))) {
        await out.add(rows);
      }
      progress.visits += some.length;
    }
    after = visits.at(-1);
    progress.reachedMs = after?.startDate ?? progress.reachedMs;
    onProgress(progress);
    if (visits.length < visitsPerPage) break;
  }
  await out.flush();
  await index.refresh();
  onProgress(progress);
  return progress;
}

/** Rows on their way to the index, in writes of a bounded size that are tried again for a while. */
class Outgoing {
  readonly #index: SearchIndex;
  readonly #signal: AbortSignal;
  readonly #patienceMs: number;
  readonly #progress: RebuildProgress;
  #rows: Row[] = [];

  constructor({ index, signal, patienceMs = 300_000 }: RebuildOptions, progress: RebuildProgress) {
    this.#index = index;
    this.#signal = signal;
    this.#patienceMs = patienceMs;
    this.#progress = progress;
  }

  async add(rows: readonly Row[]): Promise<void> {
    this.#rows.push(...rows);
    if (this.#rows.length >= rowsPerWrite) await this.flush();
  }

  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    const untilMs = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        const refused = await this.#index.write(rows, 'fill');
        this.#progress.rows += rows.length - refused.length;
        this.#progress.refused += refused.length;
        return;
      } catch (error) {
        const passes = error instanceof AppError && errorTable[error.code].retryable;
        if (!passes || performance.now() > untilMs) throw error;
      }
      await sleep(retryPauseMs, undefined, { signal: this.#signal });
    }
  }
}
