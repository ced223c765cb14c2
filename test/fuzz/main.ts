/**
 * `npm run fuzz -- --inputs 100000 --seed 1`: hostile inputs over every public endpoint of a node of its own.
 * Prints one line of JSON; fails on an answer of 5xx, a neighbour's lost event, or memory that grows.
 */
import { parseArgs } from 'node:util';
import { startLab } from '../support/lab-process.js';
import { runFuzz } from './run-fuzz.js';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
/** Memory that a node may hold beyond what it held after the warm-up: caches that fill. */
const growthBytesMax = 150 * 1024 * 1024;

const lab = await startLab();
try {
  const ports = { default: lab.portBase + 1, ui: lab.portBase + 2, deploy: lab.portBase + 3 };
  const startedMs = performance.now();
  const report = await runFuzz({ ports, pid: lab.pid }, Number(values.inputs), Number(values.seed));
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  process.stdout.write(`${JSON.stringify({ fuzz: true, seed: values.seed, seconds, ...report })}\n`);
  const growth = report.memoryAfter - report.memoryBefore;
  const isWell = report.failures.length === 0 && report.neighbour.failed === 0 && growth < growthBytesMax;
  process.exitCode = isWell ? 0 : 1;
} catch (error) {
  process.stderr.write(`${String(error)}\nWhat the node said last:\n${lab.output().slice(-4_000)}\n`);
  process.exitCode = 1;
} finally {
  await lab.remove();
}
