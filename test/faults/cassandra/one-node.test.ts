/**
 * The only node of the database stops under load, and is killed in the middle of writes: visitors notice
 * nothing, the alarm comes and goes, and every acknowledged event is there once. `BECKON_OUTAGE_SECONDS=120`
 * makes the outage longer.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OperationalStore, openCassandraStore } from '../../../src/stores/index.js';
import { keyspaceOptions } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, startCassandra } from '../../support/cassandra-server.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { labConfiguration, type Load, startLoad, storedIds, written } from './lab-on-cassandra.js';

const outageMs = Number(process.env.BECKON_OUTAGE_SECONDS ?? '20') * 1_000;
const reviveTimeoutMs = 180_000;
const raised = '[ERROR] Writes fail and wait on disk: store';
const cancelled = '[INFO] Writes are back to normal';

const cleanups: (() => Promise<void>)[] = [];
let folder: string;
let server: CassandraServer;
let lab: Lab;
let options: ReturnType<typeof keyspaceOptions>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-faults-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  server = await startCassandra();
  cleanups.push(() => server.remove());
  options = keyspaceOptions(server);
  // Making the schema takes longer than a start may take otherwise.
  await (await openCassandraStore(options)).close();
  const config = await labConfiguration(folder, server, { keyspace: options.keyspace });
  lab = await startLab({ config, data: join(folder, 'data') });
  cleanups.push(() => lab.remove());
}, 300_000);

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
}, 120_000);

const times = (text: string): number => lab.output().split(text).length - 1;

/** Takes the database away under load for at least `forMs`, brings it back, and looks for every event. */
async function outage(kill: boolean, forMs: number): Promise<Load> {
  const [raisedBefore, cancelledBefore] = [times(raised), times(cancelled)];
  const load = await startLoad(lab.server, 10);
  await until(() => load.count() > 100, 'events to be acknowledged', 30_000);
  await server.stop({ kill });
  const [startMs, before] = [Date.now(), load.count()];
  await until(() => times(raised) > raisedBefore, 'the alarm', 60_000);
  await until(() => Date.now() - startMs > forMs, 'the end of the outage', forMs + 10_000);
  await until(() => load.count() > before + 100, 'events during the outage', 60_000);
  await server.revive(1);
  await until(() => times(cancelled) > cancelledBefore, 'the end of the alarm', reviveTimeoutMs);
  await load.stop();
  await written(lab, 60_000);
  expect(times(raised)).toBe(raisedBefore + 1);
  return load;
}

async function expectAll(load: Load, store: OperationalStore): Promise<void> {
  for (const [visitId, ids] of load.acknowledged) {
    // A rule that fired adds an event of its own; every one that was acknowledged is there once, in order.
    const stored = await storedIds(store, visitId);
    expect(new Set(stored).size).toBe(stored.length);
    const sent = new Set(ids);
    expect(stored.filter((id) => sent.has(id))).toEqual(ids);
  }
}

it('loses nothing while the database is away, twice', { timeout: 600_000 + outageMs }, async () => {
  const stopped = await outage(false, outageMs);
  const killed = await outage(true, 0);
  const store = await openCassandraStore(options);
  try {
    await expectAll(stopped, store);
    await expectAll(killed, store);
    const started = await store.readVisitsStarted(0, Date.now(), 1_000);
    const known = new Set(started.map(({ visitId }) => visitId));
    for (const { acknowledged } of [stopped, killed]) {
      for (const visitId of acknowledged.keys()) expect(known.has(visitId)).toBe(true);
    }
  } finally {
    await store.close();
  }
});

it('replays visits that are in Cassandra in a back-test', { timeout: 60_000 }, async () => {
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

async function drlFiles(from: string): Promise<string[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.drl'));
  return Promise.all(names.map((name) => readFile(join(from, name), 'utf8')));
}
