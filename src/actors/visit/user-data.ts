/** Copies fields of events to an interaction's user data, as section `userData` of the options says. */
import type { JsonObject } from '../../base/index.js';
import { visitBounds } from './state.js';

/** Whether `key` is named by one of `patterns`: a key, `*`, `prefix_*` or `*_suffix`. */
export function matchesPattern(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*' || pattern === key) return true;
    if (pattern.endsWith('*')) return key.startsWith(pattern.slice(0, -1));
    return pattern.startsWith('*') && key.endsWith(pattern.slice(1));
  });
}

/** Copies the scalar values of `data` that `patterns` name, as text, within the bounds. */
export function copyFields(
  patterns: readonly string[],
  data: JsonObject,
  into: Record<string, string>,
): void {
  if (patterns.length === 0) return;
  for (const [key, value] of Object.entries(data)) {
    if (!matchesPattern(patterns, key) || value === null || typeof value === 'object') continue;
    if (!(key in into) && Object.keys(into).length >= visitBounds.userFieldsMax) return;
    Object.defineProperty(into, key, {
      value: String(value).slice(0, visitBounds.userFieldLengthMax),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}
