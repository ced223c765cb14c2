/**
 * The back-tests of a server: one at a time, remembered for a while so that a page can come back for its
 * report.
 */
import { randomUUID } from 'node:crypto';
import { AppError } from '../base/index.js';
import type {
  BacktestMessage,
  BacktestProgress,
  BacktestReport,
  BacktestRun,
  BacktestState,
} from '../model/index.js';
import { compilePackage } from '../rules/index.js';
import type { StoreSource } from '../stores/index.js';
import { type BacktestOptions, DraftError, runBacktest } from './backtest.js';

export interface BacktestRequest {
  text: string;
  sinceMs: number;
  untilMs: number;
  waitMs?: number;
}

export interface BacktestRuns {
  /**
   * Throws `DraftError` for a draft with mistakes, `AppError` TOO_MANY_REQUESTS while another back-test
   * runs.
   */
  start(owner: string, request: BacktestRequest): BacktestRun;
  /** Undefined when the owner has no such run, or no longer. */
  get(owner: string, id: string): BacktestRun | undefined;
  cancel(owner: string, id: string): void;
  /** A run for a caller that waits; the same limits, and the same errors as a rejection. */
  run(
    request: BacktestRequest,
    signal: AbortSignal,
    onProgress: (progress: BacktestProgress) => void,
  ): Promise<BacktestReport>;
  /** Stops what runs. */
  close(): Promise<void>;
}

export interface BacktestRunsOptions {
  /** Where the visits are. */
  source: StoreSource;
  separateByDomain: boolean;
  nowMs(): number;
  /** Resolves when what is on its way to the store has been written. */
  drained(): Promise<void>;
  /** Told a few times a second at most, and at the end. */
  onMessage(owner: string, message: BacktestMessage): void;
}

/** Finished runs that are remembered; of more, the oldest go. */
const finishedMax = 10;
const messageIntervalMs = 200;
const noProgress: BacktestProgress = { visits: 0, visitsTotal: 0, events: 0, firings: 0 };

interface OwnedRun {
  id: string;
  owner: string;
  state: BacktestState;
  progress: BacktestProgress;
  controller: AbortController;
}

export function createBacktestRuns(options: BacktestRunsOptions): BacktestRuns {
  const runs = new Map<string, OwnedRun>();
  let current: Promise<unknown> | undefined;
  const closing = new AbortController();

  function begin(
    request: BacktestRequest,
    signal: AbortSignal,
    onProgress: (progress: BacktestProgress) => void,
  ): Promise<BacktestReport> {
    refuseMistakes(request.text);
    if (closing.signal.aborted) throw new AppError('NOT_READY', 'The node is stopping.');
    if (current !== undefined)
      throw new AppError('TOO_MANY_REQUESTS', 'Another back-test runs; wait for its end or cancel it.');
    const work = replay(request, AbortSignal.any([signal, closing.signal]), onProgress);
    const ended = work.then(
      () => undefined,
      () => undefined,
    );
    current = ended.finally(() => {
      current = undefined;
    });
    return work;
  }

  async function replay(
    request: BacktestRequest,
    signal: AbortSignal,
    onProgress: (progress: BacktestProgress) => void,
  ): Promise<BacktestReport> {
    const { source, separateByDomain, nowMs, drained } = options;
    await drained();
    const given: BacktestOptions = {
      ...request,
      source,
      separateByDomain,
      nowMs: nowMs(),
      signal,
      onProgress,
    };
    return runBacktest(given);
  }

  function finish(run: OwnedRun, state: BacktestState): void {
    run.state = state;
    tell(run);
    const finished = [...runs.values()].filter((other) => other.state.kind !== 'running');
    for (const { id } of finished.slice(0, -finishedMax)) runs.delete(id);
  }

  function tell({ id, owner, state, progress }: OwnedRun): void {
    options.onMessage(owner, { id, state: state.kind, progress });
  }

  return {
    start(owner, request) {
      const controller = new AbortController();
      let toldMs = -Infinity;
      const run: OwnedRun = {
        id: randomUUID(),
        owner,
        state: { kind: 'running' },
        progress: noProgress,
        controller,
      };
      const work = begin(request, controller.signal, (progress) => {
        run.progress = progress;
        if (performance.now() - toldMs < messageIntervalMs) return;
        toldMs = performance.now();
        tell(run);
      });
      runs.set(run.id, run);
      work.then(
        (report) => finish(run, { kind: 'done', report }),
        (error: unknown) => {
          if (controller.signal.aborted || closing.signal.aborted) finish(run, { kind: 'cancelled' });
          else finish(run, { kind: 'failed', message: messageOf(error) });
        },
      );
      return run;
    },
    get(owner, id) {
      const run = runs.get(id);
      return run?.owner === owner ? run : undefined;
    },
    cancel(owner, id) {
      const run = runs.get(id);
      if (run?.owner === owner) run.controller.abort(new Error('cancelled'));
    },
    async run(request, signal, onProgress) {
      return begin(request, signal, onProgress);
    },
    async close() {
      closing.abort(new Error('the node is stopping'));
      await current;
    },
  };
}

function refuseMistakes(text: string): void {
  const compiled = compilePackage(text);
  if (!compiled.ok) throw new DraftError(compiled.errors);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
