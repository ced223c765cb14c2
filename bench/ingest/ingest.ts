/**
 * Event ingest against a bare endpoint that only parses the same JSON, in one run: events per CPU second of
 * all threads, the ratio, and the time from request to answer at 70% of peak. `--size smoke` is for the
 * tests.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mixedRules } from '../support/mixed-rules.js';
import { startBenchNode } from '../support/bench-node.js';
import { type LoadResult, openVisits, sendAll } from '../support/load.js';
import { type ServerProcess, startServer, tickSeconds } from '../support/server-process.js';
import { type BenchVisit, benchVisit, hexId, makeBodies, seeded } from '../support/visitor-stream.js';

interface Size {
  visits: number;
  batchesPerVisit: number;
  connections: number;
}

const sizes: Record<string, Size> = {
  smoke: { visits: 50, batchesPerVisit: 2, connections: 4 },
  real: { visits: 5_000, batchesPerVisit: 5, connections: 32 },
};
const eventsPerBatch = 10;
const root = resolve(import.meta.dirname, '../..');

interface Figures {
  eventsPerCpuSecond: number;
  eventsPerSecond: number;
  cpuMicrosPerEvent: number;
  p99Ms: number;
}

/** `open` gives the ids of that many new visits: a server of ours mints them, the bare one takes any. */
type OpenVisits = (count: number) => Promise<BenchVisit[]>;

/** A pass to warm up, one as fast as it goes for the CPU time, one at 70% of that rate for the latency. */
async function measure(server: ServerProcess, port: number, size: Size, open: OpenVisits): Promise<Figures> {
  const { visits, batchesPerVisit, connections } = size;
  const draw = seeded(2);
  const bodiesOf = async (count: number): Promise<Buffer[]> =>
    makeBodies(await open(count), { batchesPerVisit, eventsPerBatch }, draw);
  await sendAll({ port, bodies: await bodiesOf(Math.ceil(visits / 5)), connections });
  const bodies = await bodiesOf(visits);
  const before = server.cpuSeconds();
  const peak = await sendAll({ port, bodies, connections });
  // The system counts in ticks; a short run of a quick server may not fill one.
  const cpuSeconds = Math.max(server.cpuSeconds() - before, tickSeconds);
  failOn(peak);
  const rate = (peak.requests / peak.durationMs) * 1_000 * 0.7;
  const paced = await sendAll({ port, bodies: await bodiesOf(Math.ceil(visits / 2)), connections, rate });
  failOn(paced);
  const events = peak.requests * eventsPerBatch;
  return {
    eventsPerCpuSecond: Math.round(events / cpuSeconds),
    eventsPerSecond: Math.round((events / peak.durationMs) * 1_000),
    cpuMicrosPerEvent: (cpuSeconds / events) * 1e6,
    p99Ms: paced.latency.getValueAtPercentile(99) / 1_000,
  };
}

function failOn({ failures, requests }: LoadResult): void {
  if (failures > 0) throw new Error(`${failures} of ${requests} requests were not answered with 200`);
}

async function benchBare(size: Size, port: number): Promise<Figures> {
  const bare = await startServer([join(root, 'dist/bench/bare-server.js'), String(port)], 'ready');
  try {
    const draw = seeded(1);
    const open = (count: number): Promise<BenchVisit[]> =>
      Promise.resolve(Array.from({ length: count }, () => benchVisit(draw)));
    return await measure(bare, port, size, open);
  } finally {
    await bare.stop();
  }
}

async function benchBeckon(size: Size, rules: number, portBase: number): Promise<Figures> {
  const node = await startBenchNode(portBase);
  try {
    const response = await fetch(`http://127.0.0.1:${portBase + 3}/server/data/rules/deploy`, {
      method: 'POST',
      body: mixedRules(rules),
    });
    if (!response.ok) throw new Error(`the rules were refused: ${await response.text()}`);
    const draw = seeded(1);
    return await measure(node, portBase + 1, size, async (count) => {
      const opened = await openVisits(portBase + 1, count);
      return opened.map((ids) => ({ ...ids, pageID: hexId(draw) }));
    });
  } finally {
    await node.stop();
  }
}

const { values } = parseArgs({ options: { size: { type: 'string', default: 'real' } } });
const size = sizes[values.size];
if (size === undefined) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}`);
const portBase = 23_400 + Math.floor(Math.random() * 100) * 10;
const bare = await benchBare(size, portBase + 5);
const ten = await benchBeckon(size, 10, portBase);
const hundred = await benchBeckon(size, 100, portBase);
const line = {
  bench: 'ingest',
  size: values.size,
  bare,
  rules10: ten,
  rules100: hundred,
  ratio10: ten.cpuMicrosPerEvent / bare.cpuMicrosPerEvent,
  ratio100: hundred.cpuMicrosPerEvent / bare.cpuMicrosPerEvent,
};
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 100) / 100 : value;
process.stdout.write(`${JSON.stringify(line, rounded)}\n`);
