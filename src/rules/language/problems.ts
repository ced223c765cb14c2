/** Collects the mistakes of one text, so that a reader can go on after each and report several together. */
import type { Place } from '../../base/index.js';
import type { RuleError, RuleWarning } from '../types.js';

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
