/**
 * What stands in the full-text table for a document: a token for each word, each value of a field, and each
 * leaf of free data. Hashes, so that no tokenizer of the database can see a boundary that we do not see.
 */
import { hash32, type JsonValue } from '../../base/index.js';
import { documentLimits, indexFields, leavesOf, wordsOfDocument } from '../index-documents/index.js';
import type { IndexDocument } from '../search-index.js';

function hash64(text: string): string {
  return hash32(text).toString(36) + hash32(text, 0x5bd1e995).toString(36).padStart(7, '0');
}

export function wordToken(word: string): string {
  return `w${hash64(word)}`;
}

export function valueToken(field: string, value: string): string {
  return `v${hash64(`${field}\0${value}`)}`;
}

/** Says that a tree has a leaf at that path, or for the path of the tree itself, any leaf. */
export function leafToken(path: string): string {
  return `l${hash64(path)}`;
}

/** All tokens of a document, each once, joined with blanks. */
export function tokensOf(document: IndexDocument): string {
  const tokens = new Set<string>();
  for (const word of wordsOfDocument(document).split(' ')) if (word !== '') tokens.add(wordToken(word));
  tokens.add(valueToken('id', document.id));
  for (const [field, { kind }] of Object.entries(indexFields[document.entity])) {
    if (kind === 'tree') addLeaves(tokens, field, document[field] as JsonValue | undefined);
    else if (kind !== 'text')
      for (const value of valuesAt(document, field)) tokens.add(valueToken(field, value));
  }
  return [...tokens].join(' ');
}

function addLeaves(tokens: Set<string>, field: string, tree: JsonValue | undefined): void {
  for (const [path, text] of leavesOf(tree ?? null)) {
    tokens.add(leafToken(field));
    tokens.add(leafToken(`${field}.${path}`));
    tokens.add(valueToken(`${field}.${path}`, text));
  }
}

/** The values of a field that are compared, as texts; `queues.at` is inside each item of `queues`. */
function valuesAt(document: IndexDocument, field: string): string[] {
  const [parent = field, child] = field.split('.');
  const value = document[parent];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items
    .map((item) => (child === undefined ? item : (item as Record<string, unknown> | undefined)?.[child]))
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map(String)
    .filter((text) => text.length <= documentLimits.keywordLengthMax);
}
