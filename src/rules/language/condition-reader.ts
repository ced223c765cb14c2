/** Reads the `when` part: patterns and what joins, denies and counts them. */
import { closestName, type Place } from '../../base/index.js';
import type { AccumulateCall, Condition, Constraint, Expression, PatternCondition, Window } from './ast.js';
import { type Cursor, described } from './cursor.js';
import { readDuration } from './durations.js';
import { readExpression } from './expression-reader.js';

const joiners = { and: ['and', '&&'], or: ['or', '||'] } as const;
const conditionWords = ['not', 'exists', 'forall', 'accumulate', 'eval', 'Event'];
export const accumulateNames: readonly string[] = [
  'count',
  'sum',
  'min',
  'max',
  'average',
  'collectList',
  'collectSet',
];

/** Reads conditions up to, and not including, `then`. */
export function readConditions(cursor: Cursor): Condition[] {
  const conditions: Condition[] = [];
  while (!cursor.isName('then') && !cursor.isName('end') && cursor.token.kind !== 'end') {
    conditions.push(readJoined(cursor, 'or'));
    if (cursor.isMark(','))
      cursor.fail(
        cursor.token,
        'a comma stands between conditions',
        'Leave it out: conditions simply follow each other.',
      );
    cursor.takeMark(';');
  }
  return conditions;
}

function readJoined(cursor: Cursor, kind: 'and' | 'or'): Condition {
  return cursor.nested(() => {
    const start = cursor.index;
    const at = cursor.token;
    const readOne = (): Condition => (kind === 'or' ? readJoined(cursor, 'and') : readSingle(cursor));
    const items = [readOne()];
    const [word, mark] = joiners[kind];
    while (cursor.takeName(word) || cursor.takeMark(mark)) items.push(readOne());
    return items.length === 1 ? (items[0] as Condition) : { kind, items, at, text: cursor.slice(start) };
  });
}

function readSingle(cursor: Cursor): Condition {
  const start = cursor.index;
  const at = cursor.token;
  if (cursor.isMark('(')) return readGroup(cursor, null);
  if (at.kind !== 'name' || at.text === 'then' || at.text === 'end')
    cursor.fail(
      at,
      `a condition expected, but found ${described(at)}`,
      'A condition is a pattern such as $e : Event( eventName == "Search" ), or begins ' +
        'with not, exists, forall, accumulate or eval.',
    );
  if (cursor.isMark(':', 1)) {
    const binding = cursor.advance().text;
    cursor.advance();
    return cursor.isMark('(') ? readGroup(cursor, binding) : readPattern(cursor, binding, start);
  }
  switch (at.text) {
    case 'not':
    case 'exists': {
      cursor.advance();
      const of = cursor.nested(() => readSingle(cursor));
      return { kind: at.text, of, at, text: cursor.slice(start) };
    }
    case 'forall':
      return readForall(cursor, at, start);
    case 'accumulate':
    case 'acc':
      cursor.advance();
      return readAccumulate(cursor, at, start);
    case 'eval': {
      cursor.advance();
      cursor.expectMark('(', 'after eval');
      const test = readExpression(cursor);
      cursor.expectMark(')', 'after the expression of eval');
      return { kind: 'eval', test, at, text: cursor.slice(start) };
    }
    case 'groupby':
      cursor.fail(at, 'groupby is not supported', 'Write an accumulate for each key.');
    // falls through: fail never returns
    default:
      return readPattern(cursor, null, start);
  }
}

/** `( A or B )`, `(and A B)`; a binding before it holds for each pattern inside. */
function readGroup(cursor: Cursor, binding: string | null): Condition {
  const start = cursor.index;
  const at = cursor.advance();
  let inner: Condition;
  const prefix = cursor.isName('and') || cursor.isName('or');
  if (prefix && !cursor.isMark('(', 1)) {
    const kind = cursor.advance().text as 'and' | 'or';
    const items: Condition[] = [];
    while (!cursor.isMark(')') && cursor.token.kind !== 'end') items.push(readSingle(cursor));
    if (items.length === 0) cursor.fail(at, `(${kind}) joins nothing`);
    inner = { kind, items, at, text: cursor.slice(start) };
  } else {
    inner = readJoined(cursor, 'or');
  }
  if (!cursor.isMark(')') && cursor.token.kind === 'name') {
    cursor.fail(
      cursor.token,
      `"and" or "or" expected between the conditions in the brackets, but found ${described(cursor.token)}`,
    );
  }
  cursor.expectMark(')', 'to close the group');
  return binding === null ? inner : bind(cursor, inner, binding, at);
}

function bind(cursor: Cursor, condition: Condition, binding: string, at: Place): Condition {
  if (condition.kind === 'pattern') return { ...condition, binding };
  if (condition.kind === 'or')
    return { ...condition, items: condition.items.map((item) => bind(cursor, item, binding, at)) };
  return cursor.fail(
    at,
    `${binding} cannot name this group`,
    'A name before brackets needs patterns joined with or.',
  );
}

