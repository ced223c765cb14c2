/** `beckon rules run`: feeds a file of events to a package and prints a line for each ACTIONABLE event. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createReplay, readEventLine } from '../../backtest/index.js';
import { buildRuleSet } from '../../rules/index.js';
import { UsageError } from '../command.js';
import { readPackageFile, reasonOf } from './package-file.js';
import { plural, type Terminal } from './terminal.js';
import { type Verb, VerbFailure } from './verb.js';

/** Lines that are told one by one; of more, only the number is. */
const badLinesMax = 20;
/** Firings that are written at once, so that a long file costs neither memory nor a system call for each. */
const writeLengthMin = 64 * 1024;

export const run: Verb = {
  name: 'run',
  usage: 'FILE.drl EVENTS.jsonl',
  summary: 'feed events, one JSON object a line ("-": standard input), and print each ACTIONABLE event',

  async run(args, terminal) {
    const { positionals } = parseArgs({ args: [...args], options: {}, allowPositionals: true });
    const [drl, events, ...more] = positionals;
    if (drl === undefined || events === undefined || more.length > 0)
      throw new UsageError('expected FILE.drl EVENTS.jsonl');
    const rulePackage = await readPackageFile(drl, terminal);
    const out = createWriter(terminal);
    const replay = createReplay({
      rules: buildRuleSet([rulePackage]),
      onFiring: ({ visitID, eventID, rule, timestamp, basedOn }) =>
        out.add(JSON.stringify({ visitID, eventID, rule, timestamp, basedOn })),
      onSuspended: ({ visitID, rule, reason }) =>
        terminal.stderr.write(`rule "${rule}" was suspended for visit ${visitID}: ${reason}\n`),
    });
    const bad = await feed(events, terminal, replay, out);
    await out.flush();
    if (bad > badLinesMax) terminal.stderr.write(`… and ${bad - badLinesMax} more\n`);
    if (bad > 0) throw new VerbFailure(`${plural(bad, 'line')} of ${events} could not be read.`);
    return 0;
  },
};

/** Feeds every line; gives the number of bad ones, which are told as `file:line`. */
async function feed(
  file: string,
  terminal: Terminal,
  replay: ReturnType<typeof createReplay>,
  out: Writer,
): Promise<number> {
  const input = file === '-' ? terminal.stdin : createReadStream(file);
  const name = file === '-' ? 'standard input' : file;
  let [number, bad] = [0, 0];
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      number++;
      const line = readEventLine(text);
      if (line.kind === 'event') replay.insert(line.event);
      else if (line.kind === 'tick') replay.tick(line.timeMs);
      else if (line.kind === 'problem') {
        bad++;
        if (bad <= badLinesMax) terminal.stderr.write(`${name}:${number}: ${line.message}\n`);
      }
      if (out.isFull) await out.flush();
    }
  } catch (error) {
    throw new VerbFailure(`${name}: ${reasonOf(error)}`);
  }
  return bad;
}

interface Writer {
  readonly isFull: boolean;
  add(line: string): void;
  flush(): Promise<void>;
}

/** Lines to standard output, no faster than it takes them. */
function createWriter({ stdout }: Terminal): Writer {
  let text = '';
  return {
    get isFull() {
      return text.length >= writeLengthMin;
    },
    add(line) {
      text += `${line}\n`;
    },
    flush() {
      const now = text;
      text = '';
      if (now === '') return Promise.resolve();
      return new Promise((resolve, reject) => {
        stdout.write(now, (error) => (error instanceof Error ? reject(error) : resolve()));
      });
    },
  };
}
