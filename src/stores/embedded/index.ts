export { openEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.js';
export { openStoreReader, type StoreReader } from './reader.js';
export type { Retention } from './row-groups.js';
export { workerFile } from './worker-file.js';
