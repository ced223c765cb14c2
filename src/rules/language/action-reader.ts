/**
 * Reads the `then` part: a closed list of statements, so that an action can do nothing but what is named
 * here.
 */
import { closestName } from '../../base/index.js';
import type { Expression, Setter, Statement } from './ast.js';
import { type Cursor, described } from './cursor.js';
import { readArguments, readExpression } from './expression-reader.js';

/** The functions of an action, with their arguments, for the checker and the reference. */
export const actionFunctions: Readonly<Record<'emitActionable' | 'emitVisit' | 'setUserData', string>> = {
  emitActionable: 'emitActionable( $event, "rule" ): an ACTIONABLE event based on the event',
  emitVisit: 'emitVisit( "rule" ): an ACTIONABLE event of the visit, with no event behind it',
  setUserData: 'setUserData( "key", value ): a pair for the user data of what this firing emits',
};

const refused: Readonly<Record<string, readonly [message: string, suggestion: string]>> = {
  insertLogical: [
    'insertLogical is not supported: nothing is withdrawn by ' + 'itself',
    'Write insert( … ), and a rule that deletes the fact.',
  ],
  System: ['an action cannot print', 'Leave it out: every firing is recorded with its rule and events.'],
  drools: [
    'the engine itself cannot be reached from an action',
    'Use insert, modify, delete ' + 'and emitActionable directly.',
  ],
  kcontext: [
    'the engine itself cannot be reached from an action',
    'Use insert, modify, delete ' + 'and emitActionable directly.',
  ],
  if: ['if is not a statement of an action', 'Put the test into the when part, or write two rules.'],
  for: ['for is not a statement of an action', 'delete( $list ) deletes every event of a collected list.'],
  while: ['while is not a statement of an action', 'Let the rule fire again instead.'],
  return: ['return is not a statement of an action', 'Leave it out.'],
  try: ['try is not a statement of an action', 'Leave it out: no statement can fail.'],
};

const statementWords = ['insert', 'delete', 'retract', 'modify', 'update', ...Object.keys(actionFunctions)];

/** Reads statements up to, and not including, `end`. */
export function readStatements(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (cursor.takeMark(';'));
    if (cursor.isName('end') || cursor.token.kind === 'end') return statements;
    const statement = readStatement(cursor);
    statements.push(statement);
    if (!cursor.isMark(';') && !cursor.isName('end') && statement.kind !== 'modify') {
      cursor.fail(cursor.token, `";" expected after the statement, but found ${described(cursor.token)}`);
    }
  }
}

function readStatement(cursor: Cursor): Statement {
  const at = cursor.token;
  if (at.kind !== 'name')
    cursor.fail(
      at,
      `a statement expected, but found ${described(at)}`,
      `Statements are ${statementWords.join(', ')}.`,
    );
  const refusal = Object.hasOwn(refused, at.text) ? refused[at.text] : undefined;
  if (refusal !== undefined) cursor.fail(at, ...refusal);
  if (at.text === 'modify' && cursor.isMark('(', 1)) return readModify(cursor);
  if (isLocal(cursor)) return readLocal(cursor);
  const value = readExpression(cursor);
  if (value.kind !== 'call') {
    if (cursor.isMark('='))
      cursor.fail(
        cursor.token,
        'a field is set with its setter',
        'Write modify( $fact ) { setField( value ) }.',
      );
    cursor.fail(at, 'this is not a statement', `Statements are ${statementWords.join(', ')}.`);
  }
  return value.target === null ? bareCall(cursor, value) : setterCall(cursor, value);
}

type Call = Extract<Expression, { kind: 'call' }>;

function bareCall(cursor: Cursor, call: Call): Statement {
  const { at, args, name } = call;
  const [value] = args;
  if (name === 'insert' || name === 'delete' || name === 'retract' || name === 'update') {
    if (args.length !== 1 || value === undefined)
      cursor.fail(at, `${name} takes one fact`, `Write ${name}( $fact );`);
    if (name === 'insert') return { kind: 'insert', value, at };
    return { kind: name === 'update' ? 'update' : 'delete', value, at };
  }
  if (Object.hasOwn(actionFunctions, name)) return { kind: 'call', name, args, at };
  const meant = closestName(name, statementWords);
  return cursor.fail(
    at,
    `"${name}" is not a function of an action`,
    meant === undefined ? `The functions are ${statementWords.join(', ')}.` : `Did you mean ${meant}?`,
  );
}

function setterCall(cursor: Cursor, call: Call): Statement {
  const { target, at } = call;
  if (target?.kind === 'name' && Object.hasOwn(refused, target.name))
    cursor.fail(target.at, ...(refused[target.name] as [string, string]));
  if (target === null || !/^set[A-Z]/.test(call.name) || call.args.length !== 1) {
    cursor.fail(at, `"${call.name}" is not a statement`, `Statements are ${statementWords.join(', ')}.`);
  }
  return {
    kind: 'set',
    value: target,
    setter: { field: fieldOf(call.name), value: call.args[0] as Expression, at },
    at,
  };
}

function fieldOf(setter: string): string {
  return setter.charAt(3).toLowerCase() + setter.slice(4);
}

/** `modify( $s ) { setN( 1 ), setM( 2 ) }` */
function readModify(cursor: Cursor): Statement {
  const at = cursor.advance();
  cursor.expectMark('(', 'after modify');
  const value = readExpression(cursor);
  cursor.expectMark(')', 'after the fact of modify');
  cursor.expectMark('{', 'before the setters of modify');
  const setters: Setter[] = [];
  while (!cursor.isMark('}')) {
    const name = cursor.expectName('a setter such as setN( 1 )');
    if (cursor.isMark('=')) {
      cursor.advance();
      setters.push({ field: name.text, value: readExpression(cursor), at: name });
    } else {
      const args = readArguments(cursor);
      if (!/^set[A-Z]/.test(name.text) || args.length !== 1)
        cursor.fail(name, `"${name.text}" is not a setter`, 'Write setN( value ) for the field n.');
      setters.push({ field: fieldOf(name.text), value: args[0] as Expression, at: name });
    }
    if (!cursor.takeMark(',') && !cursor.takeMark(';') && !cursor.isMark('}')) {
      cursor.fail(cursor.token, `"," or "}" expected after a setter, but found ${described(cursor.token)}`);
    }
  }
  cursor.advance();
  return { kind: 'modify', value, setters, at };
}

/** `Score s = new Score( 0 );` or `s = …;` */
function isLocal(cursor: Cursor): boolean {
  if (cursor.peek(0).kind !== 'name') return false;
  if (cursor.isMark('=', 1)) return true;
  return cursor.peek(1).kind === 'name' && cursor.isMark('=', 2);
}

function readLocal(cursor: Cursor): Statement {
  const at = cursor.token;
  if (cursor.peek(1).kind === 'name') cursor.advance();
  const name = cursor.expectName('a name').text;
  cursor.advance();
  return { kind: 'local', name, value: readExpression(cursor), at };
}
