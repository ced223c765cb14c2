/** Turns the conditions of one branch into nodes with positions, and finds what their names mean. */
import { closestName, type Place } from '../../base/index.js';
import type {
  AccumulateCondition,
  Condition,
  Constraint,
  Expression,
  PatternCondition,
} from '../language/ast.js';
import type { Problems } from '../language/problems.js';
import { type ResolveContext, resolveExpression, resolveTest } from './expression-resolver.js';
import type { FactType } from './fact-types.js';
import type { FlatCondition } from './or-expansion.js';
import type { AccumulateCallPlan, JoinPlan, NodePlan } from './plan.js';
import { Scope } from './scope.js';
import { type Value, type ValueType, childrenOf, collectPositions } from './values.js';

export interface BranchContext {
  readonly problems: Problems;
  readonly types: ReadonlyMap<string, FactType>;
  readonly globals: ReadonlySet<string>;
  /** Counts the positions given so far. */
  readonly positions: { next: number };
}

export function resolveConditions(
  conditions: readonly FlatCondition[],
  scope: Scope,
  context: BranchContext,
): NodePlan[] {
  return conditions.flatMap((condition) => resolveCondition(condition, scope, context));
}

function resolveCondition(condition: Condition, scope: Scope, context: BranchContext): NodePlan[] {
  const { at, text } = condition;
  switch (condition.kind) {
    case 'pattern':
      return resolvePattern(condition, scope, context);
    case 'not':
    case 'exists':
      return [
        { kind: condition.kind, inner: resolveCondition(condition.of, new Scope(scope), context), at, text },
      ];
    case 'and':
      return condition.items.flatMap((item) => resolveCondition(item, scope, context));
    case 'or':
      context.problems.error(
        at,
        'or cannot stand inside accumulate or collect',
        'Write || inside one pattern.',
      );
      return [];
    case 'forall':
      return [resolveForall(condition, scope, context)];
    case 'eval':
      return [
        { kind: 'test', test: resolveTest(condition.test, { ...context, scope, self: null }), at, text },
      ];
    case 'accumulate':
      return [resolveAccumulate(condition, scope, context)];
  }
}

function resolvePattern(pattern: PatternCondition, scope: Scope, context: BranchContext): NodePlan[] {
  const factType = typeOf(pattern, context);
  if (factType === undefined) return [];
  const position = context.positions.next++;
  const self = { position, factType };
  if (pattern.binding !== null)
    define(pattern.binding, { op: 'fact', ...self, type: 'fact' }, pattern.at, scope, context);
  const alpha: Value[] = [];
  const beta: Value[] = [];
  const listens = new Set<string>();
  for (const constraint of pattern.constraints) {
    const inner: ResolveContext = { ...context, scope, self };
    const test = resolveConstraint(constraint, inner, context);
    for (const value of test) {
      listen(value, position, listens);
      const positions = collectPositions(value, new Set());
      positions.delete(position);
      (positions.size === 0 ? alpha : beta).push(...(value.op === 'all' ? value.items : [value]));
    }
    if (constraint.bound !== null)
      listen(
        resolveExpression(constraint.bound, { ...inner, problems: context.problems }),
        position,
        listens,
      );
  }
  if (pattern.window !== null && !factType.isEvent) {
    context.problems.error(
      pattern.at,
      `a window needs events, but ${factType.name} is a plain fact`,
      `Declare it with @role( event ).`,
    );
  }
  const entryPoint = pattern.entryPoint === 'DEFAULT' ? null : pattern.entryPoint;
  return [
    {
      kind: 'join',
      position,
      factType,
      alpha,
      beta,
      window: pattern.window,
      entryPoint,
      listens,
      at: pattern.at,
      text: pattern.text,
    },
  ];
}

function resolveConstraint(constraint: Constraint, inner: ResolveContext, context: BranchContext): Value[] {
  if (constraint.binding !== null && constraint.bound !== null) {
    define(
      constraint.binding,
      resolveExpression(constraint.bound, inner),
      constraint.at,
      inner.scope,
      context,
    );
  }
  return constraint.test === null ? [] : [resolveTest(constraint.test, inner)];
}

