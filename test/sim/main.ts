// `npm run sim`: simulated clusters by seed, on all cores. Ends with 1 at the first broken promise, and
// prints the one command that repeats it.
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runSeed, type SimResult } from './world.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    views: { type: 'boolean', default: false },
    workers: { type: 'string' },
    all: { type: 'boolean', default: false },
    part: { type: 'string' },
  },
});

const repeatCommand = (seed: number) =>
  `npm run sim -- --seed ${seed} --trace${values.views ? ' --views' : ''}`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(result: SimResult): void {
  if (values.trace) return;
  for (const line of result.timeline.slice(-60)) say(line);
}

function runOne(seed: number): SimResult {
  return runSeed({ seed, viewsOnly: values.views, ...(values.trace ? { onLine: say } : {}) });
}

interface Tally {
  seeds: number;
  acknowledged: number;
  epochs: number;
  lost: number;
  failures: { seed: number; failure: string }[];
}

/** Seeds between two reports of a worker. */
const reportSeeds = 25;

/** Runs every `step`th seed from `first`, and reports what has come together now and then. */
function runShare(first: number, end: number, step: number, report: (tally: Tally) => void): void {
  let tally = emptyTally();
  for (let seed = first; seed < end; seed += step) {
    const result = runOne(seed);
    tally.seeds++;
    tally.acknowledged += result.acknowledged;
    tally.epochs += result.epochs;
    tally.lost += result.lost;
    if (result.failure !== undefined) tally.failures.push({ seed, failure: result.failure });
    if (tally.seeds < reportSeeds && result.failure === undefined) continue;
    report(tally);
    tally = emptyTally();
    if (result.failure !== undefined && !values.all) return;
  }
  report(tally);
}

const emptyTally = (): Tally => ({ seeds: 0, acknowledged: 0, epochs: 0, lost: 0, failures: [] });

let toldMs = 0;

/** A line to stderr every ten seconds. */
function tellProgress({ seeds, failures }: Tally, startedMs: number): void {
  const nowMs = performance.now();
  if (nowMs - toldMs < 10_000) return;
  toldMs = nowMs;
  const seconds = Math.round((nowMs - startedMs) / 1_000);
  const seedsText = failures.map(({ seed }) => seed).join(' ');
  process.stderr.write(`${seeds} seeds after ${seconds} s, ${failures.length} failures ${seedsText}\n`);
}

async function runAll(): Promise<void> {
  const from = Number(values.from);
  const end = from + Number(values.seeds);
  const count = Number(values.workers ?? availableParallelism());
  const startedMs = performance.now();
  const sum = emptyTally();
  const children: ChildProcess[] = [];
  let isOver = false;
  await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const child = fork(process.argv[1]!, [
        ...process.argv.slice(2),
        '--part',
        `${from + index},${end},${count}`,
      ]);
      children.push(child);
      return new Promise<void>((resolve) => {
        child.on('message', (tally: Tally) => {
          sum.seeds += tally.seeds;
          sum.acknowledged += tally.acknowledged;
          sum.epochs += tally.epochs;
          sum.lost += tally.lost;
          sum.failures.push(...tally.failures);
          tellProgress(sum, startedMs);
          if (tally.failures.length > 0 && !values.all) {
            isOver = true;
            for (const other of children) other.kill();
          }
        });
        child.on('exit', (code) => {
          if (code !== 0 && !isOver)
            sum.failures.push({ seed: from, failure: `a worker ended with ${code}` });
          resolve();
        });
      });
    }),
  );
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  sum.failures.sort((one, other) => one.seed - other.seed);
  for (const { seed, failure } of sum.failures) say(`seed ${seed}: ${failure}\n  ${repeatCommand(seed)}`);
  say(
    `${sum.seeds} seeds in ${seconds} s: ${sum.epochs} views, ${sum.acknowledged} inputs acknowledged, ` +
      `${sum.lost} lost and said, ${sum.failures.length} failures`,
  );
  process.exitCode = sum.failures.length > 0 ? 1 : 0;
}

if (values.part !== undefined) {
  const [first, end, step] = values.part.split(',').map(Number) as [number, number, number];
  runShare(first, end, step, (tally) => process.send?.(tally));
} else if (values.seed !== undefined) {
  const result = runOne(Number(values.seed));
  tell(result);
  say(
    result.failure === undefined
      ? `seed ${result.seed}: every promise kept`
      : `seed ${result.seed}: ${result.failure}`,
  );
  say(
    `ended at ${(result.endedMs / 1_000).toFixed(1)} s, ${result.epochs} views, ` +
      `${result.acknowledged} acknowledged`,
  );
  process.exitCode = result.failure === undefined ? 0 : 1;
} else {
  await runAll();
}
