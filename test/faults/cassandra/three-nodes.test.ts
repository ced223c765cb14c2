/**
 * Three replicas at LOCAL_QUORUM under load: one may be killed and nobody notices; with two dead, rows wait
 * on disk and the alarm is raised until one is back. Every acknowledged event is there once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CassandraStore, openCassandraStore } from '../../../src/stores/index.js';
import { keyspaceOptions } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, startCassandra } from '../../support/cassandra-server.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { alarmsOf, expectEveryEventOnce, labConfiguration, startLoad, written } from './lab-on-cassandra.js';

const cleanups: (() => Promise<void>)[] = [];
let server: CassandraServer;
let store: CassandraStore;
let lab: Lab;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-faults-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  server = await startCassandra({ nodes: 3 });
  cleanups.push(() => server.remove());
  const options = keyspaceOptions(server, { replication: { [server.dataCentre]: 3 } });
  store = await openCassandraStore(options);
  cleanups.push(() => store.close());
  const config = await labConfiguration(folder, server, { keyspace: options.keyspace, replicas: 3 });
  lab = await startLab({ config, data: join(folder, 'data') });
  cleanups.push(() => lab.remove());
}, 400_000);

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
}, 120_000);

async function metric(line: RegExp): Promise<number> {
  const text = await (await fetch(`${lab.server}/metrics`)).text();
  return Number(line.exec(text)?.[1]);
}

const databaseNodes = (): Promise<number> => metric(/^beckon_database_nodes (\d+)$/m);
const rowsWritten = (): Promise<number> =>
  metric(/^beckon_write_behind_written_total\{sink="store"\} (\d+)$/m);

it('goes on without one of three nodes, and waits for the second', { timeout: 300_000 }, async () => {
  expect(await databaseNodes()).toBe(3);
  const load = await startLoad(lab.server, 10);
  await until(async () => (await rowsWritten()) > 100, 'rows to be written', 60_000);
  await server.stop({ node: 2, kill: true });
  const writtenThen = await rowsWritten();
  await until(async () => (await rowsWritten()) > writtenThen + 500, 'rows with two nodes', 60_000);
  expect(alarmsOf(lab)).toEqual({ raised: 0, cancelled: 0 });
  expect(await metric(/^beckon_write_behind_failures_total\{sink="store"\} (\d+)$/m)).toBe(0);

  await server.stop({ node: 3, kill: true });
  const sentThen = load.count();
  await until(() => alarmsOf(lab).raised > 0, 'the alarm', 60_000);
  await until(() => load.count() > sentThen + 100, 'events without a quorum', 60_000);
  await server.revive(3);
  await until(() => alarmsOf(lab).cancelled > 0, 'the end of the alarm', 60_000);
  await load.stop();
  await written(lab, 60_000);
  expect(alarmsOf(lab)).toEqual({ raised: 1, cancelled: 1 });
  await expectEveryEventOnce(store, [load]);
});
