export { openEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.js';
export { openStoreReader, type StoreReader } from './reader.js';
export { workerFile } from './worker-file.js';
