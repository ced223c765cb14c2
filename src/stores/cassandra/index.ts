export {
  openCassandraStore,
  type CassandraFigures,
  type CassandraStore,
  type CassandraStoreOptions,
} from './cassandra-store.js';
export type { ConnectionSettings, ContactPoint, TlsSettings } from './connection.js';
export { type SchemaStep, schemaSteps } from './schema.js';
export { type CassandraTable, type DataCompression, cassandraTables } from './tables.js';
