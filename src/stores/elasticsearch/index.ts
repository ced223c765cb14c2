export type { ElasticConnection } from './connect.js';
export { type ElasticIndexOptions, openElasticIndex } from './elastic-index.js';
