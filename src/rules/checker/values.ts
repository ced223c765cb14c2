/**
 * Expressions after names and types are known: what the compiler turns into functions and the checker
 * reasons about.
 */
import type { FactType } from './fact-types.js';

export type ValueType = 'string' | 'number' | 'boolean' | 'list' | 'map' | 'any' | 'null' | 'fact';

export type Constant = string | number | boolean | null;

/** `position` is the place of a fact or result in a match. */
export type Value =
  | { readonly op: 'const'; readonly value: Constant; readonly type: ValueType }
  | { readonly op: 'list'; readonly items: readonly Value[]; readonly type: 'list' }
  | { readonly op: 'field'; readonly position: number; readonly key: string; readonly type: ValueType }
  | { readonly op: 'fact'; readonly position: number; readonly factType: FactType; readonly type: 'fact' }
  | {
      readonly op: 'result';
      readonly position: number;
      readonly index: number;
      readonly type: ValueType;
      /** For lists of facts: their type. */
      readonly factType: FactType | null;
    }
  | { readonly op: 'get'; readonly target: Value; readonly key: Value; readonly type: ValueType }
  /** A fact taken out of a collected list. */
  | {
      readonly op: 'element';
      readonly target: Value;
      readonly key: Value;
      readonly factType: FactType;
      readonly type: 'fact';
    }
  /** A field of a fact that is itself computed. */
  | { readonly op: 'fieldOf'; readonly target: Value; readonly key: string; readonly type: ValueType }
  | {
      readonly op: 'call';
      readonly name: string;
      readonly target: Value;
      readonly args: readonly Value[];
      readonly type: ValueType;
    }
  | { readonly op: 'negate' | 'invert'; readonly value: Value; readonly type: ValueType }
  | {
      readonly op: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '%';
      readonly left: Value;
      readonly right: Value;
      readonly type: ValueType;
    }
  | {
      readonly op: 'compare';
      readonly operator: string;
      readonly negated: boolean;
      readonly parameters: readonly number[];
      readonly left: Value;
      readonly right: Value;
      readonly type: 'boolean';
    }
  | { readonly op: 'all' | 'any'; readonly items: readonly Value[]; readonly type: 'boolean' };

export function childrenOf(value: Value): readonly Value[] {
  switch (value.op) {
    case 'const':
    case 'field':
    case 'fact':
    case 'result':
      return [];
    case 'list':
    case 'all':
    case 'any':
      return value.items;
    case 'get':
    case 'element':
      return [value.target, value.key];
    case 'fieldOf':
      return [value.target];
    case 'call':
      return [value.target, ...value.args];
    case 'negate':
    case 'invert':
      return [value.value];
    case 'arithmetic':
    case 'compare':
      return [value.left, value.right];
  }
}

/** Adds every position that `value` reads to `into`. */
export function collectPositions(value: Value, into: Set<number>): Set<number> {
  if (value.op === 'field' || value.op === 'fact' || value.op === 'result') into.add(value.position);
  for (const child of childrenOf(value)) collectPositions(child, into);
  return into;
}

/**
 * The same text for the same meaning, whatever the names: the key under which equal conditions are shared.
 */
export function keyOf(value: Value, self: number): string {
  switch (value.op) {
    case 'const':
      return JSON.stringify(value.value);
    case 'field':
      return value.position === self ? `.${value.key}` : `${value.position}.${value.key}`;
    case 'fact':
      return value.position === self ? 'this' : `#${value.position}`;
    case 'result':
      return `#${value.position}[${value.index}]`;
    case 'fieldOf':
      return `(${keyOf(value.target, self)}).${value.key}`;
    case 'call':
      return `${value.name}(${[value.target, ...value.args].map((item) => keyOf(item, self)).join()})`;
    case 'arithmetic':
      return `(${keyOf(value.left, self)}${value.operator}${keyOf(value.right, self)})`;
    case 'compare': {
      const parameters = value.parameters.length > 0 ? `[${value.parameters.join()}]` : '';
      return (
        `(${keyOf(value.left, self)} ` +
        `${value.negated ? '!' : ''}${value.operator}${parameters} ${keyOf(value.right, self)})`
      );
    }
    default:
      return `${value.op}(${childrenOf(value)
        .map((item) => keyOf(item, self))
        .join()})`;
  }
}
