/** Finds what each name in an expression stands for, and refuses what cannot be compared or called. */
import { closestName, type Place } from '../../base/index.js';
import type { Comparison, Expression } from '../language/ast.js';
import { temporalByName } from '../language/operators.js';
import type { Problems } from '../language/problems.js';
import { checkRegex } from '../engine/regex.js';
import type { FactField, FactType } from './fact-types.js';
import { methodByName, methodNames } from './methods.js';
import type { Scope, Self } from './scope.js';
import type { Constant, Value, ValueType } from './values.js';

export interface ResolveContext {
  readonly problems: Problems;
  readonly types: ReadonlyMap<string, FactType>;
  readonly scope: Scope;
  readonly self: Self | null;
  readonly globals: ReadonlySet<string>;
}

/** Stands in for what could not be resolved, so that one mistake is reported once. */
const unknown: Value = { op: 'const', value: null, type: 'any' };

export function resolveExpression(expression: Expression, context: ResolveContext): Value {
  switch (expression.kind) {
    case 'literal':
      return constant(expression.value);
    case 'list':
      return {
        op: 'list',
        items: expression.items.map((item) => resolveExpression(item, context)),
        type: 'list',
      };
    case 'name':
      return resolveName(expression.name, expression.at, context);
    case 'member':
      return resolveMember(expression, context);
    case 'index':
      return resolveIndex(expression, context);
    case 'call':
      return resolveCall(expression, context);
    case 'new':
      context.problems.error(
        expression.at,
        'new can stand only in an insert',
        'Write insert( new Type( … ) );',
      );
      return unknown;
    case 'unary':
      return resolveUnary(expression, context);
    case 'arithmetic':
      return resolveArithmetic(expression, context);
    case 'compare':
      return resolveComparison(expression, context);
    case 'all':
    case 'any': {
      const items = expression.items.map((item) => resolveTest(item, context));
      return { op: expression.kind, items, type: 'boolean' };
    }
  }
}

/** An expression that must be true or false. */
export function resolveTest(expression: Expression, context: ResolveContext): Value {
  const value = resolveExpression(expression, context);
  if (value.type === 'boolean' || value.type === 'any') return value;
  const suggestion =
    value.op === 'field' || value.op === 'fact' ? 'Compare it, for example with == or contains.' : undefined;
  context.problems.error(
    expression.at,
    `a condition must be true or false, but this is ${said(value.type)}`,
    suggestion,
  );
  return value;
}

function constant(value: Constant): Value {
  const type = value === null ? 'null' : (typeof value as ValueType);
  return { op: 'const', value, type };
}

function resolveName(name: string, at: Place, context: ResolveContext): Value {
  const { self, scope, problems } = context;
  if (name === 'this') {
    if (self !== null) return { op: 'fact', position: self.position, factType: self.factType, type: 'fact' };
    problems.error(at, '"this" means something only inside a pattern');
    return unknown;
  }
  if (self !== null) {
    const field = self.factType.fields.get(name);
    if (field !== undefined) return { op: 'field', position: self.position, key: name, type: field.type };
  }
  const variable = scope.find(name);
  if (variable !== undefined) return variable;
  if (context.globals.has(name)) {
    problems.error(
      at,
      `the global ${name} has no value here`,
      'Write the value itself, or keep it in a declared fact.',
    );
    return unknown;
  }
  const known = [...(self?.factType.fields.keys() ?? []), ...scope.names()];
  const meant = closestName(name, known);
  if (name.startsWith('$'))
    problems.error(
      at,
      `${name} is not bound before this place`,
      meant === undefined ? `Bind it first: ${name} : …` : `Did you mean ${meant}?`,
    );
  else if (self === null)
    problems.error(
      at,
      `${name} is not known here`,
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    );
  else problems.error(at, `${self.factType.name} has no field ${name}`, fieldAdvice(self.factType, name));
  return unknown;
}

export function fieldAdvice(factType: FactType, name: string): string {
  const meant = closestName(name, factType.fields.keys());
  const data = factType.fields.has('data') ? `data["${name}"] for what the site sent` : '';
  if (meant !== undefined) return `Did you mean ${meant}${data === '' ? '' : `, or ${data}`}?`;
  if (data !== '') return `Write ${data}.`;
  return `Its fields are ${[...factType.fields.keys()].join(', ') || 'none'}.`;
}

/** `a.b`, and `a.getB()` and `a.isB()` as the same. */
function resolveMember(expression: Extract<Expression, { kind: 'member' }>, context: ResolveContext): Value {
  const target = resolveExpression(expression.target, context);
  return memberOf(target, expression.name, expression.at, context);
}

