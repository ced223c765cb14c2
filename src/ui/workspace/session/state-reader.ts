/**
 * Reads the whole state whenever the desk may have missed something: one read at a time, repeated until it
 * succeeds.
 */
import type { WorkspaceState } from '../../../model/index.js';
import { HttpError } from '../../shared/http.js';
import type { DeskInput } from '../model/index.js';

const timing = {
  retryFirstMs: 1_000,
  retryMaxMs: 10_000,
  /** Reads for missing pieces do not follow each other faster. */
  gapMs: 1_000,
} as const;

export interface StateReaderOptions {
  read: () => Promise<{ state: WorkspaceState; serverTime: number | null }>;
  dispatch: (input: DeskInput) => void;
  /** The desk holds the state that was read. */
  done: (state: WorkspaceState, serverTime: number | null) => void;
  /** Whether to try again after this error. */
  failed: (error: HttpError) => boolean;
  now: () => number;
}

export class StateReader {
  readonly #options: StateReaderOptions;
  #readId = 0;
  /** The read under way, whose answer counts. */
  #current: number | null = null;
  #wanted = false;
  #failureCount = 0;
  #lastAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StateReaderOptions) {
    this.#options = options;
  }

  /** Reads now; a read under way may be too old already, so then another one follows it. */
  request(): void {
    clearTimeout(this.#timer);
    if (this.#current === null) void this.#read();
    else this.#wanted = true;
  }

  /** Reads soon, because a piece is missing. */
  requestSoon(): void {
    if (this.#current === null) this.#later(Math.max(0, this.#lastAt + timing.gapMs - this.#options.now()));
  }

  /** Forgets the read under way and those to come. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#current = null;
    this.#wanted = false;
    this.#failureCount = 0;
  }

  async #read(): Promise<void> {
    const { read, dispatch, done, now } = this.#options;
    const syncId = ++this.#readId;
    this.#current = syncId;
    this.#wanted = false;
    this.#lastAt = now();
    dispatch({ kind: 'syncStarted', syncId });
    try {
      const { state, serverTime } = await read();
      if (!this.#finish(syncId)) return;
      this.#failureCount = 0;
      dispatch({ kind: 'snapshotTaken', syncId, snapshot: state });
      done(state, serverTime);
      if (this.#isWanted()) this.request();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (this.#finish(syncId)) this.#failed(syncId, error);
    }
  }

  /** Whether the answer counts: `cancel` may have come first. */
  #finish(syncId: number): boolean {
    if (this.#current !== syncId) return false;
    this.#current = null;
    return true;
  }

  #isWanted(): boolean {
    return this.#wanted && this.#current === null;
  }

  #failed(syncId: number, error: HttpError): void {
    this.#options.dispatch({ kind: 'syncFailed', syncId });
    if (!this.#options.failed(error)) return;
    const waitMs = Math.min(timing.retryFirstMs * 2 ** this.#failureCount++, timing.retryMaxMs);
    this.#later(Math.max(waitMs, error.retryAfterMs ?? 0));
  }

  #later(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.request(), waitMs);
  }
}
