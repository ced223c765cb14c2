import { openCassandraStore } from '../../../src/stores/index.js';
import { emptyTables } from '../../support/cassandra-keyspace.js';
import { cassandraSuite } from '../../support/cassandra-suite.js';
import { historyContract, type StoreOfHistory } from './history-contract.js';
import { openApiContract } from './openapi-contract.js';

const cassandra = cassandraSuite();

async function openStore(): Promise<StoreOfHistory> {
  const store = await openCassandraStore(cassandra.options);
  return {
    store,
    async destroy() {
      await store.close();
      await emptyTables(cassandra.client, cassandra.options.keyspace);
    },
  };
}

historyContract('Cassandra', openStore);
openApiContract('Cassandra', openStore);
