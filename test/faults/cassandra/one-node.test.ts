/**
 * The only node of the database stops under load, and is killed in the middle of writes: visitors notice
 * nothing, the alarm comes and goes, and every acknowledged event is there once, also when the spool is full
 * and the node killed, and after it was moved out of the database and back. `BECKON_OUTAGE_SECONDS=120` makes
 * the outage longer.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCassandraStore } from '../../../src/stores/index.js';
import { emptyTables, keyspaceOptions, openClient } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, startCassandra } from '../../support/cassandra-server.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import {
  alarmsOf,
  expectEveryEventOnce,
  labConfiguration,
  type Load,
  startLoad,
  written,
} from './lab-on-cassandra.js';

const outageMs = Number(process.env.BECKON_OUTAGE_SECONDS ?? '20') * 1_000;
const reviveTimeoutMs = 180_000;

const cleanups: (() => Promise<void>)[] = [];
let folder: string;
let server: CassandraServer;
let lab: Lab;
let config: string;
let options: ReturnType<typeof keyspaceOptions>;
/** What the visitors of the outages sent. */
const loads: Load[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-faults-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  server = await startCassandra();
  cleanups.push(() => server.remove());
  options = keyspaceOptions(server);
  // Making the schema takes longer than a start may take otherwise.
  await (await openCassandraStore(options)).close();
  config = await labConfiguration(folder, server, { keyspace: options.keyspace });
  lab = await startLab({ config, data: join(folder, 'data') });
  cleanups.push(() => lab.remove());
}, 300_000);

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
}, 120_000);

/** Takes the database away under load for at least `forMs`, brings it back, and looks for every event. */
async function outage(kill: boolean, forMs: number): Promise<Load> {
  const before = alarmsOf(lab);
  const load = await startLoad(lab.server, 10);
  await until(() => load.count() > 100, 'events to be acknowledged', 30_000);
  await server.stop({ kill });
  const [startMs, sentBefore] = [Date.now(), load.count()];
  await until(() => alarmsOf(lab).raised > before.raised, 'the alarm', 60_000);
  await until(() => Date.now() - startMs > forMs, 'the end of the outage', forMs + 10_000);
  await until(() => load.count() > sentBefore + 100, 'events during the outage', 60_000);
  await server.revive(1);
  const [awayMs, sentAway] = [Date.now() - startMs, load.count() - sentBefore];
  await until(() => alarmsOf(lab).cancelled > before.cancelled, 'the end of the alarm', reviveTimeoutMs);
  await load.stop();
  await written(lab, 60_000);
  expect(alarmsOf(lab)).toEqual({ raised: before.raised + 1, cancelled: before.cancelled + 1 });
  const wholeMs = Date.now() - startMs;
  console.log(
    `away for ${Math.round(awayMs / 1_000)} s: ${sentAway} events acknowledged meanwhile, ` +
      `${load.count()} in all, written ${Math.round((wholeMs - awayMs) / 1_000)} s after the return`,
  );
  return load;
}

/** Looks for every visit and event that was acknowledged. */
async function expectAll(): Promise<void> {
  const store = await openCassandraStore(options);
  try {
    await expectEveryEventOnce(store, loads);
  } finally {
    await store.close();
  }
}

it('loses nothing while the database is away, twice', { timeout: 600_000 + outageMs }, async () => {
  loads.push(await outage(false, outageMs));
  loads.push(await outage(true, 0));
  await expectAll();
});

it('replays visits that are in Cassandra in a back-test', { timeout: 60_000 + outageMs * 2 }, async () => {
  const rules = resolve(import.meta.dirname, '../../../apps/playground/rules');
  const [text] = await drlFiles(rules);
  const url = `${lab.deploy}/server/data/rules/backtest?since=0&until=${Date.now()}`;
  const answer = await fetch(url, { method: 'POST', body: text ?? '' });
  const lines = (await answer.text()).trim().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '') as { report?: { visits: number; events: number } };
  expect(last.report?.visits).toBe(20);
  expect(last.report?.events).toBeGreaterThan(400);
});

it('stops as it should', { timeout: 60_000 }, async () => {
  expect(await lab.end('SIGTERM')).toBe(0);
});

/** Takes the database away until the node refuses events, because neither disk nor memory has room. */
async function fill(load: Load): Promise<void> {
  const [raised, refusals] = [alarmsOf(lab, 'full').raised, load.refusals()];
  await server.stop({ kill: true });
  await until(() => alarmsOf(lab, 'full').raised > raised, 'the alarm of a full spool', 60_000);
  await until(() => load.refusals() > refusals, 'events to be refused', 60_000);
}

it('keeps what it acknowledged when its spool is full, killed or not', { timeout: 400_000 }, async () => {
  const small = { keyspace: options.keyspace, spoolBytesMax: 300_000 };
  const data = join(folder, 'data');
  lab = await startLab({ config: await labConfiguration(folder, server, small), data });
  const load = await startLoad(lab.server, 10);
  loads.push(load);
  await fill(load);
  const acknowledged = load.count();
  await server.revive(1);
  await until(() => alarmsOf(lab, 'full').cancelled === 1, 'the end of the alarm', reviveTimeoutMs);
  await until(() => load.count() > acknowledged + 100, 'events to be taken again', 60_000);

  await fill(load);
  await load.stop();
  const spooled = await readdir(join(data, 'spool', 'store'));
  expect(spooled.some((name) => name.endsWith('.journal'))).toBe(true);
  await lab.end('SIGKILL');
  await server.revive(1);
  lab = await lab.restart();
  await written(lab, reviveTimeoutMs);
  await expectAll();
  expect(await lab.end('SIGTERM')).toBe(0);
  // What follows takes the lab's own file.
  config = await labConfiguration(folder, server, { keyspace: options.keyspace });
});

it('is moved to a file and back by the command', { timeout: 300_000 }, async () => {
  const embedded = await labConfiguration(join(folder, 'embedded'), { contactPoints: [] }, options);
  const [out, back] = [join(folder, 'out'), join(folder, 'back')];
  const exported = await beckonStore('export', '--config', config, '--to', out);
  const visits = loads.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  expect(exported).toContain(`visit: ${visits}\n`);
  const imported = await beckonStore('import', '--config', embedded, '--from', out);
  expect(imported).toContain(`visit: ${visits} exported, ${visits} in the store\n`);
  const client = await openClient(server);
  await emptyTables(client, options.keyspace).finally(() => client.shutdown());
  expect(await beckonStore('export', '--config', embedded, '--to', back)).toBe(exported);
  expect(await beckonStore('import', '--config', config, '--from', back)).toBe(imported);
  await expectAll();
});

async function beckonStore(...args: string[]): Promise<string> {
  const main = resolve(import.meta.dirname, '../../../dist/main.js');
  return (await promisify(execFile)(process.execPath, [main, 'store', ...args])).stdout;
}

async function drlFiles(from: string): Promise<string[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.drl'));
  return Promise.all(names.map((name) => readFile(join(from, name), 'utf8')));
}
