/**
 * What a document may hold, so that nothing a site or a visitor sends can break indexing: free data without
 * keys that no index takes, texts that are well-formed and end somewhere.
 */
import type { JsonObject, JsonValue } from '../../base/index.js';

export const documentLimits = {
  /**
   * A keyword beyond it is kept and shown, but not compared; 4 bytes a character stay below Lucene's
   * 32,766.
   */
  keywordLengthMax: 8_000,
  /** A leaf of free data beyond it is kept and shown, but not compared. */
  leafLengthMax: 1_024,
  /** A key of free data beyond it is left out with all that is under it; so is one with a NUL. */
  keyLengthMax: 256,
  /** All keys from the top to a leaf. */
  pathLengthMax: 2_048,
  /** Leaves of one tree; the rest is left out. */
  leavesMax: 1_000,
  transcriptLengthMax: 100_000,
} as const;

/** `tree` without keys that cannot be indexed and without leaves beyond the bound. */
export function boundedTree(tree: JsonObject): JsonObject {
  const left = { leaves: documentLimits.leavesMax };
  return boundedObject(tree, documentLimits.pathLengthMax, left);
}

interface Left {
  leaves: number;
}

function boundedObject(object: JsonObject, pathLeft: number, left: Left): JsonObject {
  const bounded: JsonObject = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined || left.leaves <= 0) continue;
    if (key.length > documentLimits.keyLengthMax || key.length > pathLeft || key.includes('\0')) continue;
    // A key such as `__proto__` is data like any other.
    Object.defineProperty(bounded, key.toWellFormed(), {
      value: boundedValue(value, pathLeft - key.length - 1, left),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return bounded;
}

function boundedValue(value: JsonValue, pathLeft: number, left: Left): JsonValue {
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (const item of value) if (left.leaves > 0) items.push(boundedValue(item, pathLeft, left));
    return items;
  }
  if (typeof value === 'object' && value !== null) return boundedObject(value, pathLeft, left);
  left.leaves--;
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** Every leaf of a tree that is compared, as its path below the tree and its text. */
export function* leavesOf(value: JsonValue, path = ''): Generator<[path: string, text: string]> {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* leavesOf(item, path);
  } else if (typeof value === 'object') {
    for (const [key, child] of Object.entries(value)) {
      yield* leavesOf(child, path === '' ? key : `${path}.${key}`);
    }
  } else {
    const text = String(value);
    if (text.length <= documentLimits.leafLengthMax) yield [path, text];
  }
}
