/**
 * Opens what a node keeps its state in: the data folder, the store, the journal, and the queue between them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Configuration, Options } from '../config/index.js';
import {
  type CassandraFigures,
  createWriteBehind,
  type Journal,
  lockDataFolder,
  openCassandraStore,
  openEmbeddedStore,
  openJournal,
  type OperationalStore,
  type RowPages,
  type SearchIndex,
  type StoreSource,
  type WriteBehind,
  type WriteBehindOptions,
} from '../stores/index.js';
import { cassandraOptionsOf, retentionOf } from './cassandra-options.js';
import { checkEmbeddedStore } from './cluster.js';
import { openSearchIndex } from './search-index.js';

export interface Storage {
  /** Where the store is, for threads that read it on their own. */
  source: StoreSource;
  store: OperationalStore & RowPages;
  /** How the database is connected; undefined with the embedded store. */
  connection: (() => CassandraFigures) | undefined;
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

export interface JournalListener {
  /** Gets the highest committed number of the journal. */
  onCommitted(seq: number): void;
  /** Once: nothing more is kept. */
  onFailed(): void;
}

/**
 * Opens everything under `beckon/dataFolder`, and the database where access points are configured.
 * Throws `AppError`: the folder is in use by another process, damaged, or cannot be written; the database
 * cannot be used.
 */
export async function openStorage(
  configuration: Configuration,
  logger: Logger,
  { onCommitted, onFailed }: JournalListener,
): Promise<Storage> {
  const { options } = configuration;
  const folder = options.beckon.dataFolder;
  const lock = lockDataFolder(folder);
  const opened: { close(): Promise<void> }[] = [];
  let failure: string | undefined;
  try {
    const { source, store, connection } = await openStore(configuration, logger);
    opened.push(store);
    const index = await openSearchIndex(options, retentionOf(options), logger);
    if (index !== undefined) opened.push(index);
    const writeBehind = await createWriteBehind({
      store,
      ...(index === undefined ? {} : { others: [{ name: 'index', sink: index }] }),
      ...writeBehindOptions(options, logger),
    });
    const journal = await openJournal({
      folder: join(folder, 'journal'),
      segmentBytesMax,
      onCommitted,
      onFailed: (error) => {
        failure = `The journal cannot be written: ${error.message}`;
        logger.fatal({ err: error }, 'the journal cannot be written; the node stops taking events');
        onFailed();
      },
    });
    return {
      source,
      store,
      connection,
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
    for (const each of opened) await each.close().catch(() => undefined);
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

async function openStore(
  configuration: Configuration,
  logger: Logger,
): Promise<Pick<Storage, 'source' | 'store' | 'connection'>> {
  const cassandra = cassandraOptionsOf(configuration, process.env);
  if (cassandra === undefined) {
    const { options } = configuration;
    checkEmbeddedStore(configuration);
    const folder = options.beckon.storeFolder ?? options.beckon.dataFolder;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'store.sqlite');
    const store = await openEmbeddedStore({ file, retention: retentionOf(options) });
    return { source: { kind: 'embedded', file }, store, connection: undefined };
  }
  const store = await openCassandraStore(cassandra);
  const { keyspace, contactPoints } = cassandra;
  logger.info({ keyspace, contactPoints, ...store.figures() }, 'connected to Cassandra');
  return {
    source: { kind: 'cassandra', options: cassandra },
    store,
    connection: () => store.figures(),
  };
}
