/** A keyspace of a test's own in a real Cassandra. */
import { randomBytes } from 'node:crypto';
import cassandra from 'cassandra-driver';
import { type CassandraStoreOptions, cassandraTables } from '../../src/stores/index.js';
import type { CassandraServer } from './cassandra-server.js';

/** Settings of a store in a keyspace that does not exist yet. */
export function keyspaceOptions(
  { contactPoints, dataCentre }: Pick<CassandraServer, 'contactPoints' | 'dataCentre'>,
  more: Partial<CassandraStoreOptions> = {},
): CassandraStoreOptions {
  return {
    contactPoints,
    keyspace: `Test_${randomBytes(6).toString('hex')}`,
    replicationStrategy: 'NetworkTopologyStrategy',
    replication: { [dataCentre]: 1 },
    readConsistency: 'LOCAL_QUORUM',
    writeConsistency: 'LOCAL_QUORUM',
    dataCompression: 'LZ4',
    retention: { all: 86_400 },
    ...more,
  };
}

/** A plain connection, to look behind the store. */
export async function openClient(
  { contactPoints, dataCentre }: Pick<CassandraServer, 'contactPoints' | 'dataCentre'>,
  more: Partial<cassandra.ClientOptions> = {},
): Promise<cassandra.Client> {
  const client = new cassandra.Client({
    contactPoints: contactPoints.map(({ host, port }) => `${host}:${port}`),
    protocolOptions: { port: contactPoints[0]?.port ?? 9042 },
    localDataCenter: dataCentre,
    ...more,
  });
  await client.connect();
  return client;
}

export async function dropKeyspace(client: cassandra.Client, keyspace: string): Promise<void> {
  await client.execute(`DROP KEYSPACE IF EXISTS "${keyspace}"`, [], { readTimeout: 60_000 });
}

/** Removes all rows; the tables stay, because making them takes long. */
export async function emptyTables(client: cassandra.Client, keyspace: string): Promise<void> {
  const tables = Object.keys(cassandraTables).map((name) => `"${keyspace}".${name}`);
  await Promise.all(
    tables.map(async (table) => {
      const found = await client.execute(`SELECT * FROM ${table} LIMIT 1`);
      if (found.rowLength > 0) await client.execute(`TRUNCATE ${table}`, [], { readTimeout: 60_000 });
    }),
  );
}
