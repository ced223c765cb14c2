/** A real Cassandra, and a keyspace in it, for all tests of a file. */
import type cassandra from 'cassandra-driver';
import { afterAll, beforeAll } from 'vitest';
import type { CassandraStoreOptions } from '../../src/stores/index.js';
import { dropKeyspace, keyspaceOptions, openClient } from './cassandra-keyspace.js';
import { type CassandraServer, testCassandra } from './cassandra-server.js';

export interface CassandraSuite {
  readonly server: CassandraServer;
  /** To look behind the store. */
  readonly client: cassandra.Client;
  /** Of a store in the keyspace, which does not exist until one is opened. */
  readonly options: CassandraStoreOptions;
}

/** Starts the server before the tests of this file and removes it after them. Until then it is empty. */
export function cassandraSuite(): CassandraSuite {
  const suite = {} as { -readonly [Field in keyof CassandraSuite]: CassandraSuite[Field] };

  beforeAll(async () => {
    suite.server = await testCassandra();
    suite.client = await openClient(suite.server);
    suite.options = keyspaceOptions(suite.server);
  }, 180_000);

  afterAll(async () => {
    await dropKeyspace(suite.client, suite.options.keyspace);
    await suite.client.shutdown();
    await suite.server.remove();
  }, 60_000);

  return suite;
}
