export type { Done, Outcome } from './activation.js';
export { cacheNames, type CacheFigures, type CacheName } from './cache.js';
export type { CacheSizes } from './cells.js';
export {
  openDocumentSets,
  type DeployedPackage,
  type DocumentSets,
  type DocumentSetsOptions,
  type DocumentSnapshot,
} from './document-sets.js';
export type { Observer } from './effects.js';
export { decodeInput, encodeInput } from './journal-codec.js';
export { journalLog, type InputLog, type LogEntry } from './input-log.js';
export {
  createRuntime,
  type RecoverySummary,
  type Runtime,
  type RuntimeFigures,
  type RuntimeOptions,
} from './runtime.js';