function memberOf(target: Value, name: string, at: Place, context: ResolveContext): Value {
  if (target.op === 'fact' || target.op === 'element') {
    const { factType } = target;
    const field = factType.fields.get(name);
    if (field !== undefined) return fieldOf(target, field);
    context.problems.error(at, `${factType.name} has no field ${name}`, fieldAdvice(factType, name));
    return unknown;
  }
  if (target.type === 'map') return { op: 'get', target, key: constant(name), type: 'any' };
  if (target.type === 'any') return { op: 'get', target, key: constant(name), type: 'any' };
  const method =
    name === 'size' || name === 'length' || name === 'empty'
      ? methodByName.get(name === 'empty' ? 'isEmpty' : name)
      : undefined;
  if (method?.targets.includes(target.type) === true)
    return { op: 'call', name: method.name, target, args: [], type: method.type };
  context.problems.error(at, `${said(target.type)} has no field ${name}`);
  return unknown;
}

function fieldOf(target: Extract<Value, { op: 'fact' | 'element' }>, field: FactField): Value {
  if (target.op === 'fact')
    return { op: 'field', position: target.position, key: field.name, type: field.type };
  return { op: 'fieldOf', target, key: field.name, type: field.type };
}

function resolveIndex(expression: Extract<Expression, { kind: 'index' }>, context: ResolveContext): Value {
  const target = resolveExpression(expression.target, context);
  const key = resolveExpression(expression.key, context);
  return elementOf(target, key, expression.at, context);
}

function elementOf(target: Value, key: Value, at: Place, context: ResolveContext): Value {
  if (target.type !== 'map' && target.type !== 'list' && target.type !== 'any') {
    context.problems.error(at, `${said(target.type)} has no elements`);
    return unknown;
  }
  if (target.op === 'field' && target.key === 'data' && key.op !== 'const') {
    context.problems.error(at, 'the key of data must be written out', 'Write data["key"] with a string.');
    return unknown;
  }
  if (target.op === 'result' && target.factType !== null)
    return { op: 'element', target, key, factType: target.factType, type: 'fact' };
  return {
    op: 'get',
    target,
    key,
    type: target.op === 'field' && target.key === 'categories' ? 'string' : 'any',
  };
}

function resolveCall(call: Extract<Expression, { kind: 'call' }>, context: ResolveContext): Value {
  const { at, name } = call;
  if (call.target === null) {
    context.problems.error(
      at,
      `${name}( … ) is not a function of conditions`,
      `Functions are called on a value: ${methodNames.slice(0, 6).join(', ')}, …`,
    );
    return unknown;
  }
  const target = resolveExpression(call.target, context);
  const args = call.args.map((arg) => resolveExpression(arg, context));
  const property = /^(?:get|is)([A-Z]\w*)$/.exec(name)?.[1];
  if (property !== undefined && args.length === 0 && (target.op === 'fact' || target.op === 'element')) {
    const fields = target.factType.fields;
    const names = [property.charAt(0).toLowerCase() + property.slice(1), property];
    return memberOf(target, names.find((candidate) => fields.has(candidate)) ?? names[0] ?? '', at, context);
  }
  if (name === 'get' && args.length === 1) return elementOf(target, args[0] ?? unknown, at, context);
  const method = methodByName.get(name);
  if (method === undefined) {
    const meant = closestName(name, methodNames);
    context.problems.error(
      at,
      `"${name}" is not a function`,
      meant === undefined ? `Functions are ${methodNames.join(', ')}.` : `Did you mean ${meant}?`,
    );
    return unknown;
  }
  if (args.length !== method.args.length)
    context.problems.error(at, `${name} takes ${method.args.length} arguments, not ${args.length}`);
  if (target.type !== 'any' && !method.targets.includes(target.type))
    context.problems.error(at, `${said(target.type)} has no function ${name}`);
  if (name === 'matches' && args[0] !== undefined) checkPattern(args[0], at, context);
  return { op: 'call', name, target, args, type: method.type };
}

function resolveUnary(expression: Extract<Expression, { kind: 'unary' }>, context: ResolveContext): Value {
  if (expression.operator === '!')
    return { op: 'invert', value: resolveTest(expression.value, context), type: 'boolean' };
  const value = resolveExpression(expression.value, context);
  if (value.op === 'const' && typeof value.value === 'number') return constant(-value.value);
  if (value.type !== 'number' && value.type !== 'any')
    context.problems.error(expression.at, `"-" needs a number, but this is ${said(value.type)}`);
  return { op: 'negate', value, type: 'number' };
}

function resolveArithmetic(
  expression: Extract<Expression, { kind: 'arithmetic' }>,
  context: ResolveContext,
): Value {
  const { operator, at } = expression;
  const left = resolveExpression(expression.left, context);
  const right = resolveExpression(expression.right, context);
  const texts = left.type === 'string' || right.type === 'string';
  if (operator !== '+' || !texts) {
    for (const side of [left, right]) {
      if (side.type === 'number' || side.type === 'any') continue;
      context.problems.error(at, `"${operator}" needs numbers, but one side is ${said(side.type)}`);
    }
  }
  const type =
    operator !== '+'
      ? 'number'
      : texts
        ? 'string'
        : left.type === 'number' && right.type === 'number'
          ? 'number'
          : 'any';
  return { op: 'arithmetic', operator, left, right, type };
}

