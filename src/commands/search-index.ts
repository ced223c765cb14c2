/** `beckon index`: what an operator does with the search index of a running server. */
import { parseArgs } from 'node:util';
import { readMoment } from '../backtest/index.js';
import type { RebuildProgress } from '../stores/index.js';
import { type Command, UsageError } from './command.js';
import { baseUrl, deployUrlDefault, send } from './rules/server.js';
import { processTerminal, type Terminal } from './rules/terminal.js';
import { VerbFailure } from './rules/verb.js';
import { answerLines, refusalIn } from './server-answer.js';

export const searchIndex: Command = {
  name: 'index',
  usage: `rebuild [--url ${deployUrlDefault}] [--missing [--since 7d] [--until now]] [--json]`,
  summary: 'fill the search index again from the operational store',
  details:
    'The index is emptied and filled while the server goes on; until then searches find only a part.\n' +
    'With --missing nothing is emptied, and what the index lacks is added; --since and --until narrow it\n' +
    'to visits that started in a span.\n',
  run: (args) => runIndex(args, processTerminal()),
};

/** One line of the server's answer. */
interface AnswerLine {
  progress?: RebuildProgress;
  done?: RebuildProgress;
  error?: string;
}

/** Gives the exit code: 0 done, 1 failed. Throws `UsageError` for a wrong call. */
export async function runIndex([verb, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (verb !== 'rebuild')
    throw new UsageError(verb === undefined ? 'expected rebuild' : `there is no "${verb}"`);
  const { url, path, json } = readCall(rest, Date.now());
  const controller = new AbortController();
  const stop = (): void => controller.abort(new VerbFailure('Cancelled; the index is filled in part.'));
  process.once('SIGINT', stop);
  try {
    const done = await rebuild(url, path, controller.signal, terminal);
    const { visits, identities, rows, refused } = done;
    terminal.stdout.write(
      json
        ? `${JSON.stringify(done)}\n`
        : `Indexed ${visits} visits and ${identities} identities, ${rows} rows; ${refused} were refused.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof VerbFailure)) throw error;
    terminal.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    process.off('SIGINT', stop);
  }
}

function readCall(args: readonly string[], nowMs: number): { url: string; path: string; json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      missing: { type: 'boolean' },
      since: { type: 'string' },
      until: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const query = new URLSearchParams();
  if (values.missing === true) query.set('missing', 'true');
  else if (values.since !== undefined || values.until !== undefined) {
    throw new UsageError('--since and --until need --missing');
  }
  for (const name of ['since', 'until'] as const) {
    const text = values[name];
    if (text === undefined) continue;
    const moment = readMoment(text, nowMs);
    if (moment === undefined) throw new UsageError(`--${name} must be a date, or how long ago, such as 7d`);
    query.set(name, String(moment));
  }
  const path = `/server/data/index/rebuild?${query.toString()}`;
  return { url: baseUrl(values.url ?? deployUrlDefault), path, json: values.json ?? false };
}

async function rebuild(
  url: string,
  path: string,
  signal: AbortSignal,
  { stderr, errIsTty }: Terminal,
): Promise<RebuildProgress> {
  try {
    const response = await send(url, path, { method: 'POST', signal });
    if (!response.ok) throw new VerbFailure(await refusalIn(response));
    for await (const line of answerLines(response) as AsyncGenerator<AnswerLine>) {
      if (line.error !== undefined) throw new VerbFailure(`The rebuild failed: ${line.error}`);
      if (errIsTty)
        stderr.write(`\r\u001b[K${line.progress === undefined ? '' : sayProgress(line.progress)}`);
      if (line.done !== undefined) return line.done;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VerbFailure) throw error;
  }
  throw new VerbFailure('The server hung up before the index was rebuilt.');
}

function sayProgress({ phase, identities, visits, rows, reachedMs }: RebuildProgress): string {
  if (phase === 'identities') return `${identities} identities`;
  const reached = reachedMs === 0 ? '' : ` until ${new Date(reachedMs).toISOString()}`;
  return `${visits} visits${reached}, ${rows} rows`;
}
