/**
 * Infers how long events are needed, as Drools does: from the temporal distances between the event patterns
 * of each rule, and only when every pattern of the type is bounded (spec/drl-semantics.md, traps 6 and 8).
 */
import type { FactType } from '../checker/fact-types.js';
import type { JoinPlan, NodePlan, PackagePlan } from '../checker/plan.js';
import { temporalByName } from '../language/operators.js';

/** Why events of a type are kept for ever, for the checker to say. */
export interface ExpiryReason {
  readonly rule: string;
  readonly join: JoinPlan;
}

export interface Expiry {
  /** Time from the event to the moment it is gone, in milliseconds; -1 for never. */
  readonly ms: number;
  readonly because: ExpiryReason | null;
}

/** The key of a kind of events: its type and entry point. */
export function expiryKey(factType: FactType, entryPoint: string | null): string {
  return `${factType.id}@${entryPoint ?? ''}`;
}

export function inferExpiry(plan: PackagePlan): Map<string, Expiry> {
  const found = new Map<string, Expiry>();
  for (const rule of plan.rules) {
    for (const branch of rule.branches) {
      const joins = eventJoins(branch.nodes);
      const distances = distancesBetween(joins);
      joins.forEach((join, index) => {
        const key = expiryKey(join.factType, join.entryPoint);
        const { expiresMs } = join.factType;
        const ms = expiresMs === null ? offsetOf(join, distances[index] ?? [], index) : expiresMs + 1;
        const before = found.get(key);
        if (ms < 0 && (before === undefined || before.ms >= 0))
          found.set(key, { ms: -1, because: { rule: rule.name, join } });
        else if (before === undefined || (before.ms >= 0 && ms > before.ms))
          found.set(key, { ms, because: null });
      });
    }
  }
  return found;
}

export function eventJoins(nodes: readonly NodePlan[]): JoinPlan[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'join') return node.factType.isEvent ? [node] : [];
    return node.kind === 'test' ? [] : eventJoins(node.inner);
  });
}

function offsetOf(join: JoinPlan, upper: readonly number[], self: number): number {
  let distance = -1;
  upper.forEach((bound, index) => {
    if (index !== self && bound > distance) distance = bound;
  });
  const others = upper.length > 1 && distance >= 0 && distance < Infinity ? distance + 1 : -1;
  const window = join.window?.kind === 'time' ? join.window.sizeMs : -1;
  return Math.max(others, window);
}

/** By row and column: the most time that may pass from the row's event to the column's. */
function distancesBetween(joins: readonly JoinPlan[]): number[][] {
  const size = joins.length;
  const upper = joins.map((_, row) => joins.map((_other, column) => (row === column ? 0 : Infinity)));
  joins.forEach((join, column) => {
    for (const test of join.beta) {
      if (
        test.op !== 'compare' ||
        test.negated ||
        test.left.op !== 'fact' ||
        test.left.position !== join.position
      )
        continue;
      const temporal = temporalByName.get(test.operator);
      if (temporal === undefined || test.right.op !== 'fact') continue;
      const target = test.right.position;
      const row = joins.findIndex((other) => other.position === target);
      if (row < 0 || row === column) continue;
      const [min, max] = temporal.range(test.parameters);
      (upper[row] as number[])[column] = Math.min(upper[row]?.[column] ?? Infinity, max);
      (upper[column] as number[])[row] = Math.min(upper[column]?.[row] ?? Infinity, -min);
    }
  });
  if (size > 200) return upper;
  for (let through = 0; through < size; through++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const sum = (upper[row]?.[through] ?? Infinity) + (upper[through]?.[column] ?? Infinity);
        if (sum < (upper[row]?.[column] ?? Infinity)) (upper[row] as number[])[column] = sum;
      }
    }
  }
  return upper;
}
