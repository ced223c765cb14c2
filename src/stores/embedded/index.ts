export { openEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.js';
export type { Retention } from './row-groups.js';
