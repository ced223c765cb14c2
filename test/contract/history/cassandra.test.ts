import type cassandra from 'cassandra-driver';
import { afterAll, beforeAll } from 'vitest';
import { type CassandraStoreOptions, openCassandraStore } from '../../../src/stores/index.js';
import { emptyTables, keyspaceOptions, openClient } from '../../support/cassandra-keyspace.js';
import { type CassandraServer, testCassandra } from '../../support/cassandra-server.js';
import { historyContract, type StoreOfHistory } from './history-contract.js';
import { openApiContract } from './openapi-contract.js';

let server: CassandraServer;
let client: cassandra.Client;
let options: CassandraStoreOptions;

beforeAll(async () => {
  server = await testCassandra();
  client = await openClient(server);
  options = keyspaceOptions(server);
}, 180_000);

afterAll(async () => {
  await client.execute(`DROP KEYSPACE IF EXISTS "${options.keyspace}"`, [], { readTimeout: 60_000 });
  await client.shutdown();
  await server.remove();
}, 60_000);

async function openStore(): Promise<StoreOfHistory> {
  const store = await openCassandraStore(options);
  return {
    store,
    async destroy() {
      await store.close();
      await emptyTables(client, options.keyspace);
    },
  };
}

historyContract('Cassandra', openStore);
openApiContract('Cassandra', openStore);
