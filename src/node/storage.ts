/**
 * Opens what a node keeps its state in: the data folder, the store, the journal, and the queue between them.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Options } from '../config/index.js';
import {
  createWriteBehind,
  type EmbeddedStore,
  type Journal,
  lockDataFolder,
  openEmbeddedStore,
  openJournal,
  type Retention,
  type WriteBehind,
} from '../stores/index.js';

export interface Storage {
  /** The store's database. */
  file: string;
  store: EmbeddedStore;
  journal: Journal;
  writeBehind: WriteBehind;
  /** Why inputs can no longer be kept; undefined while they can. */
  failure(): string | undefined;
  close(): Promise<void>;
}

const segmentBytesMax = 8 * 1024 * 1024;
const closeTimeoutMs = 10_000;

/**
 * Opens everything under `beckon/dataFolder`. `onCommitted` gets the highest committed number of the journal.
 * Throws `AppError`: the folder is in use by another process, damaged, or cannot be written.
 */
export async function openStorage(
  options: Options,
  logger: Logger,
  onCommitted: (seq: number) => void,
): Promise<Storage> {
  const folder = options.beckon.dataFolder;
  const lock = lockDataFolder(folder);
  let failure: string | undefined;
  try {
    const file = join(folder, 'store.sqlite');
    const store = await openEmbeddedStore({
      file,
      retention: retentionOf(options),
    });
    const writeBehind = createWriteBehind({
      store,
      rowsMax: options.beckon.writeBehindRowsMax,
      onFailure: (error) => logger.warn({ err: error }, 'the store did not take a write; it is tried again'),
      onRefused: (row, error) => logger.error({ err: error, entity: row.entity }, 'the store refused a row'),
    });
    const journal = await openJournal({
      folder: join(folder, 'journal'),
      segmentBytesMax,
      onCommitted,
      onFailed(error) {
        failure = `The journal cannot be written: ${error.message}`;
        logger.fatal({ err: error }, 'the journal cannot be written; the node stops taking events');
      },
    });
    return {
      file,
      store,
      journal,
      writeBehind,
      failure: () => failure,
      async close() {
        const written = await writeBehind.close(closeTimeoutMs);
        if (!written) logger.warn('the store did not take everything in time; the journal keeps the rest');
        await journal.close();
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Seconds that each entity is kept, by `cassandraKeyspace/retention.entity.*`. */
function retentionOf({ cassandraKeyspace }: Options): Retention {
  const byEntity = cassandraKeyspace['retention.entity.<object>'];
  return { all: cassandraKeyspace['retention.entity.all'], ...byEntity };
}
