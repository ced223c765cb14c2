/**
 * The embedded store and Cassandra side by side: rows written per second of our own CPU, memory held while
 * 1,000 rows are on their way, and how long requests of the History API take with many events stored. Prints
 * one line for each. `--cassandra host:port` names a server that runs; else one is started.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hashId } from '../../src/base/index.js';
import { encodeEvents } from '../../src/model/index.js';
import {
  openCassandraStore,
  openEmbeddedStore,
  type OperationalStore,
  type Row,
} from '../../src/stores/index.js';
import { createRestApplication, historyRoutes } from '../../src/transport/rest/index.js';
import { typicalEvents } from './typical-events.js';

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, cassandra: { type: 'string' } },
});
const events = values.size === 'smoke' ? 10_000 : 1_000_000;
const eventsPerVisit = 50;
const eventsPerSegment = 10;
const visits = events / eventsPerVisit;
const visitsPerIdentity = 20;
const writeRows = 1_000;
const memoryBatches = 2;
const queries = values.size === 'smoke' ? 100 : 2_000;
/** A request that takes as long as this in all is asked no more. */
const queriesMs = 30_000;
const port = 19_180;
const script = 'test/services/cassandra/cassandra.sh';

const identityOf = (visit: number): string => `customer-${Math.floor(visit / visitsPerIdentity)}@example.com`;

/** The rows of one visit: itself, whose it is, its pages and its events, whose ids all differ. */
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
    {
      entity: 'visitIdentity',
      value: { visitId: visitID, identityId: identityOf(visit), visitScope: 'Authenticated', at: timestamp },
    },
  ];
  if (visit % visitsPerIdentity === 0) {
    const value = { identityId: identityOf(visit), name: 'A Customer', location: null, entityInCS: null };
    rows.push({ entity: 'identity', value });
  }
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

/** What is still in use: garbage has been taken away. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function measure(name: string, store: OperationalStore): Promise<void> {
  let [rows, cpuMicros, peakBytes, writeMs] = [0, 0, 0, 0];
  let batch: Row[] = [];
  let batches = 0;
  async function flush(): Promise<void> {
    // Memory and time are not measured together: each would be in the other's way.
    await (++batches <= memoryBatches ? watch() : time());
    batch = [];
  }
  async function watch(): Promise<void> {
    const before = heldBytes();
    const sampler = setInterval(() => {
      peakBytes = Math.max(peakBytes, heldBytes() - before);
    }, 5);
    await store.write(batch);
    clearInterval(sampler);
  }
  async function time(): Promise<void> {
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    await store.write(batch);
    const used = process.cpuUsage(cpu);
    cpuMicros += used.user + used.system;
    writeMs += performance.now() - started;
    rows += batch.length;
  }
  for (let visit = 0; visit < visits; visit++) {
    batch.push(...rowsOf(visit));
    if (batch.length >= writeRows) await flush();
  }
  await flush();
  console.log(
    `${name}: ${Math.round(rows / (cpuMicros / 1e6))} rows/s per core of ours, ` +
      `${Math.round(rows / (writeMs / 1_000))} rows/s, ` +
      `${(peakBytes / 1024).toFixed(0)} KB held per 1,000 rows; ${events} events stored`,
  );
  await query(name, store);
}

const whole = 'include_pages=true&include_pages_detail=true&include_events=true&include_events_detail=true';

/** What is asked for of the `visit`-th visit. */
const requests: Readonly<Record<string, (visit: number) => string>> = {
  'a visit with pages and events': (visit) => `/visits/${hashId(`visit ${visit}`)}?${whole}`,
  'its events': (visit) => `/visits/${hashId(`visit ${visit}`)}/events?eventName=Search`,
  [`the ${visitsPerIdentity} visits of an identity`]: (visit) => `/identities/${identityOf(visit)}/visits`,
  'an event by its id': (visit) => `/events/${hashId(`event ${visit} 7`)}`,
};

async function query(name: string, store: OperationalStore): Promise<void> {
  const plugin = historyRoutes({
    store,
    routing: { ask: () => Promise.reject(new Error('nothing is created')) },
    drained: () => Promise.resolve(),
    security: { 'auth-scheme': 'none' },
  });
  const application = await createRestApplication({
    plugins: [{ prefix: '/server/data', plugin }],
    bodyBytesMax: 1_024,
    requestTimeoutMs: 60_000,
    onError(error) {
      throw error;
    },
  });
  for (const [what, pathOf] of Object.entries(requests)) {
    const times: number[] = [];
    const untilMs = performance.now() + queriesMs;
    for (let turn = 0; turn < queries && performance.now() < untilMs; turn++) {
      const started = performance.now();
      const { statusCode } = await application.inject({
        url: `/server/data${pathOf((turn * 7_919) % visits)}`,
      });
      if (statusCode !== 200) throw new Error(`${what} was answered ${statusCode}`);
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
    console.log(
      `${name}, History of ${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms of ${times.length} requests`,
    );
  }
  await application.close();
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
