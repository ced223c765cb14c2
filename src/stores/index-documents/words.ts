/**
 * The words of a text, split here and not by an index, so that every implementation finds the same documents.
 */
import { type JsonValue } from '../../base/index.js';
import type { IndexDocument } from '../search-index.js';
import { leavesOf } from './bounds.js';
import { indexFields } from './fields.js';

/**
 * Scripts without blanks between words are split by character; other letters, marks and digits are joined.
 */
const unspaced = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const wordPattern = new RegExp(`[${unspaced}]|(?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** A longer run is no word that anybody looks for. */
const wordLengthMax = 100;
const documentWordsMax = 20_000;

/** Words in lower case, each once, in the order of their first coming. */
export function wordsOf(text: string, wordsMax = documentWordsMax): string[] {
  const words = new Set<string>();
  for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(wordPattern)) {
    if (word.length <= wordLengthMax) words.add(word);
    if (words.size >= wordsMax) break;
  }
  return [...words];
}

/** The words by which a document is found, joined with blanks. */
export function wordsOfDocument(document: IndexDocument): string {
  const texts: string[] = [];
  for (const [name, { kind, words }] of Object.entries(indexFields[document.entity])) {
    if (words === undefined) continue;
    const value = document[name];
    if (typeof value === 'string') texts.push(value);
    else if (kind === 'tree') for (const [, text] of leavesOf(value as JsonValue)) texts.push(text);
  }
  return wordsOf(texts.join('\n')).join(' ');
}
