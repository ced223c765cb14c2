export { rebuildIndex, type RebuildOptions, type RebuildProgress } from './rebuild-index.js';
