/**
 * Finds matches: from a fact that has come or gone at one node, what completes it before and after. No
 * partial match is kept; they are made again from the memories when they are needed. Lists come out in the
 * order in which Drools makes them, because that order decides which match a consuming rule takes first.
 */
import { accumulateRows } from './accumulate-functions.js';
import type { AccumulateNode, Branch, BranchNode, GroupNode, JoinNode, Match, Test } from './network.js';
import { BudgetSpent, type Workspace } from './workspace.js';

function passes(tests: readonly Test[], match: Match): boolean {
  for (const test of tests) if (!test(match)) return false;
  return true;
}

function spend(workspace: Workspace): void {
  if (--workspace.budget < 0) throw new BudgetSpent();
}

/** Whether the fact in `slot` can be seen by the node at `order` while an input is evaluated. */
function isHidden(workspace: Workspace, slot: number, order: number): boolean {
  return slot === workspace.hiddenSlot && order > workspace.hiddenOrder;
}

/** Calls `found` for each way to satisfy the nodes of a group; stops when it returns true. */
function walkGroup(
  workspace: Workspace,
  nodes: readonly BranchNode[],
  index: number,
  match: Match,
  found: () => boolean,
): boolean {
  const node = nodes[index];
  if (node === undefined) return found();
  switch (node.kind) {
    case 'join': {
      const list = workspace.lists[node.memory] as number[];
      for (const slot of list) {
        if (isHidden(workspace, slot, node.order)) continue;
        match[node.position] = slot;
        if (!passes(node.tests, match)) continue;
        spend(workspace);
        if (walkGroup(workspace, nodes, index + 1, match, found)) return true;
      }
      return false;
    }
    case 'not':
    case 'exists':
      return groupHolds(workspace, node, match) && walkGroup(workspace, nodes, index + 1, match, found);
    case 'accumulate':
      return accumulates(workspace, node, match) && walkGroup(workspace, nodes, index + 1, match, found);
    case 'test':
      return node.test(match) && walkGroup(workspace, nodes, index + 1, match, found);
  }
}

const stopAtFirst = (): boolean => true;

/** Whether a `not` or `exists` is true for the facts before it. */
export function groupHolds(workspace: Workspace, node: GroupNode, match: Match): boolean {
  return walkGroup(workspace, node.inner, 0, match, stopAtFirst) === (node.kind === 'exists');
}

/** Computes an accumulate into the match; whether its result passes. */
export function accumulates(workspace: Workspace, node: AccumulateNode, match: Match): boolean {
  const { calls } = node;
  const states = calls.map((call) => (accumulateRows[call.name] as (typeof accumulateRows)[string]).start());
  walkGroup(workspace, node.inner, 0, match, () => {
    for (let index = 0; index < calls.length; index++) {
      const call = calls[index] as AccumulateNode['calls'][number];
      accumulateRows[call.name]?.add(
        states[index] as unknown[],
        call.read === null ? null : call.read(match),
      );
    }
    return false;
  });
  const results = calls.map(
    (call, index) => accumulateRows[call.name]?.result(states[index] as unknown[]) ?? null,
  );
  if (results.length === 1 && results[0] === null) return false;
  match[node.position] = results;
  return passes(node.tests, match);
}

/**
 * All matches of the nodes before `nodeIndex`, in the order of the left memory that Drools would hold there.
 * With `join`, its fact is known already (it stands in `match`) and its tests cut the search short.
 */
export function leftMatches(
  workspace: Workspace,
  branch: Branch,
  nodeIndex: number,
  match: Match,
  join: JoinNode | null,
): Match[] {
  const found: Match[] = [];
  if (join !== null && !passes(join.decidableFirst, match)) return found;
  walkLeft(workspace, branch, 0, nodeIndex, match, join, found);
  if (branch.ordered && found.length > 1 && joinsBefore(branch, nodeIndex) > 1) {
    found.sort((left, right) => compareArrival(workspace, branch, nodeIndex - 1, left, right));
  }
  return found;
}

function joinsBefore(branch: Branch, nodeIndex: number): number {
  let count = 0;
  for (let index = 0; index < nodeIndex; index++) if (branch.nodes[index]?.kind === 'join') count++;
  return count;
}

function walkLeft(
  workspace: Workspace,
  branch: Branch,
  index: number,
  end: number,
  match: Match,
  join: JoinNode | null,
  found: Match[],
): void {
  if (index === end) {
    found.push(match.slice());
    return;
  }
  const node = branch.nodes[index] as BranchNode;
  switch (node.kind) {
    case 'join': {
      const list = workspace.lists[node.memory] as number[];
      const decidable = join?.decidable[index];
      for (const slot of list) {
        if (isHidden(workspace, slot, node.order) || workspace.expiring.has(slot)) continue;
        match[node.position] = slot;
        if (!passes(node.tests, match) || (decidable !== undefined && !passes(decidable, match))) continue;
        spend(workspace);
        walkLeft(workspace, branch, index + 1, end, match, join, found);
      }
      return;
    }
    case 'not':
    case 'exists':
      if (!groupHolds(workspace, node, match)) return;
      break;
    case 'accumulate':
      if (!accumulates(workspace, node, match)) return;
      break;
    case 'test':
      if (!node.test(match)) return;
  }
  const decidable = join?.decidable[index];
  if (decidable !== undefined && !passes(decidable, match)) return;
  walkLeft(workspace, branch, index + 1, end, match, join, found);
}

