export { boundedTree, documentLimits, leavesOf } from './bounds.js';
export { checkCount, checkSearch, type Cursor, readCursor, writeCursor } from './conditions.js';
export { documentsOf } from './documents.js';
export { commonFields, fieldOf, indexFields, type IndexField, type IndexFieldKind } from './fields.js';
export { wordsOf, wordsOfDocument } from './words.js';
