export {
  cassandraTables,
  openCassandraStore,
  schemaSteps,
  type CassandraFigures,
  type CassandraStore,
  type CassandraStoreOptions,
  type CassandraTable,
  type SchemaStep,
} from './cassandra/index.js';
export { lockDataFolder, type DataFolderLock } from './data-folder-lock.js';
export {
  openEmbeddedStore,
  openStoreReader,
  workerFile,
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  type StoreReader,
} from './embedded/index.js';
export { type ElasticConnection, type ElasticIndexOptions, openElasticIndex } from './elasticsearch/index.js';
export { type EmbeddedIndexOptions, openEmbeddedIndex } from './embedded-index/index.js';
export { rebuildIndex, type RebuildOptions, type RebuildProgress } from './index-rebuild/index.js';
export { openJournal, type JournalOptions } from './journal/index.js';
export type { Journal, JournalEntry } from './journal.js';
export type { CellSnapshot, OperationalStore, RefusedRow, Row, RowSink } from './operational-store.js';
export type { Retention } from './retention.js';
export { createWriteBehind, type WriteBehindOptions } from './write-behind/index.js';
export type { ErasureTarget, SinkDefinition, SinkFigures, WriteBehind } from './write-behind.js';
export {
  type Condition,
  type CountBy,
  type Found,
  type IndexCount,
  type IndexDocument,
  indexEntities,
  type IndexEntity,
  type IndexSearch,
  type IndexWriteMode,
  type SearchIndex,
  searchLimits,
} from './search-index.js';
export { openVisitReader, type StoreSource, type VisitReader } from './visit-reader.js';
export { exportRows, importRows, type MovedCount, type OnProgress } from './moving/index.js';
export { movedEntities, type RowPages } from './row-pages.js';
