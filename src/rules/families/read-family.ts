/**
 * Finds the phrases behind DRL: a rule is of a family when writing the phrases read from it gives the same
 * text again, white space aside. Whatever else a rule says, it is plain DRL and keeps its text.
 */
import type {
  Condition,
  Constraint,
  Expression,
  PatternCondition,
  RuleNode,
  Statement,
} from '../language/ast.js';
import { tokenKey } from '../language/cursor.js';
import { readTokens } from '../language/lexer.js';
import { readPackage } from '../language/package-reader.js';
import { Problems } from '../language/problems.js';
import type { EventTest, FamilyRule } from './types.js';
import { firedType, writeFamilyRule } from './write-family.js';

/** A rule of a package for a business user's editor. */
export type AuthoredRule =
  | { readonly kind: 'family'; readonly rule: FamilyRule }
  | { readonly kind: 'drl'; readonly name: string; readonly text: string };

export interface AuthoredPackage {
  readonly name: string;
  readonly rules: readonly AuthoredRule[];
}

/** The package in its author's words; undefined when the text cannot be read. */
export function readFamilyPackage(text: string): AuthoredPackage | undefined {
  const problems = new Problems();
  const node = readPackage(text, problems);
  if (problems.errors.length > 0) return undefined;
  const rules = node.rules.map((rule): AuthoredRule => {
    const family = familyOf(rule);
    return family === undefined
      ? { kind: 'drl', name: rule.name, text: rule.text }
      : { kind: 'family', rule: family };
  });
  return { name: node.name, rules };
}

/** The phrases of one rule; undefined when it is of no family. */
export function familyOf(node: RuleNode): FamilyRule | undefined {
  const candidate = guess(node);
  if (candidate === undefined) return undefined;
  return keyOf(writeFamilyRule(candidate)) === node.key ? candidate : undefined;
}

function keyOf(text: string): string {
  const tokens = readTokens(text, new Problems());
  return tokenKey(tokens.slice(0, -1));
}

interface Header {
  readonly name: string;
  readonly salience?: number;
  readonly oncePerVisit?: true;
  readonly startOverAfterFiring?: true;
}

function guess(node: RuleNode): FamilyRule | undefined {
  const when = [...node.when];
  const last = when.at(-1);
  const once = last?.kind === 'not' && last.of.kind === 'pattern' && last.of.type === firedType;
  if (once) when.pop();
  const header: Header = {
    name: node.name,
    ...(/^rule\s+(?:"(?:[^"\\]|\\.)*"|\S+)\s+salience\b/.test(node.text) ? { salience: node.salience } : {}),
    ...(once ? { oncePerVisit: true } : {}),
    ...(node.then.some((statement) => statement.kind === 'delete') ? { startOverAfterFiring: true } : {}),
  };
  const [first] = when;
  if (first === undefined) return undefined;
  if (first.kind === 'accumulate') return guessCounter(header, first);
  if (first.kind === 'or') return guessAny(header, first);
  const patterns = when.filter((item): item is PatternCondition => item.kind === 'pattern');
  if (patterns.length !== when.length) return undefined;
  return guessPatterns(header, patterns, node.then);
}

function guessPatterns(
  header: Header,
  patterns: readonly PatternCondition[],
  then: readonly Statement[],
): FamilyRule | undefined {
  const events = patterns.map((pattern) => testOf(pattern.constraints));
  const known = events.filter((test): test is EventTest => test !== undefined);
  const [first, second] = patterns;
  const [only] = known;
  if (first === undefined || known.length !== events.length || only === undefined) return undefined;
  if (second === undefined)
    return guessSearch(header, first) ?? { ...header, family: 'singleton', event: only };
  const basedOn = basedOnOf(then);
  const temporal = second.constraints[0]?.test;
  if (temporal?.kind !== 'compare' || temporal.operator !== 'after')
    return { ...header, family: 'set', events: known, basedOn, operator: 'all' };
  const withinMs = temporal.parameters[1];
  return {
    ...header,
    family: 'sequence',
    events: known,
    basedOn,
    ...(withinMs === undefined ? {} : { withinMs }),
  };
}

function guessSearch(header: Header, pattern: PatternCondition): FamilyRule | undefined {
  const [name, text] = pattern.constraints.map(({ test }) => test);
  if (constantOf(name, 'eventName') !== 'Search') return undefined;
  if (text === undefined) return { ...header, family: 'search', match: 'any', value: '' };
  if (text?.kind !== 'compare' || text.right.kind !== 'literal' || typeof text.right.value !== 'string')
    return undefined;
  return {
    ...header,
    family: 'search',
    match: text.operator === 'contains' ? 'contains' : 'equals',
    value: text.right.value,
  };
}

function guessCounter(
  header: Header,
  condition: Extract<Condition, { kind: 'accumulate' }>,
): FamilyRule | undefined {
  const [size] = condition.tests;
  if (condition.source.kind !== 'pattern' || size?.kind !== 'compare' || size.right.kind !== 'literal')
    return undefined;
  const event = testOf(condition.source.constraints);
  const count = size.right.value;
  if (event === undefined || typeof count !== 'number') return undefined;
  const { window } = condition.source;
  return {
    ...header,
    family: 'counter',
    event,
    count,
    ...(window?.kind === 'time' ? { withinMs: window.sizeMs } : {}),
  };
}

function guessAny(
  header: Header,
  condition: Extract<Condition, { items: readonly Condition[] }>,
): FamilyRule | undefined {
  const events: EventTest[] = [];
  for (const item of condition.items) {
    const test = item.kind === 'pattern' ? testOf(item.constraints) : undefined;
    if (test === undefined) return undefined;
    events.push(test);
  }
  return { ...header, family: 'set', events, basedOn: 0, operator: 'any' };
}

/** The category when there is one, else the name. */
function testOf(constraints: readonly Constraint[]): EventTest | undefined {
  let found: EventTest | undefined;
  for (const { test } of constraints) {
    const category = constantOf(test, 'categories');
    const name = constantOf(test, 'eventName');
    if (category !== undefined) found = { kind: 'category', category };
    else if (name !== undefined) found ??= { kind: 'name', name };
  }
  return found;
}

function constantOf(test: Expression | null | undefined, field: string): string | undefined {
  if (
    test?.kind !== 'compare' ||
    test.left.kind !== 'name' ||
    test.left.name !== field ||
    test.right.kind !== 'literal'
  )
    return undefined;
  return typeof test.right.value === 'string' ? test.right.value : undefined;
}

function basedOnOf(then: readonly Statement[]): number {
  const emit = then.find((statement) => statement.kind === 'call');
  const [event] = emit?.kind === 'call' ? emit.args : [];
  const index = event?.kind === 'name' ? Number(/^\$event(\d+)$/.exec(event.name)?.[1] ?? 1) : 1;
  return index - 1;
}
