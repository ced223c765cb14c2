/** The search index in an Elasticsearch cluster. */
import type { Client, estypes } from '@elastic/elasticsearch';
import { AppError } from '../../base/index.js';
import type { Retention } from '../retention.js';
import { checkCount, checkSearch, documentsOf, foundPage, readCursor } from '../index-documents/index.js';
import type { RefusedRow, Row } from '../operational-store.js';
import {
  type Condition,
  type CountBy,
  type Found,
  type IndexCount,
  type IndexDocument,
  type IndexEntity,
  indexEntities,
  type IndexSearch,
  type IndexWriteMode,
  type SearchIndex,
  searchLimits,
} from '../search-index.js';
import { type Outgoing, writeDocuments } from './bulk.js';
import { asking, connect, type ElasticConnection } from './connect.js';
import { type IndexNames, indexNames } from './names.js';
import { queryOf } from './query.js';
import { indexTemplates } from './templates.js';

const dayMs = 86_400_000;
/** Documents of one request that removes some. */
const removedMax = 1_000;

export interface ElasticIndexOptions {
  connection: ElasticConnection;
  /** `cassandraKeyspace/name`: the alias of all documents, and how each index begins. */
  name: string;
  shards: number;
  retention: Retention;
  /** How often what has expired is looked for; default ten minutes. */
  purgeIntervalMs?: number;
  /** A purge failed; the next one comes. */
  onPurgeFailed?: (error: AppError) => void;
}

/** Opens the index without asking for the cluster, which may be down: the first write finds out. */
export async function openElasticIndex(options: ElasticIndexOptions): Promise<SearchIndex> {
  return new ElasticIndex(await connect(options.connection), options);
}

class ElasticIndex implements SearchIndex {
  readonly #client: Client;
  readonly #names: IndexNames;
  readonly #shards: number;
  readonly #keepMs: (entity: IndexEntity) => number;
  readonly #purging: NodeJS.Timeout;
  #prepared: Promise<void> | undefined;