function readForall(cursor: Cursor, at: Place, start: number): Condition {
  cursor.advance();
  cursor.expectMark('(', 'after forall');
  const patterns: PatternCondition[] = [];
  while (!cursor.isMark(')') && cursor.token.kind !== 'end') {
    const item = readSingle(cursor);
    if (item.kind !== 'pattern')
      cursor.fail(
        item.at,
        'forall takes patterns only',
        'Write forall( $e : Event( … ) Event( this == $e, … ) ).',
      );
    patterns.push(item);
    cursor.takeMark(',');
  }
  cursor.expectMark(')', 'after the patterns of forall');
  const [base, ...others] = patterns;
  if (base === undefined)
    cursor.fail(at, 'forall needs a pattern', 'Write forall( $e : Event( … ) Event( this == $e, … ) ).');
  return { kind: 'forall', base, others, at, text: cursor.slice(start) };
}

/** After the word `accumulate`. */
function readAccumulate(cursor: Cursor, at: Place, start: number): Condition {
  cursor.expectMark('(', 'after accumulate');
  const source = readJoined(cursor, 'or');
  if (!cursor.takeMark(';')) cursor.expectMark(',', 'after the pattern of accumulate');
  const calls: AccumulateCall[] = [];
  do calls.push(readCall(cursor));
  while (cursor.takeMark(','));
  const tests: Expression[] = [];
  if (cursor.takeMark(';') && !cursor.isMark(')')) {
    do tests.push(readExpression(cursor));
    while (cursor.takeMark(','));
  }
  cursor.expectMark(')', 'after accumulate');
  return { kind: 'accumulate', source, calls, tests, at, text: cursor.slice(start) };
}

