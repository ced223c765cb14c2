/**
 * Reads a whole DRL text: the package, its types and its rules. After a mistake it goes on at the next rule.
 */
import { closestName, type Place } from '../../base/index.js';
import { readStatements } from './action-reader.js';
import type { DeclareNode, FieldNode, PackageNode, RuleNode, Timer } from './ast.js';
import { readConditions } from './condition-reader.js';
import { Cursor, described } from './cursor.js';
import { readDuration } from './durations.js';
import { readTokens } from './lexer.js';
import { type Problems, ReadStop } from './problems.js';
import { readTimer } from './timer-reader.js';

const topWords = ['package', 'import', 'global', 'declare', 'rule'];

const refusedTop: Readonly<Record<string, readonly [string, string]>> = {
  query: ['queries are not supported', 'Write the conditions of the query into the rules that need them.'],
  function: [
    'functions are not supported: an action calls a closed set of functions',
    'Write the expression where it is needed.',
  ],
  unit: ['rule units are not supported', 'Leave the line out.'],
  dialect: ['a dialect need not be named', 'Leave the line out.'],
  expander: ['DSL texts are not supported', 'Write DRL, or use the phrases of the rule families.'],
  template: [
    'rule templates are not supported',
    'Write the rules out, or use the phrases of the rule families.',
  ],
};

interface Parts {
  name: string;
  imports: string[];
  globals: { name: string; at: Place }[];
  declares: DeclareNode[];
  rules: RuleNode[];
}

export function readPackage(text: string, problems: Problems): PackageNode {
  const cursor = new Cursor(text, readTokens(text, problems), problems);
  const parts: Parts = { name: '', imports: [], globals: [], declares: [], rules: [] };
  while (cursor.token.kind !== 'end') {
    try {
      readTop(cursor, parts);
    } catch (error) {
      if (!(error instanceof ReadStop)) throw error;
      recover(cursor);
    }
  }
  if (parts.name === '' && problems.errors.length === 0) {
    problems.error(
      { line: 1, column: 1 },
      'the package has no name',
      'Begin with a line such as: package com.example.shop;',
    );
  }
  return parts;
}

/** Goes to the next word that begins something at the top, past the `end` of what was being read. */
function recover(cursor: Cursor): void {
  for (;;) {
    const token = cursor.advance();
    if (token.kind === 'end') return;
    const next = cursor.token;
    if (next.kind !== 'name') continue;
    if (token.kind === 'name' && token.text === 'end' && token.line !== next.line) return;
    if (
      next.text === 'rule' &&
      (cursor.peek(1).kind === 'string' || cursor.peek(1).kind === 'name') &&
      token.line !== next.line
    )
      return;
    if (next.text === 'declare' && cursor.peek(1).kind === 'name' && token.line !== next.line) return;
  }
}

function readTop(cursor: Cursor, parts: Parts): void {
  const at = cursor.token;
  if (cursor.takeMark(';')) return;
  if (at.kind !== 'name') cursor.fail(at, `${topWords.join(', ')} expected, but found ${described(at)}`);
  const refusal = Object.hasOwn(refusedTop, at.text) ? refusedTop[at.text] : undefined;
  if (refusal !== undefined) cursor.fail(at, ...refusal);
  switch (at.text) {
    case 'package': {
      cursor.advance();
      if (parts.name !== '')
        cursor.problems.error(
          at,
          'a text holds one package',
          'Deploy the second package as a text of its own.',
        );
      parts.name = cursor.dottedName('the name of the package');
      return;
    }
    case 'import': {
      cursor.advance();
      if (cursor.isName('function') || cursor.isName('static') || cursor.isName('accumulate')) {
        cursor.fail(
          cursor.token,
          `import ${cursor.token.text} is not supported`,
          'Use the functions that rules have.',
        );
      }
      parts.imports.push(cursor.dottedName('a type to import'));
      return;
    }
    case 'global':
      cursor.advance();
      readGlobal(cursor, parts);
      return;
    case 'declare':
      parts.declares.push(readDeclare(cursor));
      return;
    case 'rule':
      parts.rules.push(readRule(cursor));
      return;
    default: {
      const meant = closestName(at.text, topWords);
      cursor.fail(
        at,
        `"${at.text}" does not begin anything at this place`,
        meant === undefined ? `Here stand ${topWords.join(', ')}.` : `Did you mean ${meant}?`,
      );
    }
  }
}

function readGlobal(cursor: Cursor, parts: Parts): void {
  const at = cursor.token;
  cursor.dottedName('the type of the global');
  if (cursor.takeMark('<')) while (!cursor.takeMark('>') && cursor.token.kind !== 'end') cursor.advance();
  parts.globals.push({ name: cursor.expectName('the name of the global').text, at });
}

