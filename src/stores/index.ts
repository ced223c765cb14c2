export { lockDataFolder, type DataFolderLock } from './data-folder-lock.js';
export {
  openEmbeddedStore,
  openStoreReader,
  workerFile,
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  type Retention,
  type StoreReader,
} from './embedded/index.js';
export { openJournal, type JournalOptions } from './journal/index.js';
export type { Journal, JournalEntry } from './journal.js';
export type { CellSnapshot, OperationalStore, RefusedRow, Row, RowSink } from './operational-store.js';
export { createWriteBehind, type WriteBehindOptions } from './write-behind/index.js';
export type { ErasureTarget, SinkDefinition, SinkFigures, WriteBehind } from './write-behind.js';
