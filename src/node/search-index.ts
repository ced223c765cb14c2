/** Opens the search index that the options ask for: in Elasticsearch, or in a file of this node. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Options } from '../config/index.js';
import {
  type ElasticConnection,
  openElasticIndex,
  openEmbeddedIndex,
  type Retention,
  type SearchIndex,
} from '../stores/index.js';

/** Undefined when `elasticsearch/enabled` is false. Throws `AppError` when the node's own file cannot be used. */
export async function openSearchIndex(
  options: Options,
  retention: Retention,
  logger: Logger,
): Promise<SearchIndex | undefined> {
  const { elasticsearch, cassandraKeyspace, beckon } = options;
  if (!elasticsearch.enabled) return undefined;
  const connection = elasticConnectionOf(options);
  if (connection === undefined) {
    return openEmbeddedIndex({ file: join(beckon.dataFolder, 'index.sqlite'), retention });
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
