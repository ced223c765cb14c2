/** Collects the mistakes of one text, so that a reader can go on after each and report several together. */
import type { RuleError, RuleWarning } from '../types.js';

/** Where something stands in the text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Unwinds the reader to the nearest place from which it can go on. Never leaves the room. */
export class ReadStop extends Error {
  override readonly name = 'ReadStop';
}

/** A text with more mistakes than this is reported up to here: the rest would not help its author. */
const errorsMax = 50;

export class Problems {
  readonly errors: RuleError[] = [];
  readonly warnings: RuleWarning[] = [];
  readonly #seen = new Set<string>();

  /** Notes a mistake; the same message at the same place is noted once. */
  error(at: Place, message: string, suggestion?: string): void {
    const key = `${at.line}:${at.column}:${message}`;
    if (this.#seen.has(key) || this.errors.length >= errorsMax) return;
    this.#seen.add(key);
    const { line, column } = at;
    this.errors.push(
      suggestion === undefined ? { line, column, message } : { line, column, message, suggestion },
    );
  }

  warn(at: Place, rule: string | null, kind: RuleWarning['kind'], message: string): void {
    const key = `${at.line}:${at.column}:${message}`;
    if (this.#seen.has(key) || this.warnings.length >= errorsMax) return;
    this.#seen.add(key);
    this.warnings.push({ line: at.line, column: at.column, rule, kind, message });
  }
}

/** The word among `known` that `word` was most likely meant to be, if any is near enough. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance, given up at `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[right.length] ?? limit;
}
