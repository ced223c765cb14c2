/** Reads expressions: what stands between the commas of a pattern, in `eval` and in actions. */
import { closestName } from '../../base/index.js';
import type { Comparison, Expression } from './ast.js';
import { type Cursor, described } from './cursor.js';
import { readDuration } from './durations.js';
import { temporalByName, wordOperators } from './operators.js';

const symbolOperators = new Set(['==', '!=', '<', '<=', '>', '>=']);

export function readExpression(cursor: Cursor): Expression {
  return cursor.nested(() => readAny(cursor));
}

function readAny(cursor: Cursor): Expression {
  const at = cursor.token;
  const items = [readAll(cursor)];
  while (cursor.takeMark('||'))
    items.push(startsOperator(cursor) ? readRestOf(cursor, items) : readAll(cursor));
  refuseTernary(cursor);
  return items.length === 1 ? (items[0] as Expression) : { kind: 'any', items, at };
}

function readAll(cursor: Cursor): Expression {
  const at = cursor.token;
  const items = [readComparison(cursor)];
  while (cursor.takeMark('&&'))
    items.push(startsOperator(cursor) ? readRestOf(cursor, items) : readComparison(cursor));
  return items.length === 1 ? (items[0] as Expression) : { kind: 'all', items, at };
}

/** `field > 3 && < 10`: the operand of the last comparison is compared again. */
function readRestOf(cursor: Cursor, items: readonly Expression[]): Expression {
  const left = leftOperandOf(items.at(-1));
  if (left === undefined) cursor.fail(cursor.token, `a value expected before ${described(cursor.token)}`);
  return readOperator(cursor, left) ?? left;
}

function leftOperandOf(expression: Expression | undefined): Expression | undefined {
  if (expression?.kind === 'compare') return expression.left;
  if (expression?.kind === 'all' || expression?.kind === 'any') return leftOperandOf(expression.items.at(-1));
  return undefined;
}

function startsOperator(cursor: Cursor): boolean {
  const { token } = cursor;
  if (token.kind === 'mark') return symbolOperators.has(token.text);
  if (token.kind !== 'name') return false;
  return (
    wordOperators.has(token.text) ||
    (token.text === 'not' && cursor.peek(1).kind === 'name' && wordOperators.has(cursor.peek(1).text))
  );
}

function readComparison(cursor: Cursor): Expression {
  let left = readSum(cursor);
  for (;;) {
    const next = readOperator(cursor, left);
    if (next === undefined) return left;
    left = next;
  }
}

function readOperator(cursor: Cursor, left: Expression): Expression | undefined {
  const at = cursor.token;
  const base = { kind: 'compare', negated: false, parameters: [], word: null, left, at } as const;
  if (at.kind === 'mark') {
    if (at.text === '=') cursor.fail(at, '"=" sets a value; a condition compares', 'Write == instead.');
    if (at.text === '===' || at.text === '!==')
      cursor.fail(at, `"${at.text}" is not an operator here`, `Write ${at.text.slice(0, 2)} instead.`);
    if (!symbolOperators.has(at.text)) return undefined;
    cursor.advance();
    return { ...base, operator: at.text, right: readSum(cursor) };
  }
  if (at.kind !== 'name') return undefined;
  const negated = at.text === 'not';
  const word = cursor.peek(negated ? 1 : 0);
  if (word.kind !== 'name') return undefined;
  if (!wordOperators.has(word.text)) {
    if (!negated && left.kind !== 'name' && left.kind !== 'member' && left.kind !== 'index') return undefined;
    const meant = closestName(word.text, wordOperators);
    if (meant === undefined || cursor.peek(negated ? 2 : 1).kind === 'end') return undefined;
    cursor.fail(word, `"${word.text}" is not an operator`, `Did you mean ${meant}?`);
  }
  if (negated) cursor.advance();
  cursor.advance();
  return readWordOperator(cursor, { ...base, negated }, word.text);
}

function readWordOperator(
  cursor: Cursor,
  base: Omit<Comparison, 'operator' | 'right'>,
  word: string,
): Expression {
  if (word === 'soundslike') {
    cursor.fail(
      base.at,
      'soundslike is not supported: it is defined for English sounds only',
      'Write matches with a regular expression, or in with the spellings.',
    );
  }
  if (word === 'excludes')
    return { ...base, operator: 'contains', negated: !base.negated, right: readSum(cursor) };
  if (word === 'in') return { ...base, operator: 'in', right: readInList(cursor) };
  if (word === 'str') {
    cursor.expectMark('[', 'after str');
    const kind = cursor.expectName('startsWith, endsWith or length');
    if (!['startsWith', 'endsWith', 'length'].includes(kind.text)) {
      cursor.fail(
        kind,
        `str[${kind.text}] is not an operator`,
        'Write str[startsWith], str[endsWith] or str[length].',
      );
    }
    cursor.expectMark(']', `after str[${kind.text}`);
    return { ...base, operator: `str[${kind.text}]`, right: readSum(cursor) };
  }
  const temporal = temporalByName.get(word);
  if (temporal === undefined) return { ...base, operator: word, right: readSum(cursor) };
  const parameters: number[] = [];
  if (cursor.takeMark('[')) {
    if (!cursor.isMark(']')) {
      do parameters.push(readDuration(cursor, `a duration of ${word}`));
      while (cursor.takeMark(','));
    }
    cursor.expectMark(']', `after the durations of ${word}`);
  }
  if (!temporal.counts.includes(parameters.length)) {
    cursor.problems.error(
      base.at,
      `${word} takes ${temporal.counts.join(', ')} durations, not ${parameters.length}`,
    );
  }
  return { ...base, operator: word, parameters, right: readSum(cursor) };
}

