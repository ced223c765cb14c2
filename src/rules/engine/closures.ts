/** Turns checked expressions into functions of a match. */
import { unreachable } from '../../base/index.js';
import { type FactType, eventTypeName } from '../checker/fact-types.js';
import type { Value } from '../checker/values.js';
import { temporalByName } from '../language/operators.js';
import { contains, equal, hasCategory, memberOf, order, toNumber, toText } from './comparisons.js';
import { dataKey, eventReader } from './event-fields.js';
import type { Match, Reader, Test } from './network.js';
import { compileRegex } from './regex.js';
import type { Workspace } from './workspace.js';

/** How the facts at hand are read. */
export interface ClosureContext {
  readonly workspace: Workspace;
  /** The position whose fact is being inserted, for conditions on it alone; -1 otherwise. */
  readonly self: number;
  /** The type of the fact at a position. */
  typeAt(position: number): FactType;
  /** The number under which a field of an event is remembered. */
  fieldIndex(position: number, key: string): number;
}

export function compileTest(value: Value, context: ClosureContext): Test {
  if (value.op === 'compare') return compileComparison(value, context);
  if (value.op === 'all' || value.op === 'any') return compileItems(value.op, value.items, context);
  if (value.op === 'invert') {
    const inner = compileTest(value.value, context);
    return (match) => !inner(match);
  }
  const read = compileReader(value, context);
  return (match) => isTrue(read(match));
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function compileItems(op: 'all' | 'any', items: readonly Value[], context: ClosureContext): Test {
  const tests = items.map((item) => compileTest(item, context));
  const [first, second] = tests;
  if (first !== undefined && second !== undefined && tests.length === 2) {
    return op === 'all' ? (match) => first(match) && second(match) : (match) => first(match) || second(match);
  }
  return op === 'all'
    ? (match) => tests.every((test) => test(match))
    : (match) => tests.some((test) => test(match));
}

export function compileReader(value: Value, context: ClosureContext): Reader {
  const { workspace } = context;
  switch (value.op) {
    case 'const': {
      const constant = value.value;
      return () => constant;
    }
    case 'list': {
      const items = value.items.map((item) => compileReader(item, context));
      return (match) => items.map((item) => item(match));
    }
    case 'field':
      return fieldReader(value.position, value.key, context);
    case 'fact': {
      const { position } = value;
      if (position === context.self) return () => workspace.testedSlot;
      return (match) => match[position];
    }
    case 'result': {
      const { position, index } = value;
      return (match) => (match[position] as readonly unknown[])[index];
    }
    case 'get':
      return getReader(value, context);
    case 'element': {
      const target = compileReader(value.target, context);
      const key = compileReader(value.key, context);
      return (match) => memberOf(target(match), key(match));
    }
    case 'fieldOf': {
      const target = compileReader(value.target, context);
      const factType = value.target.op === 'element' ? value.target.factType : undefined;
      const read = slotReader(factType, value.key, context);
      return (match) => {
        const slot = target(match);
        return typeof slot === 'number' ? read(slot) : null;
      };
    }
    case 'call':
      return compileCall(value, context);
    case 'negate': {
      const inner = compileReader(value.value, context);
      return (match) => {
        const number = toNumber(inner(match));
        return number === null ? null : -number;
      };
    }
    case 'arithmetic':
      return compileArithmetic(value, context);
    case 'invert':
    case 'compare':
    case 'all':
    case 'any':
      return compileTest(value, context);
    default:
      return unreachable(value, 'value');
  }

  function slotReader(
    factType: FactType | undefined,
    key: string,
    inner: ClosureContext,
  ): (slot: number) => unknown {
    if (factType === undefined || factType.name === eventTypeName) {
      if (key === 'timestamp') return (slot) => (workspace.session.base ?? 0) + workspace.timeOf(slot);
      const field = inner.fieldIndex(-1, key);
      return (slot) => workspace.readEvent(slot, field);
    }
    const index = [...factType.fields.keys()].indexOf(key);
    return (slot) => workspace.readFact(slot, index);
  }
}

function fieldReader(position: number, key: string, context: ClosureContext): Reader {
  const { workspace, self } = context;
  const factType = context.typeAt(position);
  if (factType.name !== eventTypeName) {
    const index = [...factType.fields.keys()].indexOf(key);
    if (position === self) return () => workspace.readFact(workspace.testedSlot, index);
    return (match) => workspace.readFact(match[position] as number, index);
  }
  if (position === self) {
    const read = eventReader(key);
    return () => (workspace.event === null ? null : read(workspace.event));
  }
  if (key === 'timestamp')
    return (match) => (workspace.session.base ?? 0) + workspace.timeOf(match[position] as number);
  const field = context.fieldIndex(position, key);
  return (match) => workspace.readEvent(match[position] as number, field);
}

/** `data["a"]` of an event is a field of its own, so that only what is asked for is remembered. */
function getReader(value: Extract<Value, { op: 'get' }>, context: ClosureContext): Reader {
  const path = pathOf(value);
  if (path !== undefined) return fieldReader(path.position, dataKey(path.keys), context);
  const target = compileReader(value.target, context);
  const key = compileReader(value.key, context);
  return (match) => memberOf(target(match), key(match));
}

/** The keys below `data`, when all are written out. */
function pathOf(value: Value): { position: number; keys: string[] } | undefined {
  if (value.op === 'field' && value.key === 'data') return { position: value.position, keys: [] };
  if (value.op !== 'get' || value.key.op !== 'const' || typeof value.key.value !== 'string') return undefined;
  const above = pathOf(value.target);
  return above === undefined
    ? undefined
    : { position: above.position, keys: [...above.keys, value.key.value] };
}

type ComparisonValue = Extract<Value, { op: 'compare' }>;

function compileComparison(value: ComparisonValue, context: ClosureContext): Test {
  const test = positiveComparison(value, context);
  return value.negated ? (match) => !test(match) : test;
}

function positiveComparison(value: ComparisonValue, context: ClosureContext): Test {
  const { operator } = value;
  const temporal = temporalByName.get(operator);
  if (temporal !== undefined) return temporalTest(value, temporal.range(value.parameters), context);
  const category = categoryTest(value, context);
  if (category !== undefined) return category;
  const left = compileReader(value.left, context);
  if (operator === 'matches') {
    const matches = compileRegex(value.right.op === 'const' ? toText(value.right.value) : '');
    return (match) => {
      const text = left(match);
      return text !== null && text !== undefined && matches(toText(text));
    };
  }
  const constant = value.right.op === 'const' ? value.right.value : undefined;
  if (typeof constant === 'string') {
    const test = constantTest(operator, left, constant);
    if (test !== undefined) return test;
  }
  const right = compileReader(value.right, context);
  switch (operator) {
    case '==':
      return (match) => equal(left(match), right(match));
    case '!=':
      return (match) => !equal(left(match), right(match));
    case '<':
      return (match) => order(left(match), right(match)) < 0;
    case '<=':
      return (match) => order(left(match), right(match)) <= 0;
    case '>':
      return (match) => order(left(match), right(match)) > 0;
    case '>=':
      return (match) => order(left(match), right(match)) >= 0;
    case 'contains':
      return (match) => contains(left(match), right(match));
    case 'memberOf':
    case 'in':
      return (match) => contains(right(match), left(match));
    case 'str[startsWith]':
      return (match) => withTexts(left(match), right(match), (text, part) => text.startsWith(part));
    case 'str[endsWith]':
      return (match) => withTexts(left(match), right(match), (text, part) => text.endsWith(part));
    default:
      return (match) => {
        const text = left(match);
        return typeof text === 'string' && equal(text.length, right(match));
      };
  }
}

/** `categories contains "x"` of the event at hand, without making the list. */
function categoryTest(value: ComparisonValue, context: ClosureContext): Test | undefined {
  const { left, right } = value;
  if (value.operator !== 'contains' || left.op !== 'field' || left.key !== 'categories') return undefined;
  if (left.position !== context.self || right.op !== 'const' || typeof right.value !== 'string')
    return undefined;
  const { workspace } = context;
  const name = right.value;
  return () => workspace.event !== null && hasCategory(workspace.event.category, name);
}

/** The shapes that most conditions have, without a second call. */
function constantTest(operator: string, left: Reader, constant: string): Test | undefined {
  switch (operator) {
    case '==':
      return (match) => {
        const value = left(match);
        return typeof value === 'string' ? value === constant : equal(value, constant);
      };
    case 'str[startsWith]':
      return (match) => withTexts(left(match), constant, (text, part) => text.startsWith(part));
    default:
      return undefined;
  }
}

function withTexts(left: unknown, right: unknown, test: (text: string, part: string) => boolean): boolean {
  if (left === null || left === undefined || right === null || right === undefined) return false;
  return test(toText(left), toText(right));
}

function temporalTest(
  value: ComparisonValue,
  [min, max]: readonly [number, number],
  context: ClosureContext,
): Test {
  const { workspace } = context;
  const left = compileReader(value.left, context);
  const right = compileReader(value.right, context);
  return (match) => {
    const difference = workspace.timeOf(left(match) as number) - workspace.timeOf(right(match) as number);
    return difference >= min && difference <= max;
  };
}

function compileArithmetic(value: Extract<Value, { op: 'arithmetic' }>, context: ClosureContext): Reader {
  const left = compileReader(value.left, context);
  const right = compileReader(value.right, context);
  const { operator } = value;
  const joins = value.type === 'string' || value.type === 'any';
  return (match) => {
    const [a, b] = [left(match), right(match)];
    if (operator === '+' && joins && (typeof a === 'string' || typeof b === 'string'))
      return toText(a) + toText(b);
    const [x, y] = [toNumber(a), toNumber(b)];
    if (x === null || y === null) return null;
    const result =
      operator === '+'
        ? x + y
        : operator === '-'
          ? x - y
          : operator === '*'
            ? x * y
            : operator === '/'
              ? x / y
              : x % y;
    return Number.isFinite(result) ? result : null;
  };
}

function compileCall(value: Extract<Value, { op: 'call' }>, context: ClosureContext): Reader {
  const target = compileReader(value.target, context);
  const [first] = value.args;
  const arg = first === undefined ? (): unknown => null : compileReader(first, context);
  if (value.name === 'matches') {
    const matches = compileRegex(first?.op === 'const' ? toText(first.value) : '');
    return (match) => {
      const text = target(match);
      return typeof text === 'string' && matches(text);
    };
  }
  const { name } = value;
  return (match) => callMethod(name, target(match), arg, match);
}

function callMethod(name: string, target: unknown, arg: Reader, match: Match): unknown {
  if (name === 'equals') return equal(target, arg(match));
  if (target === null || target === undefined) return name === 'isEmpty' ? true : null;
  const text = typeof target === 'string' ? target : '';
  switch (name) {
    case 'size':
      return Array.isArray(target)
        ? target.length
        : typeof target === 'object'
          ? Object.keys(target).length
          : null;
    case 'length':
      return text.length;
    case 'isEmpty':
      return Array.isArray(target)
        ? target.length === 0
        : typeof target === 'object'
          ? Object.keys(target).length === 0
          : text === '';
    case 'contains':
    case 'containsKey':
      return contains(target, arg(match));
    case 'startsWith':
      return withTexts(target, arg(match), (whole, part) => whole.startsWith(part));
    case 'endsWith':
      return withTexts(target, arg(match), (whole, part) => whole.endsWith(part));
    case 'equalsIgnoreCase':
      return toText(target).toLowerCase() === toText(arg(match)).toLowerCase();
    case 'toLowerCase':
      return toText(target).toLowerCase();
    case 'toUpperCase':
      return toText(target).toUpperCase();
    case 'trim':
      return toText(target).trim();
    case 'toString':
      return toText(target);
    case 'intValue':
    case 'longValue': {
      const number = toNumber(target);
      return number === null ? null : Math.trunc(number);
    }
    default:
      return toNumber(target);
  }
}
