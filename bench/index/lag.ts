/**
 * How long after an event was taken it can be found, at a steady rate: through the write-behind queues to the
 * operational store and the search index, by the embedded index or `--elasticsearch URL`. Prints one line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'hdr-histogram-js';
import { AppError } from '../../src/base/index.js';
import { encodeEvents } from '../../src/model/index.js';
import {
  type Condition,
  createWriteBehind,
  openElasticIndex,
  openEmbeddedIndex,
  openEmbeddedStore,
  type SearchIndex,
} from '../../src/stores/index.js';
import { benchVisit, type BenchVisit, nextEvents, seeded } from '../support/visitor-stream.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'real' },
    rate: { type: 'string', default: '1000' },
    elasticsearch: { type: 'string' },
  },
});
const seconds = values.size === 'smoke' ? 2 : 45;
/** Until then indices are made and code is compiled: the lag is not recorded. */
const warmUpMs = values.size === 'smoke' ? 0 : 15_000;
const rate = Number(values.rate);
const eventsPerRow = 5;
const openVisits = 500;
/** Between two events that are waited for. */
const probeIntervalMs = 250;
const settleMaxMs = 20_000;
const pollMs = 50;
const retention = { all: 14 * 24 * 3_600 };

const folder = await mkdtemp(join(tmpdir(), 'beckon-bench-'));
const index = await openIndex();
const store = await openEmbeddedStore({ file: join(folder, 'store.sqlite') });
let failures = 0;
const writeBehind = await createWriteBehind({
  store,
  others: [{ name: 'index', sink: index }],
  spool: { folder: join(folder, 'spool'), bytesMax: 1 << 30 },
  onFailure: () => failures++,
  onRefused: ({ error }) => {
    throw error;
  },
});
const lag = build({
  lowestDiscernibleValue: 1,
  highestTrackableValue: 600_000,
  numberOfSignificantValueDigits: 3,
});
const draw = seeded(1);
const visits: BenchVisit[] = Array.from({ length: openVisits }, () => benchVisit(draw));
const ordinals = new Map<string, number>();
const probes: Promise<void>[] = [];
const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
let [taken, seq, depthMax, probedMs] = [0, 0, 0, -Infinity];
let isProbing = false;
while (taken < rate * seconds) {
  const due = Math.min(rate * seconds, ((performance.now() - startedMs) / 1_000) * rate);
  while (taken < due) take();
  depthMax = Math.max(depthMax, writeBehind.sinks.index?.depth ?? 0);
  await sleep(5);
}
const cpu = process.cpuUsage(cpuBefore);
await Promise.all(probes);
const found = await foundInTheEnd();
const { spoolBytes = 0 } = writeBehind.sinks.index ?? {};
await writeBehind.close(60_000);
await index.clear();
await Promise.all([index.close(), store.close()]);
await rm(folder, { recursive: true });
const percentile = (share: number): number => lag.getValueAtPercentile(share);
console.log(
  JSON.stringify({
    bench: 'index-lag',
    size: values.size,
    index: values.elasticsearch === undefined ? 'embedded' : 'elasticsearch',
    eventsPerSecond: rate,
    events: taken,
    lagMs: { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: lag.maxValue },
    probes: lag.totalCount,
    rowsWaitingMax: depthMax,
    spoolBytes,
    failures,
    found,
    cpuMicrosPerEvent: Math.round((cpu.user + cpu.system) / taken),
  }),
);

/** How many events are found when no more come; what is still missing after a while is missing. */
async function foundInTheEnd(): Promise<number> {
  const untilMs = performance.now() + settleMaxMs;
  for (;;) {
    // A search counts to some thousands only; a count by time counts all.
    const days = await index.count('event', { kind: 'all' }, { kind: 'time', interval: 'day' });
    const total = days.reduce((sum, { count }) => sum + count, 0);
    if (total >= taken || performance.now() > untilMs) return total;
    await sleep(pollMs);
  }
}

function openIndex(): Promise<SearchIndex> {
  const { elasticsearch } = values;
  if (elasticsearch === undefined)
    return openEmbeddedIndex({ file: join(folder, 'index.sqlite'), retention });
  return openElasticIndex({
    connection: { nodes: [elasticsearch], requestTimeoutMs: 30_000 },
    name: 'bench',
    shards: 1,
    retention,
  });
}

/** The next events of some visit, as the row that keeps them. */
function take(): void {
  const visit = visits[Math.floor(draw() * visits.length)];
  if (visit === undefined) throw new Error('there are visits');
  const { visitID, globalVisitID } = visit;
  const events = nextEvents(visit, eventsPerRow, Date.now(), draw);
  const firstOrdinal = ordinals.get(visitID) ?? 0;
  ordinals.set(visitID, firstOrdinal + eventsPerRow);
  const bytes = encodeEvents(visitID, globalVisitID, events).slice();
  writeBehind.enqueue(
    [{ entity: 'events', value: { visitId: visitID, firstOrdinal, count: eventsPerRow, bytes } }],
    ++seq,
  );
  taken += eventsPerRow;
  if (isProbing || performance.now() - probedMs < probeIntervalMs) return;
  probedMs = performance.now();
  probes.push(probe(`${visitID} ${firstOrdinal}`, probedMs));
}

/** Asks for an event until it is found. One at a time: many that ask would be the load that they measure. */
async function probe(id: string, takenMs: number): Promise<void> {
  const where = { kind: 'equals', field: 'id', values: [id] } as const;
  isProbing = true;
  while (!(await isFound(where))) await sleep(pollMs);
  isProbing = false;
  if (takenMs - startedMs < warmUpMs) return;
  lag.recordValue(Math.round(performance.now() - takenMs));
}

/** An index that is being made answers no search yet. */
async function isFound(where: Condition): Promise<boolean> {
  try {
    return (await index.find({ entity: 'event', where, limit: 1 })).total > 0;
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORE_UNAVAILABLE') return false;
    throw error;
  }
}