function listen(value: Value, position: number, into: Set<string>): void {
  if (value.op === 'field' && value.position === position) into.add(value.key);
  for (const child of childrenOf(value)) listen(child, position, into);
}

function define(name: string, value: Value, at: Place, scope: Scope, { problems }: BranchContext): void {
  if (scope.find(name) !== undefined) problems.error(at, `${name} is already bound`, 'Choose another name.');
  scope.define(name, value);
}

const javaCollections = new Set([
  'List',
  'ArrayList',
  'Collection',
  'Set',
  'HashSet',
  'Number',
  'Integer',
  'Long',
  'Double',
]);

function typeOf(pattern: PatternCondition, { types, problems }: BranchContext): FactType | undefined {
  const found = types.get(pattern.type);
  if (found !== undefined) return found;
  if (javaCollections.has(pattern.type)) {
    problems.error(
      pattern.at,
      `${pattern.type}( … ) needs a source`,
      `Write ${pattern.type}( … ) from collect( … ) or from accumulate( … ).`,
    );
    return undefined;
  }
  const meant = closestName(pattern.type, types.keys());
  problems.error(
    pattern.at,
    `there is no type ${pattern.type}`,
    meant === undefined ? `Declare it: declare ${pattern.type} … end` : `Did you mean ${meant}?`,
  );
  return undefined;
}

/**
 * `forall( P Q )` says that no P is without its Q; `forall( P )` that no fact of the type fails P's tests.
 */
function resolveForall(
  condition: Extract<Condition, { kind: 'forall' }>,
  scope: Scope,
  context: BranchContext,
): NodePlan {
  const { base, others, at, text } = condition;
  const inner = new Scope(scope);
  if (others.length === 0) return { kind: 'not', inner: failing(base, inner, context), at, text };
  const nodes = resolvePattern(base, inner, context);
  const [first] = nodes;
  for (const other of others) {
    const more = resolvePattern(other, new Scope(inner), context);
    const [join] = more;
    const same = first?.kind === 'join' && join?.kind === 'join' ? sameFact(join, first) : undefined;
    if (same === undefined || first?.kind !== 'join')
      nodes.push({ kind: 'not', inner: more, at: other.at, text: other.text });
    else
      nodes.push({
        kind: 'test',
        test: { op: 'invert', value: moved(same, first), type: 'boolean' },
        at: other.at,
        text: other.text,
      });
  }
  if (others.length > 1) return { kind: 'not', inner: oneFails(nodes), at, text };
  return { kind: 'not', inner: nodes, at, text };
}

/** With several patterns after the base, one that fails is enough. */
function oneFails(nodes: readonly NodePlan[]): NodePlan[] {
  const [base, ...rest] = nodes;
  const tests = rest.map((node) => (node.kind === 'test' ? node.test : null));
  if (base === undefined || tests.includes(null)) return [...nodes];
  return [
    base,
    {
      kind: 'test',
      test: { op: 'any', items: tests as Value[], type: 'boolean' },
      at: base.at,
      text: base.text,
    },
  ];
}

function failing(base: PatternCondition, scope: Scope, context: BranchContext): NodePlan[] {
  const nodes = resolvePattern({ ...base, constraints: base.constraints }, scope, context);
  const [join] = nodes;
  if (join?.kind !== 'join') return nodes;
  const test: Value = {
    op: 'invert',
    value: { op: 'all', items: [...join.alpha, ...join.beta], type: 'boolean' },
    type: 'boolean',
  };
  const positions = collectPositions(test, new Set());
  positions.delete(join.position);
  return [positions.size === 0 ? { ...join, alpha: [test], beta: [] } : { ...join, alpha: [], beta: [test] }];
}

