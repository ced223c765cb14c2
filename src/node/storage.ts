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
  type SearchIndex,
  type WriteBehind,
  type WriteBehindOptions,
} from '../stores/index.js';
import { openSearchIndex } from './search-index.js';

export interface Storage {
  /** The store's database. */
  file: string;
  store: EmbeddedStore;
  /** Undefined when the options want none. */
  index: SearchIndex | undefined;
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
    const index = await openSearchIndex(options, retentionOf(options), logger);
    const writeBehind = await createWriteBehind({
      store,
      ...(index === undefined ? {} : { others: [{ name: 'index', sink: index }] }),
      ...writeBehindOptions(options, logger),
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
      index,
      journal,
      writeBehind,
      failure: () => failure,
      async close() {
        const written = await writeBehind.close(closeTimeoutMs);
        if (!written) logger.warn('the store did not take everything in time; the journal keeps the rest');
        await journal.close();
        await store.close();
        await index?.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Where rows wait, how many of them, and who is told of what befalls them. */
function writeBehindOptions({ beckon }: Options, logger: Logger): Omit<WriteBehindOptions, 'store'> {
  return {
    rowsMax: beckon.writeBehindRowsMax,
    spool: { folder: join(beckon.dataFolder, 'spool'), bytesMax: beckon.spoolBytesMax },
    onFailure: (error, sink) => logger.warn({ err: error, sink }, 'a write failed; it is tried again'),
    onSpoolFull: (error, sink) => logger.error({ err: error, sink }, 'the spool takes no more for now'),
    onRefused: ({ row, error }, sink) =>
      logger.error({ err: error, sink, entity: row.entity }, 'a row was refused and set aside'),
    onDamaged: (file, rows, sink) =>
      logger.error({ file, rows, sink }, 'a file of the spool is damaged and was set aside'),
  };
}

/** Seconds that each entity is kept, by `cassandraKeyspace/retention.entity.*`. */
function retentionOf({ cassandraKeyspace }: Options): Retention {
  const byEntity = cassandraKeyspace['retention.entity.<object>'];
  return { all: cassandraKeyspace['retention.entity.all'], ...byEntity };
}
