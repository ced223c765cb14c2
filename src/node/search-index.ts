/** Opens the search index that the options ask for: in Elasticsearch, or in a file of this node. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Configuration, Options } from '../config/index.js';
import {
  type ElasticConnection,
  indexEntities,
  openElasticIndex,
  openEmbeddedIndex,
  rebuildIndex,
  type Retention,
  type SearchIndex,
} from '../stores/index.js';
import type { RebuildRouteOptions } from '../transport/rest/index.js';
import {
  elasticBackend,
  embeddedBackend,
  gatewayPolicy,
  openSearchGateway,
  type SearchGateway,
} from '../transport/search-gateway/index.js';
import type { Storage } from './storage.js';

/** How long a rebuild waits for the store to have what was taken. */
const drainMs = 60_000;

/**
 * Undefined when `elasticsearch/enabled` is false. Throws `AppError` when the node's own file cannot be
 * used.
 */
export async function openSearchIndex(
  options: Options,
  retention: Retention,
  logger: Logger,
): Promise<SearchIndex | undefined> {
  const { elasticsearch, cassandraKeyspace, beckon } = options;
  if (!elasticsearch.enabled) return undefined;
  const connection = elasticConnectionOf(options);
  if (connection === undefined) {
    return openEmbeddedIndex({
      file: join(beckon.storeFolder ?? beckon.dataFolder, 'index.sqlite'),
      retention,
    });
  }
  return openElasticIndex({
    connection,
    name: cassandraKeyspace.name,
    shards: elasticsearch.shards,
    retention,
    onPurgeFailed: (error) => logger.warn({ err: error }, 'expired documents stay in the index for now'),
  });
}

/** How to reach the Elasticsearch cluster; undefined when the options name none. */
export function elasticConnectionOf({ elasticsearch }: Options): ElasticConnection | undefined {
  const { nodes, userName, password, certificateAuthority, requestTimeout } = elasticsearch;
  if (nodes === undefined || nodes.length === 0) return undefined;
  return {
    nodes,
    user: userName,
    password,
    caFile: certificateAuthority,
    requestTimeoutMs: requestTimeout * 1_000,
  };
}

/** What fills the index again; undefined when there is none. */
export function rebuildOf(
  { store, index, writeBehind }: Storage,
  logger: Logger,
): RebuildRouteOptions['rebuild'] {
  if (index === undefined) return undefined;
  return async ({ onlyMissing, sinceMs, untilMs }, signal, onProgress) => {
    logger.info({ onlyMissing, sinceMs, untilMs }, 'the search index is being rebuilt');
    const drained = (): Promise<void> => writeBehind.drained(undefined, drainMs);
    const options = { store, index, drained, onlyMissing, sinceMs, untilMs, signal, onProgress };
    try {
      const done = await rebuildIndex(options);
      logger.info(done, 'the search index has been rebuilt');
      return done;
    } catch (error) {
      logger.error({ err: error }, 'the search index was rebuilt in part only');
      throw error;
    }
  };
}

/** Opens the port of the search API; undefined when the options want none. */
export async function listenForSearches(
  { options }: Configuration,
  index: SearchIndex | undefined,
  version: string,
): Promise<SearchGateway | undefined> {
  const { elasticsearch } = options;
  if (!elasticsearch['http.enabled'] || index === undefined) return undefined;
  const policy = gatewayPolicy(elasticsearch);
  const connection = elasticConnectionOf(options);
  const prefix = options.cassandraKeyspace.name.toLowerCase();
  const { mask } = policy;
  const backend =
    connection === undefined
      ? embeddedBackend({ index, entities: indexEntities, prefix, version, mask })
      : elasticBackend(connection, mask);
  return openSearchGateway({
    host: elasticsearch['http.host'],
    port: elasticsearch['http.port'],
    policy,
    backend,
  });
}