function readDeclare(cursor: Cursor): DeclareNode {
  cursor.advance();
  if (cursor.isName('trait') || cursor.isName('enum') || cursor.isName('window') || cursor.isMark('@')) {
    if (!cursor.isMark('(', 1))
      cursor.fail(
        cursor.token,
        `declare ${cursor.token.text} is not supported`,
        'Declare a type with its fields.',
      );
  }
  const at = cursor.token;
  const dotted = cursor.dottedName('the name of the type');
  const name = dotted.slice(dotted.lastIndexOf('.') + 1);
  if (cursor.isName('extends'))
    cursor.fail(cursor.token, 'a type cannot extend another', 'Write all the fields into the type.');
  const node = {
    name,
    fields: [] as FieldNode[],
    isEvent: false,
    timestampField: null as string | null,
    expiresMs: null as number | null,
    at,
  };
  while (!cursor.takeName('end')) {
    if (cursor.isMark('@')) readTypeTag(cursor, node);
    else if (cursor.token.kind === 'name') node.fields.push(readField(cursor));
    else
      cursor.fail(
        cursor.token,
        `a field or "end" expected in declare ${name}, but found ${described(cursor.token)}`,
      );
    while (cursor.takeMark(';') || cursor.takeMark(','));
  }
  return node;
}

const ignoredTags = new Set([
  'propertyReactive',
  'author',
  'doc',
  'serialVersionUID',
  'typesafe',
  'classReactive',
]);

function readTypeTag(
  cursor: Cursor,
  node: { isEvent: boolean; timestampField: string | null; expiresMs: number | null },
): void {
  cursor.advance();
  const tag = cursor.expectName('a word after @');
  const open = cursor.takeMark('(');
  switch (tag.text) {
    case 'role': {
      const { text } = cursor.expectName('event or fact');
      if (text !== 'event' && text !== 'fact')
        cursor.problems.error(
          tag,
          `@role( ${text} ) does not exist`,
          'Write @role( event ) or @role( fact ).',
        );
      node.isEvent = text === 'event';
      break;
    }
    case 'timestamp':
      node.timestampField = cursor.expectName('the field with the time').text;
      break;
    case 'expires':
      node.expiresMs = readDuration(cursor, 'the time after which the event expires');
      if (cursor.isMark(','))
        cursor.fail(cursor.token, '@expires takes one duration', 'Write @expires( 30m ).');
      break;
    case 'duration':
      cursor.fail(tag, '@duration is not supported: events are moments', 'Leave it out.');
    // falls through: fail never returns
    default:
      if (!ignoredTags.has(tag.text))
        cursor.fail(tag, `@${tag.text} is not supported on a type`, 'Use @role, @timestamp and @expires.');
      while (open && !cursor.isMark(')') && cursor.token.kind !== 'end') cursor.advance();
  }
  if (open) cursor.expectMark(')', `after @${tag.text}`);
}

function readField(cursor: Cursor): FieldNode {
  const at = cursor.advance();
  cursor.expectMark(':', `after the field ${at.text}`);
  const dotted = cursor.dottedName('the type of the field');
  const type = dotted.slice(dotted.lastIndexOf('.') + 1);
  let initial: FieldNode['initial'] = null;
  if (cursor.takeMark('=')) {
    const negative = cursor.takeMark('-');
    const token = cursor.advance();
    if (token.kind === 'string') initial = token.text;
    else if (token.kind === 'number') initial = (negative ? -1 : 1) * Number.parseFloat(token.text);
    else if (token.text === 'true' || token.text === 'false') initial = token.text === 'true';
    else if (token.text !== 'null') cursor.fail(token, 'a literal expected as the first value of the field');
  }
  let key = false;
  while (cursor.takeMark('@')) {
    const tag = cursor.expectName('a word after @');
    if (tag.text === 'key') key = true;
    else cursor.fail(tag, `@${tag.text} is not supported on a field`, 'Only @key is.');
    if (cursor.takeMark('(')) cursor.expectMark(')', `after @${tag.text}`);
  }
  return { name: at.text, type, key, initial, at };
}

interface Attributes {
  salience: number;
  noLoop: boolean;
  enabled: boolean;
  effectiveMs: number | null;
  expiresMs: number | null;
  activationGroup: string | null;
  timer: Timer | null;
}

function readRule(cursor: Cursor): RuleNode {
  const start = cursor.index;
  cursor.advance();
  const at = cursor.token;
  const name = at.kind === 'string' ? cursor.advance().text : cursor.expectName('the name of the rule').text;
  if (cursor.isName('extends'))
    cursor.fail(cursor.token, 'a rule cannot extend another', 'Repeat the conditions in this rule.');
  const attributes: Attributes = {
    salience: 0,
    noLoop: false,
    enabled: true,
    effectiveMs: null,
    expiresMs: null,
    activationGroup: null,
    timer: null,
  };
  cursor.takeName('attributes');
  while (!cursor.isName('when') && !cursor.isName('then')) readAttribute(cursor, attributes, name);
  const when = cursor.takeName('when') ? (cursor.takeMark(':'), readConditions(cursor)) : [];
  if (!cursor.takeName('then'))
    cursor.fail(cursor.token, `"then" expected in rule "${name}", but found ${described(cursor.token)}`);
  if (cursor.isMark('['))
    cursor.fail(cursor.token, 'named consequences are not supported', 'Write a second rule.');
  const then = readStatements(cursor);
  if (!cursor.takeName('end'))
    cursor.fail(cursor.token, `"end" expected after rule "${name}", but found ${described(cursor.token)}`);
  return { name, at, ...attributes, when, then, text: cursor.raw(start), key: cursor.key(start) };
}

