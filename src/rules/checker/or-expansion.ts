/**
 * Takes `or` out of the conditions: a rule fires once for each branch that holds (spec/drl-semantics.md,
 * trap 4).
 */
import type { Place } from '../../base/index.js';
import type { Condition } from '../language/ast.js';
import type { Problems } from '../language/problems.js';

/** Branches that one rule may have; more would only be a mistake that grows. */
const branchesMax = 64;

export type FlatCondition = Exclude<Condition, { kind: 'and' | 'or' }>;

/** The branches of a `when` part, each a list of conditions that must all hold. */
export function expandOr(when: readonly Condition[], at: Place, problems: Problems): FlatCondition[][] {
  const branches = allOf(when);
  if (branches.length <= branchesMax) return branches;
  problems.error(
    at,
    `"or" makes more than ${branchesMax} branches of this rule`,
    'Write several rules, or || inside a pattern.',
  );
  return branches.slice(0, 1);
}

function allOf(conditions: readonly Condition[]): FlatCondition[][] {
  let branches: FlatCondition[][] = [[]];
  for (const condition of conditions) {
    const ways = waysOf(condition);
    branches = branches.flatMap((branch) => ways.map((way) => [...branch, ...way])).slice(0, branchesMax + 1);
  }
  return branches;
}

function waysOf(condition: Condition): FlatCondition[][] {
  switch (condition.kind) {
    case 'and':
      return allOf(condition.items);
    case 'or':
      return condition.items.flatMap(waysOf).slice(0, branchesMax + 1);
    case 'exists':
      return waysOf(condition.of).map((way) => [{ ...condition, of: grouped(way, condition) }]);
    case 'not':
      // No branch may hold: the branches are denied one by one, and all of them together.
      return [waysOf(condition.of).map((way) => ({ ...condition, of: grouped(way, condition) }))];
    default:
      return [[condition]];
  }
}

function grouped(items: readonly FlatCondition[], { at, text }: { at: Place; text: string }): Condition {
  return items.length === 1 ? (items[0] as FlatCondition) : { kind: 'and', items, at, text };
}
