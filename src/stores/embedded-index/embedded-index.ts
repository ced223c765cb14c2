/** The search index of one node without Elasticsearch: SQLite in a file and a thread of its own. */
import { AppError } from '../../base/index.js';
import type { Retention } from '../retention.js';
import { WorkerClient } from '../embedded/worker-client.js';
import { workerFile } from '../embedded/worker-file.js';
import { checkCount, checkSearch, foundPage, readCursor } from '../index-documents/index.js';
import type { RefusedRow, Row } from '../operational-store.js';
import type {
  Condition,
  CountBy,
  Found,
  IndexCount,
  IndexDocument,
  IndexEntity,
  IndexSearch,
  IndexWriteMode,
  SearchIndex,
} from '../search-index.js';
import type { IndexRequest, IndexWorkerSettings } from './protocol.js';

export interface EmbeddedIndexOptions {
  /** The database's file; it and its companions `-wal` and `-shm` are made when there are none. */
  file: string;
  retention: Retention;
  /** How often expired documents are looked for; default one minute. */
  purgeIntervalMs?: number;
  /** Default 30 seconds. */
  timeoutMs?: number;
}

/**
 * Opens the index, making its database. Throws `AppError`: INTERNAL when the file is no database,
 * STORE_UNAVAILABLE when the disk refuses.
 */
export async function openEmbeddedIndex(options: EmbeddedIndexOptions): Promise<SearchIndex> {
  const { file, retention, purgeIntervalMs = 60_000, timeoutMs = 30_000 } = options;
  const client = await WorkerClient.start<IndexRequest>({
    workerFile: workerFile('index-worker'),
    settings: { file, retention, purgeIntervalMs } satisfies IndexWorkerSettings,
    timeoutMs,
    requestsMax: 200,
  });
  return new EmbeddedIndex(client);
}

class EmbeddedIndex implements SearchIndex {
  readonly #client: WorkerClient<IndexRequest>;

  constructor(client: WorkerClient<IndexRequest>) {
    this.#client = client;
  }

  async write(rows: readonly Row[], mode: IndexWriteMode = 'overwrite'): Promise<readonly RefusedRow[]> {
    // Snapshots of cells and documents are not searched for, and need not travel.
    const searched = rows.filter(({ entity }) => entity !== 'cell' && entity !== 'document');
    if (searched.length === 0) return [];
    const refused = (await this.#client.request({ kind: 'write', rows: searched, mode })) as [
      number,
      string,
    ][];
    return refused.map(([source, reason]) => ({
      row: searched[source] as Row,
      error: new AppError('INTERNAL', `The index cannot read a row: ${reason}`),
    }));
  }

  async find(search: IndexSearch): Promise<Found> {
    checkSearch(search);
    const { entity, where = { kind: 'all' }, order = 'newest', limit, after } = search;
    const descending = order === 'newest' && entity !== 'identity';
    const cursor = after === undefined ? undefined : readCursor(after);
    const rows = await this.#client.request({
      kind: 'find',
      entity,
      where,
      descending,
      limit,
      after: cursor,
    });
    const [[total], ...bodies] = rows as [[number], ...[string][]];
    const documents = bodies.map(([body]) => JSON.parse(body) as IndexDocument);
    return foundPage(total, documents, limit);
  }

  async count(entity: IndexEntity, where: Condition, by: CountBy): Promise<IndexCount[]> {
    checkCount(entity, where, by);
    const rows = await this.#client.request({ kind: 'count', entity, where, by });
    return (rows as [string | number, number][]).map(([key, count]) => ({ key, count }));
  }

  /** Requests are answered in order, so what was written is there. */
  async refresh(): Promise<void> {
    await this.#client.request({ kind: 'write', rows: [], mode: 'fill' });
  }

  async eraseVisit(visitId: string): Promise<void> {
    await this.#client.request({ kind: 'erase', field: 'visitId', of: visitId });
  }

  async eraseIdentity(identityId: string): Promise<void> {
    await this.#client.request({ kind: 'erase', field: 'identityId', of: identityId });
  }

  async clear(): Promise<void> {
    await this.#client.request({ kind: 'clear' });
  }

  async purge(): Promise<void> {
    await this.#client.request({ kind: 'purge' });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