const refusedAttributes: Readonly<Record<string, readonly [string, string]>> = {
  'agenda-group': [
    'agenda groups are not supported',
    'Use salience to order rules, or a declared fact that the rules of a phase need.',
  ],
  'auto-focus': ['agenda groups are not supported', 'Use salience to order rules.'],
  'ruleflow-group': ['rule flows are not supported', 'Use a declared fact that the rules of a phase need.'],
  'lock-on-active': [
    'lock-on-active is not supported',
    'Use no-loop, or a declared fact that says the rule has fired.',
  ],
  calendars: ['calendars are not supported', 'Use date-effective and date-expires.'],
  calendar: ['calendars are not supported', 'Use date-effective and date-expires.'],
};

const attributeNames = [
  'salience',
  'no-loop',
  'enabled',
  'date-effective',
  'date-expires',
  'activation-group',
  'timer',
  'duration',
  'dialect',
  'when',
  'then',
];

function readAttribute(cursor: Cursor, attributes: Attributes, rule: string): void {
  const at = cursor.token;
  while (cursor.takeMark(',')) return;
  if (cursor.isMark('@')) {
    skipTag(cursor);
    return;
  }
  const name = cursor.hyphenName();
  if (name === '') cursor.fail(at, `"when" expected in rule "${rule}", but found ${described(at)}`);
  const refusal = Object.hasOwn(refusedAttributes, name) ? refusedAttributes[name] : undefined;
  if (refusal !== undefined) cursor.fail(at, ...refusal);
  cursor.skipHyphenName();
  switch (name) {
    case 'salience':
      attributes.salience = readSalience(cursor);
      return;
    case 'no-loop':
      attributes.noLoop = readFlag(cursor);
      return;
    case 'enabled':
      attributes.enabled = readFlag(cursor);
      return;
    case 'date-effective':
      attributes.effectiveMs = readDate(cursor);
      return;
    case 'date-expires':
      attributes.expiresMs = readDate(cursor);
      return;
    case 'activation-group':
      attributes.activationGroup = cursor.expectString('the name of the group').text;
      return;
    case 'timer':
    case 'duration':
      attributes.timer = readTimer(cursor, name);
      return;
    case 'dialect':
      cursor.expectString('the dialect');
      return;
    default: {
      const meant = closestName(name, attributeNames);
      cursor.fail(
        at,
        `"${name}" is not an attribute of a rule`,
        meant === undefined
          ? `Attributes are ${attributeNames.slice(0, -2).join(', ')}.`
          : `Did you mean ${meant}?`,
      );
    }
  }
}

function skipTag(cursor: Cursor): void {
  cursor.advance();
  cursor.expectName('a word after @');
  if (!cursor.takeMark('(')) return;
  let depth = 1;
  while (depth > 0 && cursor.token.kind !== 'end') {
    if (cursor.isMark('(')) depth++;
    if (cursor.isMark(')')) depth--;
    cursor.advance();
  }
}

function readSalience(cursor: Cursor): number {
  const open = cursor.takeMark('(');
  const at = cursor.token;
  const negative = cursor.takeMark('-');
  if (!/^\d+$/.test(cursor.token.text))
    cursor.fail(
      at,
      `a whole number expected after salience, but found ${described(cursor.token)}`,
      'A salience that is computed is not supported.',
    );
  const value = Number(cursor.advance().text);
  if (value > 1_000_000_000) cursor.problems.error(at, 'a salience is at most 1000000000');
  if (open) cursor.expectMark(')', 'after the salience');
  return negative ? 0 - value : value;
}

function readFlag(cursor: Cursor): boolean {
  const open = cursor.takeMark('(');
  const off = cursor.takeName('false');
  if (!off) cursor.takeName('true');
  if (open) cursor.expectMark(')', 'after the value');
  return !off;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `"01-Jan-2026"` as Drools has it, or an ISO date; both at midnight UTC unless they say more. */
function readDate(cursor: Cursor): number {
  const at = cursor.expectString('a date');
  const drools = /^(\d{1,2})-([A-Za-z]{3})[a-z]*-(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(at.text);
  if (drools !== null) {
    const month = months.indexOf((drools[2] ?? '').toLowerCase());
    const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((group) => Number(drools[group] ?? 0)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (month >= 0) return Date.UTC(year, month, day, hour, minute, second);
  }
  const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z?)?$/.test(at.text)
    ? Date.parse(at.text.length > 10 && !at.text.endsWith('Z') ? `${at.text}Z` : at.text)
    : NaN;
  if (Number.isNaN(iso))
    cursor.fail(
      at,
      `"${at.text}" is not a date`,
      'Write "01-Jan-2026" or "2026-01-01T12:00:00Z"; times are UTC.',
    );
  return iso;
}
