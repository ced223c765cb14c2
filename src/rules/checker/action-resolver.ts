/** Checks the `then` part: every fact is bound, every field exists, every function has its arguments. */
import { closestName } from '../../base/index.js';
import type { Expression, Setter, Statement } from '../language/ast.js';
import { actionFunctions } from '../language/action-reader.js';
import { type ResolveContext, fieldAdvice, resolveExpression } from './expression-resolver.js';
import { type FactType, eventTypeName } from './fact-types.js';
import type { SetterPlan, StatementPlan } from './plan.js';
import type { Scope } from './scope.js';
import type { Value } from './values.js';

/** A fact that the action has made but not yet inserted. */
interface Draft {
  readonly factType: FactType;
  readonly values: Value[];
}

export function resolveStatements(
  statements: readonly Statement[],
  scope: Scope,
  base: Omit<ResolveContext, 'scope' | 'self'>,
): StatementPlan[] {
  const context: ResolveContext = { ...base, scope, self: null };
  const drafts = new Map<string, Draft>();
  const plans: StatementPlan[] = [];
  for (const statement of statements) {
    const plan = resolveStatement(statement, context, drafts, plans);
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
}

function resolveStatement(
  statement: Statement,
  context: ResolveContext,
  drafts: Map<string, Draft>,
  earlier: StatementPlan[],
): StatementPlan | undefined {
  const { problems, scope } = context;
  switch (statement.kind) {
    case 'call':
      return resolveCall(statement, context);
    case 'local': {
      const { value, name, at } = statement;
      if (value.kind === 'new') {
        const draft = resolveNew(value, context);
        if (draft !== undefined) drafts.set(name, draft);
      } else if (scope.find(name) !== undefined)
        problems.error(at, `${name} is already bound`, 'Choose another name.');
      else scope.define(name, resolveExpression(value, context));
      return undefined;
    }
    case 'insert': {
      const { value } = statement;
      const draft =
        value.kind === 'new'
          ? resolveNew(value, context)
          : value.kind === 'name'
            ? drafts.get(value.name)
            : undefined;
      if (draft !== undefined) return { kind: 'insert', factType: draft.factType, values: [...draft.values] };
      if (value.kind !== 'new')
        problems.error(statement.at, 'insert takes a new fact', 'Write insert( new Type( … ) );');
      return undefined;
    }
    case 'delete':
      return resolveDelete(statement.value, context);
    case 'modify':
      return resolveModify(statement.value, statement.setters, context);
    case 'set': {
      const draft = statement.value.kind === 'name' ? drafts.get(statement.value.name) : undefined;
      if (draft === undefined) return resolveModify(statement.value, [statement.setter], context);
      setDraft(draft, statement.setter, context);
      return undefined;
    }
    case 'update': {
      const value = resolveExpression(statement.value, context);
      const last = earlier.at(-1);
      if (value.op !== 'fact' || value.factType.name === eventTypeName)
        problems.error(
          statement.at,
          'update takes a declared fact',
          'Write modify( $fact ) { setField( value ) }.',
        );
      // The setters before it already were modifications.
      else if (last?.kind !== 'modify')
        return { kind: 'modify', target: value, factType: value.factType, setters: [] };
      return undefined;
    }
  }
}

function resolveCall(
  statement: Extract<Statement, { kind: 'call' }>,
  context: ResolveContext,
): StatementPlan | undefined {
  const { name, at } = statement;
  const args = statement.args.map((arg) => resolveExpression(arg, context));
  const wanted = name === 'emitVisit' ? 1 : 2;
  const [first, second] = args;
  if (args.length !== wanted || first === undefined) {
    context.problems.error(
      at,
      `${name} takes ${wanted === 1 ? 'one argument' : 'two arguments'}`,
      Object.entries(actionFunctions).find(([known]) => known === name)?.[1],
    );
    return undefined;
  }
  if (name === 'emitVisit') return { kind: 'emitVisit', label: first };
  if (second === undefined) return undefined;
  if (name === 'setUserData') return { kind: 'setUserData', key: first, value: second };
  const isEvent = (first.op === 'fact' || first.op === 'element') && first.factType.name === eventTypeName;
  if (!isEvent && first.type !== 'any')
    context.problems.error(at, 'emitActionable needs an Event first', actionFunctions.emitActionable);
  return { kind: 'emitActionable', event: first, label: second };
}

function resolveNew(value: Extract<Expression, { kind: 'new' }>, context: ResolveContext): Draft | undefined {
  const { problems, types } = context;
  const factType = types.get(value.type);
  if (factType === undefined) {
    const meant = closestName(value.type, types.keys());
    problems.error(
      value.at,
      `there is no type ${value.type}`,
      meant === undefined ? `Declare it: declare ${value.type} … end` : `Did you mean ${meant}?`,
    );
    return undefined;
  }
  if (factType.name === eventTypeName) {
    problems.error(
      value.at,
      'an action cannot make an Event: events come from the visitor',
      'Declare a type of your own and insert that.',
    );
    return undefined;
  }
  const fields = [...factType.fields.values()];
  const keys = fields.filter((field) => field.key);
  const args = value.args.map((arg) => resolveExpression(arg, context));
  const given = args.length === fields.length ? fields : args.length === keys.length ? keys : [];
  if (args.length > 0 && given.length === 0) {
    const forms = keys.length > 0 && keys.length < fields.length ? ` or its ${keys.length} keys` : '';
    problems.error(
      value.at,
      `new ${factType.name} takes its ${fields.length} fields${forms}, not ${args.length} values`,
      `Write new ${factType.name}( ${fields.map((field) => field.name).join(', ')} ).`,
    );
  }
  const values = fields.map(
    (field): Value => args[given.indexOf(field)] ?? { op: 'const', value: field.initial, type: field.type },
  );
  return { factType, values };
}

function setDraft(draft: Draft, setter: Setter, context: ResolveContext): void {
  const index = [...draft.factType.fields.keys()].indexOf(setter.field);
  const value = resolveExpression(setter.value, context);
  if (index >= 0) draft.values[index] = value;
  else
    context.problems.error(
      setter.at,
      `${draft.factType.name} has no field ${setter.field}`,
      fieldAdvice(draft.factType, setter.field),
    );
}

function resolveDelete(expression: Expression, context: ResolveContext): StatementPlan | undefined {
  const target = resolveExpression(expression, context);
  const isFact =
    target.op === 'fact' || target.op === 'element' || (target.op === 'result' && target.factType !== null);
  if (isFact || (target.op === 'const' && target.type === 'any')) return { kind: 'delete', target };
  context.problems.error(
    expression.at,
    'delete takes a bound fact, or a list of collected events',
    'Bind it in the when part: $e : Event( … )',
  );
  return undefined;
}

function resolveModify(
  expression: Expression,
  setters: readonly Setter[],
  context: ResolveContext,
): StatementPlan | undefined {
  const target = resolveExpression(expression, context);
  if (target.op !== 'fact') {
    if (target.op !== 'const' || target.type !== 'any')
      context.problems.error(
        expression.at,
        'modify takes a bound fact',
        'Bind it in the when part: $s : Score( … )',
      );
    return undefined;
  }
  const { factType } = target;
  if (factType.name === eventTypeName) {
    context.problems.error(
      expression.at,
      'an Event cannot be changed: it has happened',
      'Keep what changes in a declared fact.',
    );
    return undefined;
  }
  const plans: SetterPlan[] = [];
  for (const setter of setters) {
    const value = resolveExpression(setter.value, context);
    if (factType.fields.has(setter.field)) plans.push({ field: setter.field, value });
    else
      context.problems.error(
        setter.at,
        `${factType.name} has no field ${setter.field}`,
        fieldAdvice(factType, setter.field),
      );
  }
  return { kind: 'modify', target, factType, setters: plans };
}
