/**
 * The time machine: replays the stored visits of a span through a draft package, in worker threads that read
 * over connections of their own. The calling thread only adds up.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { AppError } from '../base/index.js';
import type { BacktestProgress, BacktestReport } from '../model/index.js';
import { compilePackage, type RuleError } from '../rules/index.js';
import { type StoreSource, workerFile } from '../stores/index.js';
import { addTally, newTally, reportOf, type Tally } from './tally.js';
import type { Part, ThreadSettings } from './task.js';

export interface BacktestOptions {
  /** Where the visits are; a server may be writing there meanwhile. */
  source: StoreSource;
  /** DRL text of the draft. */
  text: string;
  /** Visits that started in this span are replayed. */
  sinceMs: number;
  untilMs: number;
  nowMs: number;
  /** How long a visit's clock runs on after its last event; default half an hour. */
  waitMs?: number;
  /** The draft sees only events of its own domain, as with `cep/domainSeparation`. */
  separateByDomain?: boolean;
  /** Default: one less than the machine's cores, at least one. More are not allowed. */
  threads?: number;
  /** Stops the back-test, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  onProgress?(progress: BacktestProgress): void;
}

const waitDefaultMs = 30 * 60_000;

/** A draft with mistakes. */
export class DraftError extends Error {
  override readonly name = 'DraftError';
  readonly errors: readonly RuleError[];

  constructor(errors: readonly RuleError[]) {
    const [first] = errors;
    super(`line ${first?.line ?? 0}, column ${first?.column ?? 0}: ${first?.message ?? 'wrong'}`);
    this.errors = errors;
  }
}

/** Threads that a back-test may use on this machine. */
export function threadsMax(): number {
  return Math.max(1, availableParallelism() - 1);
}

/**
 * Runs a back-test to its report. Throws `DraftError` for a draft with mistakes and `AppError` for a store
 * that cannot be read.
 */
export async function runBacktest(options: BacktestOptions): Promise<BacktestReport> {
  const { source, text, sinceMs, untilMs, nowMs, signal } = options;
  const compiled = compilePackage(text);
  if (!compiled.ok) throw new DraftError(compiled.errors);
  if (source.kind === 'embedded' && !existsSync(source.file))
    throw new AppError('NOT_FOUND', `There is no store at ${source.file}.`);
  const started = performance.now();
  const threads = Math.min(Math.max(1, options.threads ?? Infinity), threadsMax());
  const settings: ThreadSettings = {
    source,
    text,
    sinceMs,
    untilMs,
    nowMs,
    waitMs: options.waitMs ?? waitDefaultMs,
    separateByDomain: options.separateByDomain ?? false,
  };
  const pool = new Piscina({
    filename: workerFile('backtest-worker'),
    workerData: settings,
    minThreads: 1,
    maxThreads: threads,
  });
  try {
    const { name, rules } = compiled.package;
    const total = newTally(rules.map((rule) => rule.name));
    await replayAll(pool, threads, total, options);
    const durationMs = Math.round(performance.now() - started);
    return reportOf(total, { package: name, sinceMs, untilMs, threads, durationMs });
  } catch (error) {
    signal?.throwIfAborted();
    // What goes wrong in a thread comes back without its class.
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('INTERNAL', message, { cause: error });
  } finally {
    await pool.destroy();
  }
}

/** Keeps each thread busy with one part and another waiting; adds the parts in their order. */
async function replayAll(
  pool: Piscina,
  threads: number,
  total: Tally,
  { signal, onProgress }: BacktestOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const abort = signal === undefined ? {} : { signal };
  const parts = (await pool.run(undefined, { name: 'planParts', ...abort })) as Part[];
  const visitsTotal = parts.reduce((sum, { visits }) => sum + visits, 0);
  const done: (Tally | undefined)[] = [];
  let [next, added, firings] = [0, 0, 0];
  onProgress?.({ visits: 0, visitsTotal, events: 0, firings });

  async function work(): Promise<void> {
    for (;;) {
      const index = next++;
      const part = parts[index];
      if (part === undefined) return;
      done[index] = (await pool.run(part, { name: 'replayPart', ...abort })) as Tally;
      for (let ready = done[added]; ready !== undefined; ready = done[added]) {
        addTally(total, ready);
        for (const { firings: count } of ready.rules.values()) firings += count;
        done[added++] = undefined;
      }
      onProgress?.({ visits: total.visits, visitsTotal, events: total.events, firings });
    }
  }

  await Promise.all(Array.from({ length: threads * 2 }, work));
}