function readCall(cursor: Cursor): AccumulateCall {
  const at = cursor.token;
  let binding = '';
  if (cursor.token.kind === 'name' && cursor.isMark(':', 1)) {
    binding = cursor.advance().text;
    cursor.advance();
  }
  const name = cursor.expectName('a function such as count( $e )');
  if (['init', 'action', 'reverse', 'result'].includes(name.text)) {
    cursor.fail(
      name,
      `accumulate with ${name.text}( … ) code is not supported`,
      `Use ${accumulateNames.join(', ')}.`,
    );
  }
  if (!accumulateNames.includes(name.text)) {
    const meant = closestName(name.text, accumulateNames);
    cursor.problems.error(
      name,
      `"${name.text}" is not a function of accumulate`,
      meant === undefined ? `Use ${accumulateNames.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  cursor.expectMark('(', `after ${name.text}`);
  const argument = cursor.isMark(')') ? null : readExpression(cursor);
  cursor.expectMark(')', `after the argument of ${name.text}`);
  return { binding, name: name.text, argument, at };
}

function readPattern(cursor: Cursor, binding: string | null, start: number): Condition {
  const at = cursor.token;
  const dotted = cursor.dottedName('a type such as Event');
  const type = dotted.slice(dotted.lastIndexOf('.') + 1);
  if (!cursor.isMark('(')) {
    const meant = closestName(type, conditionWords);
    cursor.fail(
      at,
      `"${type}" does not begin a condition`,
      meant === undefined
        ? `Write ${type}( … ) for a pattern.`
        : `Did you mean ${meant}${meant === 'Event' ? '( … )' : ''}?`,
    );
  }
  const constraints = readConstraints(cursor);
  let window: Window | null = null;
  if (cursor.takeName('over')) window = readWindow(cursor);
  let entryPoint: string | null = null;
  if (cursor.takeName('from')) {
    if (cursor.hyphenName() !== 'entry-point')
      return readSource(cursor, { binding, type, constraints, at, start });
    cursor.skipHyphenName();
    entryPoint =
      cursor.token.kind === 'string'
        ? cursor.advance().text
        : cursor.dottedName('the name of an entry point');
    if (cursor.takeName('over')) window = readWindow(cursor);
  }
  return { kind: 'pattern', binding, type, constraints, window, entryPoint, at, text: cursor.slice(start) };
}

interface Head {
  readonly binding: string | null;
  readonly type: string;
  readonly constraints: readonly Constraint[];
  readonly at: Place;
  readonly start: number;
}

/** `$n : Number( intValue > 3 ) from accumulate( … )` and `List( size == 3 ) from collect( … )`. */
function readSource(cursor: Cursor, head: Head): Condition {
  const name = head.binding ?? `$result${head.start}`;
  const tests = head.constraints.map((constraint) => resultTest(cursor, constraint, name));
  const { at, start } = head;
  if (cursor.takeName('collect')) {
    cursor.expectMark('(', 'after collect');
    const source = readJoined(cursor, 'or');
    cursor.expectMark(')', 'after the pattern of collect');
    const calls = [
      { binding: name, name: head.type.includes('Set') ? 'collectSet' : 'collectList', argument: null, at },
    ];
    return { kind: 'accumulate', source, calls, tests, at, text: cursor.slice(start) };
  }
  if (cursor.takeName('accumulate') || cursor.takeName('acc')) {
    const inner = readAccumulate(cursor, at, start);
    if (inner.kind !== 'accumulate' || inner.calls.length !== 1) {
      cursor.fail(
        at,
        'an accumulate after from has one function',
        'Write accumulate( pattern; $a : f( … ), $b : g( … ) ) as a condition of its own.',
      );
    }
    const calls = inner.calls.map((call) => ({ ...call, binding: name }));
    return { ...inner, calls, tests: [...inner.tests, ...tests], text: cursor.slice(start) };
  }
  return cursor.fail(
    cursor.token,
    `from ${described(cursor.token)} is not supported`,
    'After from stand entry-point, collect or accumulate.',
  );
}

/** The fields of a result, as the classes of Java name them, become the result itself. */
function resultTest(cursor: Cursor, constraint: Constraint, name: string): Expression {
  if (constraint.test === null || constraint.binding !== null) {
    cursor.fail(constraint.at, 'a result takes tests only', `Name the result itself: ${name} : … from …`);
  }
  return renamed(constraint.test, name);
}

const resultFields = new Set(['this', 'intValue', 'longValue', 'doubleValue', 'floatValue']);

function renamed(expression: Expression, name: string): Expression {
  const again = (inner: Expression): Expression => renamed(inner, name);
  switch (expression.kind) {
    case 'name':
      if (resultFields.has(expression.name)) return { ...expression, name };
      if (expression.name !== 'size' && expression.name !== 'empty') return expression;
      return { kind: 'member', target: { ...expression, name }, name: expression.name, at: expression.at };
    case 'call': {
      const target =
        expression.target === null
          ? { kind: 'name' as const, name, at: expression.at }
          : again(expression.target);
      return { ...expression, target, args: expression.args.map(again) };
    }
    case 'member':
      return { ...expression, target: again(expression.target) };
    case 'index':
      return { ...expression, target: again(expression.target), key: again(expression.key) };
    case 'unary':
      return { ...expression, value: again(expression.value) };
    case 'arithmetic':
    case 'compare':
      return { ...expression, left: again(expression.left), right: again(expression.right) };
    case 'all':
    case 'any':
    case 'list':
      return { ...expression, items: expression.items.map(again) };
    default:
      return expression;
  }
}

function readConstraints(cursor: Cursor): Constraint[] {
  cursor.expectMark('(', 'after the type');
  const constraints: Constraint[] = [];
  while (!cursor.isMark(')')) {
    constraints.push(readConstraint(cursor));
    if (cursor.takeMark(',')) {
      if (cursor.isMark(')')) cursor.fail(cursor.token, 'a constraint expected after the comma');
      continue;
    }
    if (!cursor.isMark(')')) {
      cursor.fail(
        cursor.token,
        `"," or ")" expected in the pattern, but found ${described(cursor.token)}`,
        'Constraints are separated by commas; the pattern ends with a bracket.',
      );
    }
  }
  cursor.advance();
  return constraints;
}

function readConstraint(cursor: Cursor): Constraint {
  const at = cursor.token;
  if (at.kind !== 'name' || !(cursor.isMark(':', 1) || cursor.isMark(':=', 1))) {
    return { binding: null, bound: null, test: readExpression(cursor), at };
  }
  const binding = cursor.advance().text;
  cursor.advance();
  if (cursor.isMark('='))
    cursor.fail(at, ':= (unification) is not supported', 'Bind with ":" and compare with "==".');
  const value = readExpression(cursor);
  const first = leftmost(value);
  return first === value
    ? { binding, bound: value, test: null, at }
    : { binding, bound: first, test: value, at };
}

/** `$x : field > 3` binds the field, not the comparison. */
function leftmost(expression: Expression): Expression {
  if (expression.kind === 'compare') return leftmost(expression.left);
  if (expression.kind === 'all' || expression.kind === 'any')
    return leftmost(expression.items[0] ?? expression);
  return expression;
}

function readWindow(cursor: Cursor): Window {
  const at = cursor.token;
  const advice = 'Write over window:time( 30s ) or over window:length( 5 ).';
  if (!cursor.takeName('window') || !cursor.takeMark(':'))
    cursor.fail(at, 'a window expected after over', advice);
  const kind = cursor.expectName('time or length');
  cursor.expectMark('(', `after window:${kind.text}`);
  let window: Window;
  if (kind.text === 'time') {
    window = { kind: 'time', sizeMs: readDuration(cursor, 'the length of the window') };
    if (!(window.sizeMs > 0 && window.sizeMs < Infinity))
      cursor.problems.error(kind, 'a window of time must be longer than 0', advice);
  } else if (kind.text === 'length') {
    const { text } = cursor.advance();
    window = { kind: 'length', size: Number(text) };
    if (!Number.isSafeInteger(window.size) || window.size < 1)
      cursor.fail(kind, 'a window of length needs a whole number of events from 1', advice);
  } else {
    cursor.fail(kind, `window:${kind.text} does not exist`, advice);
  }
  cursor.expectMark(')', 'after the window');
  return window;
}
