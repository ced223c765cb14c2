/**
 * `beckon rules backtest`: the time machine on the command line, over a data folder or through a running
 * server.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../base/index.js';
import { readDuration, readMoment, runBacktest, threadsMax } from '../../backtest/index.js';
import type { BacktestProgress, BacktestReport } from '../../model/index.js';
import { UsageError } from '../command.js';
import { tellReport } from './backtest-text.js';
import { readPackageFile } from './package-file.js';
import { baseUrl, deployUrlDefault, send } from './server.js';
import type { Terminal } from './terminal.js';
import { type Verb, VerbFailure } from './verb.js';
import { answerLines, refusalIn } from '../server-answer.js';

export const backtest: Verb = {
  name: 'backtest',
  usage:
    `FILE.drl (--data DIR | --url ${deployUrlDefault}) [--since 7d] [--until now] [--wait 30m]\n` +
    '        [--threads N] [--domain-separation] [--json]',
  summary: 'replay stored visits through a draft: what would have fired, when, and beside which live rules',

  async run(args, terminal) {
    const wanted = readCall(args);
    const { text } = await readPackageFile(wanted.drl, terminal);
    const bar = createProgressBar(terminal);
    const controller = new AbortController();
    const stop = (): void => controller.abort(new VerbFailure('Cancelled.'));
    process.once('SIGINT', stop);
    try {
      const report =
        'data' in wanted
          ? await overData(wanted, text, controller.signal, bar.show)
          : await overServer(wanted, text, controller.signal, bar.show);
      bar.clear();
      if (wanted.json) terminal.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else tellReport(report, terminal);
      return 0;
    } finally {
      process.off('SIGINT', stop);
      bar.clear();
    }
  },
};

interface Span {
  drl: string;
  sinceMs: number;
  untilMs: number;
  nowMs: number;
  waitMs: number | undefined;
  json: boolean;
}

type DataCall = Span & { data: string; threads: number | undefined; separateByDomain: boolean };
type ServerCall = Span & { url: string };

function readCall(args: readonly string[]): DataCall | ServerCall {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      url: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      wait: { type: 'string' },
      threads: { type: 'string' },
      'domain-separation': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [drl, ...more] = positionals;
  if (drl === undefined || more.length > 0) throw new UsageError('expected FILE.drl');
  const nowMs = Date.now();
  const sinceMs = momentOf('--since', values.since ?? '7d', nowMs);
  const untilMs = momentOf('--until', values.until ?? 'now', nowMs);
  if (sinceMs >= untilMs) throw new UsageError('--since must be before --until');
  const waitMs = values.wait === undefined ? undefined : readDuration(values.wait);
  if (values.wait !== undefined && waitMs === undefined)
    throw new UsageError('--wait must be a time such as 30m');
  const span: Span = { drl, sinceMs, untilMs, nowMs, waitMs, json: values.json ?? false };
  const { data, url } = values;
  if ((data === undefined) === (url === undefined)) throw new UsageError('expected either --data or --url');
  const separateByDomain = values['domain-separation'] ?? false;
  if (url !== undefined) {
    if (values.threads !== undefined || separateByDomain)
      throw new UsageError('--threads and --domain-separation are the server’s own affair with --url');
    return { ...span, url: baseUrl(url) };
  }
  return { ...span, data: data ?? '', threads: threadsOf(values.threads), separateByDomain };
}

function momentOf(option: string, text: string, nowMs: number): number {
  const moment = readMoment(text, nowMs);
  if (moment !== undefined) return moment;
  throw new UsageError(
    `${option} must be a date such as 2026-03-01 or 2026-03-01T08:00Z, or how long ago, such as 7d`,
  );
}

function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threads = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (threads < 1) throw new UsageError('--threads must be a whole number from 1');
  if (threads > threadsMax())
    throw new UsageError(`--threads must be at most ${threadsMax()} on this machine`);
  return threads;
}

type OnProgress = (progress: BacktestProgress) => void;

async function overData(
  { data, sinceMs, untilMs, nowMs, waitMs, threads, separateByDomain }: DataCall,
  text: string,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<BacktestReport> {
  try {
    return await runBacktest({
      source: { kind: 'embedded', file: join(data, 'store.sqlite') },
      text,
      sinceMs,
      untilMs,
      nowMs,
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(threads === undefined ? {} : { threads }),
      separateByDomain,
      signal,
      onProgress,
    });
  } catch (error) {
    throw error instanceof AppError ? new VerbFailure(error.message) : error;
  }
}

/** One line of the server's answer. */
interface AnswerLine {
  progress?: BacktestProgress;
  report?: BacktestReport;
  error?: string;
}

async function overServer(
  { url, sinceMs, untilMs, waitMs }: ServerCall,
  text: string,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<BacktestReport> {
  const query = new URLSearchParams({ since: String(sinceMs), until: String(untilMs) });
  if (waitMs !== undefined) query.set('wait', String(waitMs));
  const path = `/server/data/rules/backtest?${query.toString()}`;
  try {
    const response = await send(url, path, { method: 'POST', body: text, signal });
    if (!response.ok) throw new VerbFailure(await refusalIn(response));
    for await (const line of answerLines(response) as AsyncGenerator<AnswerLine>) {
      if (line.progress !== undefined) onProgress(line.progress);
      if (line.report !== undefined) return line.report;
      if (line.error !== undefined) throw new VerbFailure(`The back-test failed: ${line.error}`);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VerbFailure) throw error;
  }
  throw new VerbFailure('The server hung up before the back-test was done.');
}

const barWidth = 30;

/** A bar on a person's terminal; nothing where nobody watches. */
function createProgressBar({ stderr, errIsTty }: Terminal): { show: OnProgress; clear(): void } {
  let shown = false;
  return {
    show({ visits, visitsTotal, firings }) {
      if (!errIsTty) return;
      shown = true;
      const share = visitsTotal === 0 ? 1 : visits / visitsTotal;
      const full = Math.round(share * barWidth);
      const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
      const percent = String(Math.floor(share * 100)).padStart(3);
      stderr.write(`\r\u001b[K${bar} ${percent} %  ${visits}/${visitsTotal} visits, ${firings} firings`);
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}
