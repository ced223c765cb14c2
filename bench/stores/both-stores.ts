/**
 * The embedded store and Cassandra side by side: rows written per second of our own CPU, memory held while
 * 1,000 rows are on their way, and how long a History query takes with many events stored. Prints one line
 * for each. `--cassandra host:port` names a server that runs; else one is started.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeEvents } from '../../src/model/index.js';
import {
  openCassandraStore,
  openEmbeddedStore,
  type OperationalStore,
  type Row,
} from '../../src/stores/index.js';
import { typicalEvents } from './typical-events.js';

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, cassandra: { type: 'string' } },
});
const events = values.size === 'smoke' ? 10_000 : 1_000_000;
const eventsPerVisit = 50;
const eventsPerSegment = 10;
const visits = events / eventsPerVisit;
const writeRows = 1_000;
const queries = values.size === 'smoke' ? 200 : 5_000;
const port = 19_180;
const script = 'test/services/cassandra/cassandra.sh';

/** The rows of one visit: itself, its pages and its events, whose ids all differ. */
function rowsOf(visit: number): Row[] {
  const all = typicalEvents(visit, eventsPerVisit);
  const [first] = all;
  if (first === undefined) return [];
  const { visitID, globalVisitID, timestamp } = first;
  const rows: Row[] = [
    {
      entity: 'visit',
      value: { visitId: visitID, startDate: timestamp, endDate: 0, globalVisitID, userAgentId: null },
    },
  ];
  for (let start = 0; start < eventsPerVisit; start += eventsPerSegment) {
    const some = all.slice(start, start + eventsPerSegment);
    const bytes = encodeEvents(visitID, globalVisitID, some);
    rows.push({
      entity: 'events',
      value: { visitId: visitID, firstOrdinal: start, count: some.length, bytes },
    });
    const [{ pageID, url, category }] = some as [(typeof some)[0]];
    const value = { visitId: visitID, pageId: pageID, url, title: 'Product', category };
    rows.push({ entity: 'page', value: { ...value, startDate: timestamp, endDate: timestamp + 1 } });
  }
  return rows;
}

function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function measure(name: string, store: OperationalStore): Promise<void> {
  let [rows, cpuMicros, peakBytes, writeMs] = [0, 0, 0, 0];
  let batch: Row[] = [];
  async function flush(): Promise<void> {
    globalThis.gc?.();
    const [bytes, cpu, started] = [heldBytes(), process.cpuUsage(), performance.now()];
    const sampler = setInterval(() => {
      peakBytes = Math.max(peakBytes, heldBytes() - bytes);
    }, 5);
    await store.write(batch);
    clearInterval(sampler);
    const used = process.cpuUsage(cpu);
    cpuMicros += used.user + used.system;
    writeMs += performance.now() - started;
    rows += batch.length;
    batch = [];
  }
  for (let visit = 0; visit < visits; visit++) {
    batch.push(...rowsOf(visit));
    if (batch.length >= writeRows) await flush();
  }
  await flush();
  const times: number[] = [];
  for (let query = 0; query < queries; query++) {
    const visitId = typicalEvents((query * 7_919) % visits, 1)[0]?.visitID ?? '';
    const started = performance.now();
    await Promise.all([store.readVisit(visitId), store.readPages(visitId), store.readEvents(visitId)]);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  console.log(
    `${name}: ${Math.round(rows / (cpuMicros / 1e6))} rows/s per core of ours, ` +
      `${Math.round(rows / (writeMs / 1_000))} rows/s, ` +
      `${(peakBytes / 1024).toFixed(0)} KB held per 1,000 rows, ` +
      `History p50 ${at(0.5)} ms p99 ${at(0.99)} ms with ${events} events, ${rows} rows`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'beckon-bench-'));
const data = join(folder, 'cassandra');
if (values.cassandra === undefined) {
  execFileSync(script, ['start', '--port', String(port), '--data', data], { stdio: 'ignore' });
}
const [host = '', number = ''] = (values.cassandra ?? `127.0.0.1:${port}`).split(':');
try {
  const embedded = await openEmbeddedStore({ file: join(folder, 'store.db') });
  await measure('embedded', embedded);
  await embedded.close();
  const cassandra = await openCassandraStore({
    contactPoints: [{ host, port: Number(number) }],
    keyspace: `Bench_${process.pid}`,
    replicationStrategy: 'SimpleStrategy',
    replication: { replication_factor: 1 },
    readConsistency: 'LOCAL_QUORUM',
    writeConsistency: 'LOCAL_QUORUM',
    dataCompression: 'LZ4',
    retention: { all: 1_209_600 },
    timeoutMs: 60_000,
  });
  await measure('cassandra', cassandra);
  await cassandra.close();
} finally {
  if (values.cassandra === undefined) execFileSync(script, ['stop', '--data', data], { stdio: 'ignore' });
  await rm(folder, { recursive: true });
}
