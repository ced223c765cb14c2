/** Finds patterns that no fact can satisfy: constraints on one field that leave nothing. */
import { contains, equal, order } from '../engine/comparisons.js';
import { temporalByName } from '../language/operators.js';
import type { JoinPlan } from './plan.js';
import { type Constant, type Value, keyOf } from './values.js';

/** Why nothing can match; undefined when something may. */
export function contradictionIn(join: JoinPlan): string | undefined {
  for (const test of join.beta) {
    const temporal = test.op === 'compare' && !test.negated ? temporalByName.get(test.operator) : undefined;
    if (temporal === undefined || test.op !== 'compare') continue;
    const [min, max] = temporal.range(test.parameters);
    if (min > max) return `${test.operator} is never true: events have no duration`;
  }
  const facts = join.alpha.map((test) => factOf(test, join.position)).filter((fact) => fact !== undefined);
  for (const [index, left] of facts.entries()) {
    for (const right of facts.slice(index + 1)) {
      if (left.key === right.key && excludes(left, right))
        return `${left.text} and ${right.text} cannot both be true`;
    }
  }
  return undefined;
}

interface FieldFact {
  readonly key: string;
  readonly operator: string;
  readonly value: Constant;
  readonly text: string;
}

/** A comparison of one field with a constant. */
function factOf(test: Value, self: number): FieldFact | undefined {
  if (test.op !== 'compare' || test.right.op !== 'const') return undefined;
  if (test.left.op !== 'field' && test.left.op !== 'get') return undefined;
  const operator = test.negated ? `not ${test.operator}` : test.operator;
  const key = keyOf(test.left, self);
  return {
    key,
    operator,
    value: test.right.value,
    text: `${key.replace(/^\./, '')} ${operator} ${JSON.stringify(test.right.value)}`,
  };
}

function excludes(left: FieldFact, right: FieldFact): boolean {
  if (left.operator === '==') return !allows(left.value, right);
  if (right.operator === '==') return !allows(right.value, left);
  const [low, high] = isLower(left.operator) ? [left, right] : [right, left];
  if (!isLower(low.operator) || !isUpper(high.operator)) return false;
  const distance = order(low.value, high.value);
  return distance > 0 || (distance === 0 && (low.operator === '>' || high.operator === '<'));
}

function isLower(operator: string): boolean {
  return operator === '>' || operator === '>=';
}

function isUpper(operator: string): boolean {
  return operator === '<' || operator === '<=';
}

/** Whether a field that equals `value` can satisfy the other comparison. */
function allows(value: Constant, { operator, value: other }: FieldFact): boolean {
  switch (operator) {
    case '==':
      return equal(value, other);
    case '!=':
      return !equal(value, other);
    case '<':
      return order(value, other) < 0;
    case '<=':
      return order(value, other) <= 0;
    case '>':
      return order(value, other) > 0;
    case '>=':
      return order(value, other) >= 0;
    case 'contains':
      return typeof value !== 'string' || contains(value, other);
    case 'not contains':
      return typeof value !== 'string' || !contains(value, other);
    case 'str[startsWith]':
      return typeof value !== 'string' || value.startsWith(String(other));
    case 'str[endsWith]':
      return typeof value !== 'string' || value.endsWith(String(other));
    default:
      return true;
  }
}