  constructor(
    client: Client,
    { name, shards, retention, purgeIntervalMs, onPurgeFailed }: ElasticIndexOptions,
  ) {
    this.#client = client;
    this.#shards = shards;
    this.#keepMs = (entity) => keepSeconds(retention, entity) * 1_000;
    this.#names = indexNames(name, this.#keepMs);
    this.#purging = setInterval(() => {
      this.purge().catch((error: unknown) => onPurgeFailed?.(error as AppError));
    }, purgeIntervalMs ?? 600_000).unref();
  }

  async write(rows: readonly Row[], mode: IndexWriteMode = 'overwrite'): Promise<readonly RefusedRow[]> {
    const refused = new Map<number, unknown>();
    const target = { names: this.#names, expiresAt: this.#expiresAt };
    const documents = [...outgoing(rows, (source, error) => refused.set(source, error))];
    if (documents.length > 0) {
      await this.#prepare();
      for (const { source, reason } of await writeDocuments(this.#client, target, documents, mode)) {
        refused.set(source, new AppError('INTERNAL', `Elasticsearch refused a document: ${reason}`));
      }
    }
    return [...refused].map(([source, error]) => ({ row: rows[source] as Row, error }));
  }

  #expiresAt = ({ entity }: IndexDocument, nowMs: number): number | undefined => {
    const keptMs = this.#keepMs(entity);
    return keptMs === 0 ? undefined : nowMs + keptMs;
  };

  /**
   * Templates first: an index that came to be without them would take its mapping from what visitors send.
   */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#putTemplates().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #putTemplates(): Promise<void> {
    for (const { name, ...template } of indexTemplates(this.#names, this.#shards)) {
      await asking('template', () =>
        this.#client.indices.putIndexTemplate({ name, ...(template as object) }),
      );
    }
  }

  async find(search: IndexSearch): Promise<Found> {
    checkSearch(search);
    const { entity, where = { kind: 'all' }, order = 'newest', limit, after } = search;
    const direction = order === 'newest' && entity !== 'identity' ? 'desc' : 'asc';
    const cursor = after === undefined ? undefined : readCursor(after);
    const { hits } = await asking('search', () =>
      this.#client.search<IndexDocument>({
        index: this.#names.pattern(entity),
        query: queryOf(entity, where),
        size: limit,
        sort: [
          ...(entity === 'identity'
            ? []
            : [{ '@timestamp': { order: direction, unmapped_type: 'date' } as const }]),
          { id: { order: direction, unmapped_type: 'keyword' } },
        ],
        ...(cursor === undefined
          ? {}
          : { search_after: entity === 'identity' ? [cursor.id] : [cursor.atMs ?? 0, cursor.id] }),
        track_total_hits: searchLimits.totalMax,
      }),
    );
    const documents = hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]));
    const total = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
    return foundPage(total, documents, limit);
  }

  async count(entity: IndexEntity, where: Condition, by: CountBy): Promise<IndexCount[]> {
    checkCount(entity, where, by);
    const { aggregations } = await asking('count', () =>
      this.#client.search({
        index: this.#names.pattern(entity),
        query: queryOf(entity, where),
        size: 0,
        track_total_hits: false,
        aggregations: { counts: countAggregation(by) },
      }),
    );
    const counts = aggregations?.counts as { buckets?: { key: unknown; doc_count: number }[] } | undefined;
    return (counts?.buckets ?? []).map(({ key, doc_count: count }) => ({
      key: typeof key === 'object' ? (key as { time: number }).time : (key as string),
      count,
    }));
  }

  async refresh(): Promise<void> {
    await asking('refresh', () => this.#client.indices.refresh({ index: `${this.#names.all}-*` }));
  }

  async eraseVisit(visitId: string): Promise<void> {
    const query: estypes.QueryDslQueryContainer = { term: { visitId } };
    for (const entity of indexEntities) if (entity !== 'identity') await this.#remove(entity, query);
  }

  async eraseIdentity(identityId: string): Promise<void> {
    const query: estypes.QueryDslQueryContainer = { term: { identityId } };
    await this.#remove('association', query);
    await this.#remove('identity', query);
  }

  /** Removes what matches, page by page; what was written just before is made findable first. */
  async #remove(entity: IndexEntity, query: estypes.QueryDslQueryContainer): Promise<void> {
    const index = this.#names.pattern(entity);
    for (;;) {
      await asking('refresh', () => this.#client.indices.refresh({ index }));
      const { hits } = await asking('search', () =>
        this.#client.search({ index, query, size: removedMax, _source: false }),
      );
      if (hits.hits.length === 0) return;
      const { items } = await asking('bulk', () =>
        this.#client.bulk({
          operations: hits.hits.map(({ _index, _id }) => ({ delete: { _index, _id: _id as string } })),
        }),
      );
      const kept = items.find(({ delete: item }) => (item?.status ?? 500) >= 400 && item?.status !== 404);
      if (kept !== undefined) {
        throw new AppError('OVERLOADED', 'Elasticsearch did not remove a document that it was asked to');
      }
    }
  }

  async clear(): Promise<void> {
    await this.#dropIndices(() => true);
  }

  async purge(): Promise<void> {
    const nowMs = Date.now();
    await this.#dropIndices((entity, startMs) => {
      const keptMs = this.#keepMs(entity);
      return startMs !== undefined && keptMs > 0 && startMs + dayMs + keptMs <= nowMs;
    });
    for (const entity of indexEntities) {
      await this.#remove(entity, { range: { expiresAt: { lte: nowMs } } });
    }
  }

  /** Drops indices by their full names, one at a time: a pattern could reach what is not ours. */
  async #dropIndices(drops: (entity: IndexEntity, startMs: number | undefined) => boolean): Promise<void> {
    const known = await asking('indices', () =>
      this.#client.indices.get({
        index: `${this.#names.all}-*`,
        filter_path: '*.settings.index.provided_name',
      }),
    );
    for (const index of Object.keys(known)) {
      const place = this.#names.read(index);
      if (place === undefined || !drops(place.entity, place.dayMs)) continue;
      await asking('removal', () => this.#client.indices.delete({ index, ignore_unavailable: true }));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#purging);
    await this.#client.close();
  }
}

function keepSeconds(retention: Retention, entity: IndexEntity): number {
  // A tie between a visit and an identity goes with the visit.
  return retention[entity === 'association' ? 'visit' : entity] ?? retention.all ?? 0;
}

function* outgoing(
  rows: readonly Row[],
  onDamaged: (source: number, error: unknown) => void,
): Generator<Outgoing> {
  for (const [source, row] of rows.entries()) {
    let documents: IndexDocument[];
    try {
      documents = documentsOf(row);
    } catch (error) {
      onDamaged(source, error);
      continue;
    }
    for (const document of documents) yield { document, source, version: row.version };
  }
}

function countAggregation(by: CountBy): estypes.AggregationsAggregationContainer {
  if (by.kind === 'values') return { terms: { field: by.field, size: by.limit } };
  const time = { date_histogram: { field: '@timestamp', calendar_interval: by.interval } } as const;
  return { composite: { size: searchLimits.countsMax, sources: [{ time }] } };
}
