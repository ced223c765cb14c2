/** How much state one rule can need in one session, and what keeps it from being finite. */
import { expiryKey, inferExpiry, type Expiry } from '../engine/expiry.js';
import { markBytes } from '../session.js';
import type { BranchPlan, JoinPlan, NodePlan, PackagePlan, RulePlan } from './plan.js';

export interface RuleBound {
  /** Bytes; the limit when the rule itself sets no bound. */
  readonly bytes: number;
  readonly bounded: boolean;
  /** The pattern that makes it unbounded. */
  readonly because: JoinPlan | null;
}

/** Events that a visitor is taken to send in a second at most: what turns a time into a number of events. */
const eventsPerSecond = 2;

export function boundsOf(plan: PackagePlan, stateBytesMax: number): RuleBound[] {
  const expiry = inferExpiry(plan);
  return plan.rules.map((rule) => boundOf(rule, expiry, stateBytesMax));
}

function boundOf(rule: RulePlan, expiry: ReadonlyMap<string, Expiry>, stateBytesMax: number): RuleBound {
  let bytes = 0;
  for (const branch of rule.branches) {
    if (firesAtOnce(rule, branch)) continue;
    for (const join of joinsOf(branch.nodes)) {
      const count = countMax(join, expiry);
      if (count === Infinity) return { bytes: stateBytesMax, bounded: false, because: join };
      bytes += count * markBytes;
    }
  }
  return { bytes: Math.min(bytes, stateBytesMax), bounded: true, because: null };
}

/** One pattern and no timer: nothing needs to be remembered. */
function firesAtOnce(rule: RulePlan, branch: BranchPlan): boolean {
  const [only] = branch.nodes;
  return (
    rule.timer === null &&
    branch.nodes.length === 1 &&
    only?.kind === 'join' &&
    only.factType.name === 'Event'
  );
}

export function joinsOf(nodes: readonly NodePlan[]): JoinPlan[] {
  return nodes.flatMap((node) =>
    node.kind === 'join' ? [node] : node.kind === 'test' ? [] : joinsOf(node.inner),
  );
}

/** Facts that a pattern can hold at once. */
function countMax(join: JoinPlan, expiry: ReadonlyMap<string, Expiry>): number {
  if (join.window?.kind === 'length') return join.window.size;
  const kept = expiry.get(expiryKey(join.factType, join.entryPoint))?.ms ?? -1;
  const window = join.window?.kind === 'time' ? join.window.sizeMs : Infinity;
  const ms = Math.min(kept < 0 ? Infinity : kept, window);
  return ms === Infinity ? Infinity : Math.ceil((ms / 1_000) * eventsPerSecond) + 1;
}
