/** Finds how far a branch of a rule comes with the facts there are, and what stops it. */
import { accumulates, groupHolds } from '../engine/matcher.js';
import type { Branch, BranchNode, JoinNode, Match } from '../engine/network.js';
import { BudgetSpent, type Workspace } from '../engine/workspace.js';

/** Partial matches tried for one branch: an explanation may be less than perfect, never slow. */
const stepsMax = 20_000;

export interface NearestMatch {
  /** The match as far as it comes. */
  readonly match: Match;
  /** Index of the node that stops it; the number of nodes when nothing does. */
  readonly stoppedAt: number;
}

export function nearestMatch(workspace: Workspace, branch: Branch): NearestMatch {
  let best: NearestMatch = { match: branch.scratch.slice(), stoppedAt: 0 };
  const match: Match = new Array<number>(branch.size).fill(-1);
  const walk = (index: number): boolean => {
    if (index > best.stoppedAt || best.match[0] === undefined)
      best = { match: match.slice(), stoppedAt: index };
    const node = branch.nodes[index];
    if (node === undefined) return true;
    if (node.kind !== 'join') {
      const holds = nodeHolds(workspace, node, match);
      return holds && walk(index + 1);
    }
    // The newest facts are what the visitor did last: they explain best.
    for (const slot of [...(workspace.lists[node.memory] as number[])].reverse()) {
      if (--workspace.budget < 0) throw new BudgetSpent();
      match[node.position] = slot;
      if (joinPasses(node, match) && walk(index + 1)) return true;
    }
    match[node.position] = -1;
    return false;
  };
  workspace.budget = stepsMax;
  try {
    walk(0);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
  }
  return best;
}

function nodeHolds(workspace: Workspace, node: Exclude<BranchNode, JoinNode>, match: Match): boolean {
  if (node.kind === 'test') return node.test(match);
  return node.kind === 'accumulate'
    ? accumulates(workspace, node, match)
    : groupHolds(workspace, node, match);
}

function joinPasses(join: JoinNode, match: Match): boolean {
  return join.tests.every((test) => test(match));
}

/** The facts that satisfy a node, given what stands before it. */
export function factsOf(workspace: Workspace, node: BranchNode, match: Match): number[] {
  if (node.kind === 'test') return [];
  if (node.kind === 'join') return [...(workspace.lists[node.memory] as number[])];
  const join = node.inner.find((inner): inner is JoinNode => inner.kind === 'join');
  if (join === undefined) return [];
  const probe = match.slice();
  return (workspace.lists[join.memory] as number[]).filter((slot) => {
    probe[join.position] = slot;
    return node.single === null || joinPasses(join, probe);
  });
}
