export { boundedTree, documentLimits, leavesOf } from './bounds.js';
export { checkCount, checkSearch } from './conditions.js';
export { documentsOf } from './documents.js';
export { commonFields, fieldOf, indexFields, type IndexField, type IndexFieldKind } from './fields.js';
export { type Cursor, foundPage, readCursor } from './pages.js';
export { wordsOf, wordsOfDocument } from './words.js';
