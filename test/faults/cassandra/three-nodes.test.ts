/**
 * Three replicas at LOCAL_QUORUM: one may die and nobody notices; with two dead, writes wait until one is
 * back.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CassandraStore, openCassandraStore, type Row } from '../../../src/stores/index.js';
import { segmentOf, visitOf } from '../../contract/stores/sample-rows.js';
import { keyspaceOptions } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, startCassandra } from '../../support/cassandra-server.js';
import { until } from '../../support/until.js';

const cleanups: (() => Promise<void>)[] = [];
let server: CassandraServer;
let store: CassandraStore;

beforeAll(async () => {
  server = await startCassandra({ nodes: 3 });
  cleanups.push(() => server.remove());
  store = await openCassandraStore(keyspaceOptions(server, { replication: { [server.dataCentre]: 3 } }));
  cleanups.push(() => store.close());
}, 400_000);

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
}, 120_000);

function rowsOf(round: number): Row[] {
  return Array.from({ length: 20 }, (_, index): Row[] => {
    const visitId = `V${round}-${index}`;
    return [
      { entity: 'visit', value: visitOf(visitId) },
      { entity: 'events', value: segmentOf(visitId, 0, 2, index) },
    ];
  }).flat();
}

it('goes on without one of three nodes, and waits for the second', { timeout: 300_000 }, async () => {
  expect(store.figures().nodes).toBe(3);
  const failures: unknown[] = [];
  let [round, running] = [0, true];
  const writing = (async () => {
    for (; running; round++) await store.write(rowsOf(round)).catch((error: unknown) => failures.push(error));
  })();
  await until(() => round > 5, 'some writes', 60_000);
  await server.stop({ node: 2, kill: true });
  const killedAt = round;
  await until(() => round > killedAt + 20, 'writes after the kill', 60_000);
  running = false;
  await writing;
  expect(failures).toEqual([]);

  await server.stop({ node: 3, kill: true });
  await expect(store.write(rowsOf(0))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await server.revive(3);
  await until(async () => (await store.write(rowsOf(round)), true), 'writes with two nodes', 60_000);
  for (let each = 0; each <= round; each++) {
    expect(await store.readVisit(`V${each}-7`)).toEqual(visitOf(`V${each}-7`));
    expect(await store.readEvents(`V${each}-19`)).toEqual([segmentOf(`V${each}-19`, 0, 2, 19)]);
  }
});
