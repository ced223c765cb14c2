/** Says a condition in the words of people who do not read rules. */
import { childrenOf, type Value } from '../checker/values.js';
import type { JoinPlan, NodePlan } from '../checker/plan.js';
import { sayDuration } from '../language/durations.js';
import { temporalByName } from '../language/operators.js';

/** Gives the name under which a position of the match is spoken of. */
export type NameOf = (position: number) => string;

/** `a PageEntered in category product`, `an event with data.sku = "x1", after AddToCart`. */
export function sayPattern(join: JoinPlan, nameOf: NameOf, article = true): string {
  let noun = '';
  const categories: string[] = [];
  const details: string[] = [];
  for (const test of join.alpha) {
    const name = constantOf(test, 'eventName', '==');
    const category = constantOf(test, 'categories', 'contains') ?? constantOf(test, 'category', 'contains');
    if (name !== undefined && noun === '') noun = name;
    else if (category !== undefined) categories.push(category);
    else details.push(sayTest(test, join.position, nameOf));
  }
  const head = noun !== '' ? noun : join.factType.name === 'Event' ? 'event' : join.factType.name;
  const parts = [article ? `${/^[aeio]/i.test(head) ? 'an' : 'a'} ${head}` : head];
  if (categories.length > 0) parts.push(`in category ${categories.join(' and ')}`);
  if (details.length > 0) parts.push(`with ${details.join(' and ')}`);
  for (const test of join.beta) parts.push(sayTest(test, join.position, nameOf));
  if (join.window?.kind === 'time') parts.push(`within the last ${sayDuration(join.window.sizeMs)}`);
  if (join.window?.kind === 'length') parts.push(`among the last ${join.window.size}`);
  return parts.join(' ');
}

export function sayNode(node: NodePlan, nameOf: NameOf): string {
  switch (node.kind) {
    case 'join':
      return sayPattern(node, nameOf);
    case 'not':
    case 'exists':
      return `${node.kind === 'not' ? 'no ' : ''}${sayInner(node.inner, nameOf, node.kind === 'exists')}`;
    case 'accumulate': {
      const what = sayInner(node.inner, nameOf, false);
      const names = node.calls.map((call) => call.name).join(', ');
      const tests = node.tests.map((test) => sayTest(test, -1, nameOf)).join(' and ');
      return `${names} of ${what}${tests === '' ? '' : ` with ${tests}`}`;
    }
    case 'test':
      return sayTest(node.test, -1, nameOf);
  }
}

function sayInner(nodes: readonly NodePlan[], nameOf: NameOf, article: boolean): string {
  return nodes
    .map((node) => (node.kind === 'join' ? sayPattern(node, nameOf, article) : sayNode(node, nameOf)))
    .join(' and ');
}

function constantOf(test: Value, key: string, operator: string): string | undefined {
  if (test.op !== 'compare' || test.negated || test.operator !== operator) return undefined;
  if (test.left.op !== 'field' || test.left.key !== key || test.right.op !== 'const') return undefined;
  return typeof test.right.value === 'string' ? test.right.value : undefined;
}

const symbols: Readonly<Record<string, string>> = { '==': '=', '!=': '≠', '<=': '≤', '>=': '≥' };

export function sayTest(test: Value, self: number, nameOf: NameOf): string {
  switch (test.op) {
    case 'compare': {
      if (temporalByName.has(test.operator)) return sayTemporal(test, self, nameOf);
      const operator = symbols[test.operator] ?? test.operator;
      return (
        `${sayTest(test.left, self, nameOf)} ${test.negated ? 'not ' : ''}${operator} ` +
        sayTest(test.right, self, nameOf)
      );
    }
    case 'all':
    case 'any':
      return test.items.map((item) => sayTest(item, self, nameOf)).join(test.op === 'all' ? ' and ' : ' or ');
    case 'invert':
      return `not (${sayTest(test.value, self, nameOf)})`;
    case 'negate':
      return `-${sayTest(test.value, self, nameOf)}`;
    case 'const':
      return typeof test.value === 'string' ? `"${test.value}"` : String(test.value);
    case 'list':
      return `(${test.items.map((item) => sayTest(item, self, nameOf)).join(', ')})`;
    case 'field':
      return test.position === self ? test.key : `${test.key} of ${nameOf(test.position)}`;
    case 'fact':
      return test.position === self ? 'it' : nameOf(test.position);
    case 'result':
      return nameOf(test.position) === '' ? 'the result' : `the ${nameOf(test.position)}`;
    case 'get':
      return `${sayTest(test.target, self, nameOf)}.${sayKey(test.key)}`;
    case 'fieldOf':
      return `${test.key} of ${sayTest(test.target, self, nameOf)}`;
    case 'element':
      return `element ${sayTest(test.key, self, nameOf)} of ${sayTest(test.target, self, nameOf)}`;
    case 'call':
      return `${sayTest(test.target, self, nameOf)}.${test.name}(${childrenOf(test)
        .slice(1)
        .map((arg) => sayTest(arg, self, nameOf))
        .join(', ')})`;
    case 'arithmetic':
      return `${sayTest(test.left, self, nameOf)} ${test.operator} ${sayTest(test.right, self, nameOf)}`;
  }
}

function sayKey(key: Value): string {
  return key.op === 'const' ? String(key.value) : '…';
}

/** `within 30 s after AddToCart` */
function sayTemporal(test: Extract<Value, { op: 'compare' }>, self: number, nameOf: NameOf): string {
  const other = sayTest(test.right, self, nameOf);
  const not = test.negated ? 'not ' : '';
  const [first, second] = test.parameters;
  if (test.operator === 'after' || test.operator === 'before') {
    if (first === undefined) return `${not}${test.operator} ${other}`;
    if (second === undefined || second === Infinity)
      return `${not}${sayDuration(first)} or more ${test.operator} ${other}`;
    if (first === 0) return `${not}within ${sayDuration(second)} ${test.operator} ${other}`;
    if (first === -second) return `${not}within ${sayDuration(second)} of ${other}`;
    return `${not}between ${sayDuration(first)} and ${sayDuration(second)} ${test.operator} ${other}`;
  }
  const range = test.parameters.length > 0 ? `[${test.parameters.map(sayDuration).join(', ')}]` : '';
  return `${not}${test.operator}${range} ${other}`;
}