function resolveComparison(expression: Comparison, context: ResolveContext): Value {
  const { operator, negated, parameters, at } = expression;
  const left = resolveExpression(expression.left, context);
  const right = resolveExpression(expression.right, context);
  const value: Value = { op: 'compare', operator, negated, parameters, left, right, type: 'boolean' };
  if (left === unknown || right === unknown) return value;
  if (temporalByName.has(operator)) checkTemporal(operator, left, right, at, context);
  else if (operator === '==' || operator === '!=') checkEquality(left, right, at, context);
  else if (operator === 'contains') checkContains(left, right, at, context);
  else if (operator === 'memberOf') checkMember(right, at, context);
  else if (operator === 'matches') checkPattern(right, at, context);
  else if (operator === 'in') return value;
  else if (operator.startsWith('str')) checkText(operator, left, right, at, context);
  else checkOrder(operator, left, right, at, context);
  return value;
}

function checkTemporal(
  operator: string,
  left: Value,
  right: Value,
  at: Place,
  { problems }: ResolveContext,
): void {
  for (const side of [left, right]) {
    const isEvent = (side.op === 'fact' || side.op === 'element') && side.factType.isEvent;
    if (isEvent) continue;
    const name = side === left ? 'left' : 'right';
    problems.error(
      at,
      `${operator} compares two events, but its ${name} side is ${said(side.type)}`,
      `Write this ${operator} $event.`,
    );
    return;
  }
}

function checkEquality(left: Value, right: Value, at: Place, { problems }: ResolveContext): void {
  if (
    (left.type === 'fact') !== (right.type === 'fact') &&
    left.type !== 'null' &&
    right.type !== 'null' &&
    left.type !== 'any' &&
    right.type !== 'any'
  ) {
    problems.error(
      at,
      `a fact cannot equal ${said(left.type === 'fact' ? right.type : left.type)}`,
      'Compare one of its fields, or write this == $fact.',
    );
  }
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (side.type === 'list' && other.type === 'string')
      problems.error(at, 'a list cannot equal a text', 'Write contains instead of ==.');
    if (
      side.type === 'number' &&
      side.op !== 'const' &&
      other.op === 'const' &&
      typeof other.value === 'string' &&
      Number.isNaN(Number(other.value))
    ) {
      problems.error(at, `a number cannot equal the text "${other.value}"`);
    }
    if (side.type === 'boolean' && other.type === 'number')
      problems.error(at, 'true or false cannot equal a number');
  }
}

function checkContains(left: Value, right: Value, at: Place, { problems }: ResolveContext): void {
  if (left.type === 'number' || left.type === 'boolean' || left.type === 'fact') {
    problems.error(
      at,
      `contains needs a list or a text on its left, but this is ${said(left.type)}`,
      'Write == to compare.',
    );
  }
  if (left.type === 'string' && right.type === 'number')
    problems.error(at, 'a text contains texts only', 'Put the number into quotes.');
}

function checkMember(right: Value, at: Place, { problems }: ResolveContext): void {
  if (right.type === 'list' || right.type === 'any' || right.type === 'map') return;
  problems.error(
    at,
    `memberOf needs a list on its right, but this is ${said(right.type)}`,
    'Write in ( "a", "b" ) or == instead.',
  );
}

function checkPattern(right: Value, at: Place, { problems }: ResolveContext): void {
  if (right.op !== 'const' || typeof right.value !== 'string') {
    problems.error(at, 'the regular expression of matches must be written out', 'Write matches "…".');
    return;
  }
  const problem = checkRegex(right.value);
  if (problem !== undefined) problems.error(at, problem.message, problem.suggestion);
}

function checkText(
  operator: string,
  left: Value,
  right: Value,
  at: Place,
  { problems }: ResolveContext,
): void {
  if (left.type !== 'string' && left.type !== 'any')
    problems.error(at, `${operator} needs a text on its left, but this is ${said(left.type)}`);
  const wanted: ValueType = operator === 'str[length]' ? 'number' : 'string';
  if (right.type !== wanted && right.type !== 'any')
    problems.error(at, `${operator} needs ${said(wanted)} on its right, but this is ${said(right.type)}`);
}

function checkOrder(
  operator: string,
  left: Value,
  right: Value,
  at: Place,
  { problems }: ResolveContext,
): void {
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (side.type === 'list' || side.type === 'map' || side.type === 'fact' || side.type === 'boolean') {
      problems.error(
        at,
        `"${operator}" cannot order ${said(side.type)}`,
        side.type === 'list' ? 'Compare its size().' : undefined,
      );
      return;
    }
    if (
      side.type === 'number' &&
      other.op === 'const' &&
      typeof other.value === 'string' &&
      Number.isNaN(Number(other.value))
    ) {
      problems.error(at, `a number cannot be compared with the text "${other.value}"`);
    }
    if (side.type === 'string' && side.op === 'field' && other.type === 'number' && other.op === 'const') {
      problems.error(
        at,
        `${side.key} is a text and has no order with a number`,
        'Compare it with ==, contains or matches.',
      );
    }
  }
}

const words: Readonly<Record<ValueType, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
  any: 'a value',
  null: 'null',
  fact: 'a fact',
};

export function said(type: ValueType): string {
  return words[type];
}
