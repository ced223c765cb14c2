/** The names that a condition or action may use, and what they stand for. */
import type { FactType } from './fact-types.js';
import type { Value } from './values.js';

/** The pattern around an expression: its bare names are fields. */
export interface Self {
  readonly position: number;
  readonly factType: FactType;
}

export class Scope {
  readonly #outer: Scope | null;
  readonly #names = new Map<string, Value>();

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  find(name: string): Value | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }

  define(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  names(): string[] {
    return [...this.#names.keys(), ...(this.#outer?.names() ?? [])];
  }
}