/** Takes matches through the nodes from `nodeIndex` on. Each node hands its matches on in reverse. */
export function expand(workspace: Workspace, branch: Branch, matches: Match[], nodeIndex: number): Match[] {
  let list = matches;
  for (let index = nodeIndex; index < branch.nodes.length && list.length > 0; index++) {
    list = expandNode(workspace, branch.nodes[index] as BranchNode, list);
  }
  return list;
}

function expandNode(workspace: Workspace, node: BranchNode, matches: Match[]): Match[] {
  switch (node.kind) {
    case 'join': {
      const out: Match[] = [];
      const list = workspace.lists[node.memory] as number[];
      for (const match of matches) {
        for (const slot of list) {
          if (isHidden(workspace, slot, node.order) || workspace.expiring.has(slot)) continue;
          match[node.position] = slot;
          if (!passes(node.tests, match)) continue;
          spend(workspace);
          out.push(match.slice());
        }
      }
      return out.reverse();
    }
    case 'not':
    case 'exists':
      return matches.filter((match) => groupHolds(workspace, node, match)).reverse();
    case 'accumulate':
      return matches.filter((match) => accumulates(workspace, node, match));
    case 'test':
      return matches.filter((match) => node.test(match)).reverse();
  }
}

/** Whether a match that waits still holds in every node. */
export function stillHolds(workspace: Workspace, branch: Branch, match: Match): boolean {
  for (const node of branch.nodes) {
    switch (node.kind) {
      case 'join': {
        const slot = match[node.position] as number;
        if (!(workspace.lists[node.memory] as number[]).includes(slot) && !isTransient(workspace, slot))
          return false;
        if (!passes(node.tests, match)) return false;
        break;
      }
      case 'not':
      case 'exists':
        if (!groupHolds(workspace, node, match)) return false;
        break;
      case 'accumulate':
        if (!accumulates(workspace, node, match)) return false;
        break;
      case 'test':
        if (!node.test(match)) return false;
    }
  }
  return true;
}

/** An event that no memory needs to keep still holds while it is handled. */
function isTransient(workspace: Workspace, slot: number): boolean {
  return slot === workspace.eventSlot;
}

/**
 * When a match arrived at the memory behind node `end`: by its last fact, then by the order it was made in.
 */
function compareArrival(
  workspace: Workspace,
  branch: Branch,
  end: number,
  left: Match,
  right: Match,
): number {
  const [leftAt, rightAt] = [
    lastArrival(workspace, branch, end, left),
    lastArrival(workspace, branch, end, right),
  ];
  const { sequence } = workspace;
  const positionOf = (at: number): number => (branch.nodes[at] as JoinNode).position;
  const bySequence =
    (sequence[left[positionOf(leftAt)] as number] as number) -
    (sequence[right[positionOf(rightAt)] as number] as number);
  if (bySequence !== 0) return bySequence;
  if (leftAt !== rightAt) return leftAt - rightAt;
  return compareMade(workspace, branch, end, leftAt, left, right);
}

/** The node whose fact came last; of one fact at several nodes, the last node. */
function lastArrival(workspace: Workspace, branch: Branch, end: number, match: Match): number {
  let best = -1;
  let bestSequence = -1;
  for (let index = 0; index <= end; index++) {
    const node = branch.nodes[index] as BranchNode;
    if (node.kind !== 'join') continue;
    const sequence = workspace.sequence[match[node.position] as number] as number;
    if (sequence < bestSequence) continue;
    best = index;
    bestSequence = sequence;
  }
  return best;
}

/** Two matches made by the same fact at node `from`: the order after node `end`. */
function compareMade(
  workspace: Workspace,
  branch: Branch,
  end: number,
  from: number,
  left: Match,
  right: Match,
): number {
  const node = branch.nodes[end] as BranchNode;
  if (end === from)
    return end === 0 || joinsBefore(branch, end) === 0
      ? 0
      : -compareArrival(workspace, branch, end - 1, left, right);
  const before = compareMade(workspace, branch, end - 1, from, left, right);
  if (node.kind === 'accumulate') return before;
  if (node.kind !== 'join' || before !== 0) return -before;
  const { sequence } = workspace;
  return -(
    (sequence[left[node.position] as number] as number) - (sequence[right[node.position] as number] as number)
  );
}