/** When `other` begins with `this == $base`, its remaining tests; they speak of the same fact. */
function sameFact(other: JoinPlan, base: JoinPlan): Value | undefined {
  const rest = other.beta.filter((test) => !isSame(test, other.position, base.position));
  if (rest.length === other.beta.length) return undefined;
  const items = [...other.alpha, ...rest].map((test) => replacePosition(test, other.position, base.position));
  return { op: 'all', items, type: 'boolean' };
}

function isSame(test: Value, self: number, base: number): boolean {
  if (test.op !== 'compare' || test.operator !== '==' || test.negated) return false;
  const sides = [test.left, test.right];
  return (
    sides.some((side) => side.op === 'fact' && side.position === self) &&
    sides.some((side) => side.op === 'fact' && side.position === base)
  );
}

function moved(test: Value, base: JoinPlan): Value {
  return replacePosition(test, -1, base.position);
}

function replacePosition(value: Value, from: number, to: number): Value {
  const again = (child: Value): Value => replacePosition(child, from, to);
  switch (value.op) {
    case 'field':
    case 'fact':
    case 'result':
      return value.position === from ? { ...value, position: to } : value;
    case 'const':
      return value;
    case 'list':
    case 'all':
    case 'any':
      return { ...value, items: value.items.map(again) };
    case 'get':
    case 'element':
      return { ...value, target: again(value.target), key: again(value.key) };
    case 'fieldOf':
      return { ...value, target: again(value.target) };
    case 'call':
      return { ...value, target: again(value.target), args: value.args.map(again) };
    case 'negate':
    case 'invert':
      return { ...value, value: again(value.value) };
    case 'arithmetic':
    case 'compare':
      return { ...value, left: again(value.left), right: again(value.right) };
  }
}

const resultTypes: Readonly<Record<string, ValueType>> = {
  count: 'number',
  sum: 'number',
  average: 'number',
  min: 'number',
  max: 'number',
  collectList: 'list',
  collectSet: 'list',
};

function resolveAccumulate(condition: AccumulateCondition, scope: Scope, context: BranchContext): NodePlan {
  const { at, text } = condition;
  const inside = new Scope(scope);
  const inner = resolveCondition(condition.source, inside, context);
  const position = context.positions.next++;
  const calls: AccumulateCallPlan[] = [];
  for (const [index, call] of condition.calls.entries()) {
    const argument = argumentOf(
      call.name,
      call.argument,
      inner,
      { ...context, scope: inside, self: null },
      call.at,
    );
    const type = resultTypes[call.name] ?? 'any';
    calls.push({ name: call.name, argument, type });
    if (call.binding === '') continue;
    const factType =
      type === 'list' && argument?.type === 'fact' && 'factType' in argument ? argument.factType : null;
    define(call.binding, { op: 'result', position, index, type, factType }, call.at, scope, context);
  }
  const tests = condition.tests.map((test) => resolveTest(test, { ...context, scope, self: null }));
  return { kind: 'accumulate', position, inner, calls, tests, at, text };
}

function argumentOf(
  name: string,
  argument: Expression | null,
  inner: readonly NodePlan[],
  context: ResolveContext,
  at: Place,
): Value | null {
  if (!Object.hasOwn(resultTypes, name)) return null;
  if (argument !== null) {
    const value = resolveExpression(argument, context);
    const numeric = name === 'sum' || name === 'average';
    if (numeric && value.type !== 'number' && value.type !== 'any')
      context.problems.error(at, `${name} needs numbers`, `Write ${name}( $value ) with a bound number.`);
    if (name === 'count' && value.op === 'const') return null;
    return value;
  }
  if (name === 'count') return null;
  const join = inner.find((node) => node.kind === 'join');
  if ((name === 'collectList' || name === 'collectSet') && join?.kind === 'join') {
    return { op: 'fact', position: join.position, factType: join.factType, type: 'fact' };
  }
  context.problems.error(
    at,
    `${name} needs a value`,
    `Write ${name}( $value ) with a name bound in the pattern.`,
  );
  return null;
}