function readInList(cursor: Cursor): Expression {
  const at = cursor.expectMark('(', 'after in');
  const items: Expression[] = [];
  do items.push(readSum(cursor));
  while (cursor.takeMark(','));
  cursor.expectMark(')', 'after the values of in');
  return { kind: 'list', items, at };
}

function readSum(cursor: Cursor): Expression {
  let left = readProduct(cursor);
  for (;;) {
    const at = cursor.token;
    if (!cursor.isMark('+') && !cursor.isMark('-')) return left;
    const operator = cursor.advance().text as '+' | '-';
    left = { kind: 'arithmetic', operator, left, right: readProduct(cursor), at };
  }
}

function readProduct(cursor: Cursor): Expression {
  let left = readUnary(cursor);
  for (;;) {
    const at = cursor.token;
    if (!cursor.isMark('*') && !cursor.isMark('/') && !cursor.isMark('%')) return left;
    const operator = cursor.advance().text as '*' | '/' | '%';
    left = { kind: 'arithmetic', operator, left, right: readUnary(cursor), at };
  }
}

function readUnary(cursor: Cursor): Expression {
  const at = cursor.token;
  if (cursor.isMark('!') || cursor.isMark('-')) {
    const operator = cursor.advance().text as '!' | '-';
    return { kind: 'unary', operator, value: cursor.nested(() => readUnary(cursor)), at };
  }
  if (cursor.isMark('++') || cursor.isMark('--'))
    cursor.fail(
      at,
      `"${at.text}" changes a value`,
      'Use modify( $fact ) { setField( value ) } in the action.',
    );
  return readPostfix(cursor, readPrimary(cursor));
}

function readPostfix(cursor: Cursor, first: Expression): Expression {
  let value = first;
  for (;;) {
    const at = cursor.token;
    if (cursor.takeMark('.') || cursor.takeMark('!.') || cursor.takeMark('?.')) {
      const name = cursor.expectName('a field or function after the dot');
      value = cursor.isMark('(')
        ? { kind: 'call', target: value, name: name.text, args: readArguments(cursor), at: name }
        : { kind: 'member', target: value, name: name.text, at: name };
    } else if (cursor.isMark('[')) {
      cursor.advance();
      const key = readExpression(cursor);
      cursor.expectMark(']', 'after the key');
      value = { kind: 'index', target: value, key, at };
    } else return value;
  }
}

export function readArguments(cursor: Cursor): Expression[] {
  cursor.expectMark('(', 'before the arguments');
  const args: Expression[] = [];
  if (!cursor.isMark(')')) {
    do args.push(readExpression(cursor));
    while (cursor.takeMark(','));
  }
  cursor.expectMark(')', 'after the arguments');
  return args;
}

function readPrimary(cursor: Cursor): Expression {
  const at = cursor.token;
  if (at.kind === 'string') return { kind: 'literal', value: cursor.advance().text, at };
  if (at.kind === 'number') return readNumber(cursor);
  if (at.kind === 'name') return readNamed(cursor);
  if (cursor.isMark('[')) return readList(cursor);
  if (!cursor.isMark('(')) cursor.fail(at, `a value expected, but found ${described(at)}`);
  if (isCast(cursor)) {
    for (let count = 0; count < 3; count++) cursor.advance();
    return readUnary(cursor);
  }
  cursor.advance();
  const inner = readExpression(cursor);
  cursor.expectMark(')', 'to close the bracket');
  return inner;
}

/** `(Event) $l.get(2)`: a cast says nothing new here and is read over. */
function isCast(cursor: Cursor): boolean {
  if (cursor.peek(1).kind !== 'name' || !cursor.isMark(')', 2)) return false;
  if (!/^[A-Z]|^(?:int|long|double|float|boolean)$/.test(cursor.peek(1).text)) return false;
  const after = cursor.peek(3);
  return after.kind === 'name' || after.kind === 'string' || after.kind === 'number' || cursor.isMark('(', 3);
}

function readList(cursor: Cursor): Expression {
  const at = cursor.advance();
  const items: Expression[] = [];
  if (!cursor.isMark(']')) {
    do items.push(readExpression(cursor));
    while (cursor.takeMark(','));
  }
  cursor.expectMark(']', 'after the list');
  return { kind: 'list', items, at };
}

function readNumber(cursor: Cursor): Expression {
  const at = cursor.advance();
  const plain = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[lLdDfFiIB]?$/.exec(at.text);
  if (plain === null) {
    cursor.fail(
      at,
      `"${at.text}" is not a number`,
      'A duration may stand only in brackets after a temporal operator, in a window, a timer or @expires.',
    );
  }
  return { kind: 'literal', value: Number(plain[1]), at };
}

function readNamed(cursor: Cursor): Expression {
  const at = cursor.advance();
  if (at.text === 'true' || at.text === 'false') return { kind: 'literal', value: at.text === 'true', at };
  if (at.text === 'null') return { kind: 'literal', value: null, at };
  if (at.text === 'new') {
    const type = cursor.dottedName('a type after new');
    return { kind: 'new', type: type.slice(type.lastIndexOf('.') + 1), args: readArguments(cursor), at };
  }
  if (at.text === 'instanceof')
    cursor.fail(at, 'instanceof is not supported', 'Write a pattern of the type instead.');
  if (cursor.isMark('('))
    return { kind: 'call', target: null, name: at.text, args: readArguments(cursor), at };
  return { kind: 'name', name: at.text, at };
}

function refuseTernary(cursor: Cursor): void {
  if (cursor.isMark('?'))
    cursor.fail(cursor.token, '"? :" is not supported', 'Write two rules, or two conditions joined with ||.');
}
