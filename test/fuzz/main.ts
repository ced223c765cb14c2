/**
 * `npm run fuzz -- --inputs 100000 --seed 1`: hostile inputs over every public endpoint of a node of its own.
 * Prints one line of JSON; fails with what is not as it must be (`findings`). `--only "rules/check"` sends
 * inputs of one kind alone.
 */
import { parseArgs } from 'node:util';
import { fuzzLab } from './fuzz-lab.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const startedMs = performance.now();
const outcome = await fuzzLab({
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  only: values.only === undefined ? undefined : new RegExp(values.only),
});
const seconds = Math.round((performance.now() - startedMs) / 1_000);
process.stdout.write(`${JSON.stringify({ fuzz: true, seed: values.seed, seconds, ...outcome })}\n`);
process.exitCode = outcome.findings.length === 0 ? 0 : 1;
