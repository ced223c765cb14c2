/** The store of a configuration on its own, without a node: for who moves what it keeps. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../config/index.js';
import {
  lockDataFolder,
  openCassandraStore,
  openEmbeddedStore,
  type OperationalStore,
  type RowPages,
} from '../stores/index.js';
import { cassandraOptionsOf, retentionOf } from './cassandra-options.js';

export interface ConfiguredStore {
  store: OperationalStore & RowPages;
  /** What it may be called among others. */
  name: string;
  close(): Promise<void>;
}

/**
 * Opens the store; the embedded one in `dataFolder` or else the configuration's. Throws `AppError`: CONFLICT
 * while a node has the embedded store, and what opening a store throws.
 */
export async function openConfiguredStore(
  configuration: Configuration,
  dataFolder: string = configuration.options.beckon.dataFolder,
): Promise<ConfiguredStore> {
  const cassandra = cassandraOptionsOf(configuration, process.env);
  if (cassandra !== undefined) {
    const store = await openCassandraStore(cassandra);
    return { store, name: `cassandra-${cassandra.keyspace}`, close: () => store.close() };
  }
  mkdirSync(dataFolder, { recursive: true });
  const lock = lockDataFolder(dataFolder);
  try {
    const retention = retentionOf(configuration.options);
    const store = await openEmbeddedStore({ file: join(dataFolder, 'store.sqlite'), retention });
    return {
      store,
      name: 'embedded',
      async close() {
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
