/** What a fact that comes, goes or changes does to each branch that reads it. */
import type { Network } from './build-network.js';
import { accumulates, expand, groupHolds, leftMatches, stillHolds } from './matcher.js';
import type { AccumulateNode, Branch, BranchNode, GroupNode, Input, Match, Memory } from './network.js';
import { complete, hasPending, retainPending, sameFacts } from './pending.js';
import { BudgetSpent, type Workspace } from './workspace.js';

/** What the engine supplies: the network, what a rule may spend, and how a rule is stopped. */
export interface Propagation {
  readonly network: Network;
  readonly matchesMax: number;
  suspend(branch: Branch, reason: 'matches' | 'stateBytes'): void;
}

/** The inputs of some memories in the order of their branches and nodes. */
export function inputsOf(memories: readonly Memory[]): readonly Input[] {
  const [only] = memories;
  if (memories.length === 1 && only !== undefined) return only.inputs;
  const inputs: Input[] = [];
  for (const memory of memories) for (const input of memory.inputs) inputs.push(input);
  return inputs.sort((left, right) => left.sequence - right.sequence);
}

function isSuspended({ session }: Workspace, branch: Branch): boolean {
  return session.suspended.length > 0 && session.suspended.includes(branch.rule.index);
}

/** Evaluates one input within the budget of its rule. */
export function guarded(run: Propagation, branch: Branch, evaluate: (workspace: Workspace) => void): void {
  const { workspace } = run.network;
  if (isSuspended(workspace, branch)) return;
  workspace.budget = run.matchesMax;
  try {
    evaluate(workspace);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    run.suspend(branch, 'matches');
  }
  workspace.hiddenSlot = -1;
}

/**
 * The fact in `slot` has been put into `memories`. Branches to be evaluated for the first time are left out.
 */
export function propagateArrival(
  run: Propagation,
  memories: readonly Memory[],
  slot: number,
  first: boolean,
): void {
  for (const input of inputsOf(memories)) {
    if (first && input.branch.initial) continue;
    if (!isLinked(run.network.workspace, input.branch)) continue;
    guarded(run, input.branch, (workspace) => arrive(workspace, input, slot));
  }
}

/** Whether every pattern that must match has facts. */
function isLinked(workspace: Workspace, branch: Branch): boolean {
  const { required } = branch;
  for (const memory of required) if ((workspace.lists[memory] as number[]).length === 0) return false;
  return true;
}

function arrive(workspace: Workspace, input: Input, slot: number): void {
  const { branch, nodeIndex, join } = input;
  const node = branch.nodes[nodeIndex] as BranchNode;
  const match = branch.scratch;
  workspace.hiddenSlot = slot;
  workspace.hiddenOrder = join.order;
  match[join.position] = slot;
  if (node === join) {
    const found =
      nodeIndex === 0 ? [match.slice()] : leftMatches(workspace, branch, nodeIndex, match, join).reverse();
    finish(workspace, branch, expand(workspace, branch, found, nodeIndex + 1), workspace.origin !== null);
  } else if (node.kind === 'accumulate') {
    const left = leftMatches(workspace, branch, nodeIndex, match, node.single);
    touch(
      workspace,
      branch,
      nodeIndex,
      node,
      node.single === null ? left.filter((item) => contributes(workspace, node, input, item, slot)) : left,
    );
  } else if (node.kind === 'not' || node.kind === 'exists') arriveInGroup(workspace, input, node);
}

function arriveInGroup(workspace: Workspace, input: Input, node: GroupNode): void {
  const { branch, nodeIndex, join } = input;
  if (node.kind === 'exists' || node.single === null) {
    const left = leftMatches(workspace, branch, nodeIndex, branch.scratch, node.single).filter((match) => {
      workspace.hiddenOrder = join.order - 1;
      const before = groupHolds(workspace, node, match);
      workspace.hiddenOrder = join.order;
      return !before && groupHolds(workspace, node, match);
    });
    if (node.kind === 'exists') left.reverse();
    finish(workspace, branch, expand(workspace, branch, left, nodeIndex + 1), true);
  }
  if (hasPending(workspace, branch))
    retainPending(workspace, branch, (waiting) => groupHolds(workspace, node, waiting.slice()));
}

/** `again` says that some of these matches may wait already. */
function finish(workspace: Workspace, branch: Branch, matches: readonly Match[], again: boolean): void {
  for (const match of matches) complete(workspace, branch, match, again);
}

/** Whether the fact at the input is one of those that the accumulate counts for this match. */
function contributes(
  workspace: Workspace,
  node: AccumulateNode,
  input: Input,
  match: Match,
  slot: number,
): boolean {
  const direct = node.inner.includes(input.join);
  if (!direct) return true;
  const probe = match.slice();
  const inner: GroupNode = {
    kind: 'exists',
    order: node.order,
    inner: [
      ...node.inner,
      { kind: 'test', order: node.order, test: (item) => item[input.join.position] === slot },
    ],
    single: null,
  };
  return groupHolds(workspace, inner, probe);
}

/** The accumulate is evaluated again for these left matches; what follows from it fires again. */
function touch(
  workspace: Workspace,
  branch: Branch,
  nodeIndex: number,
  node: AccumulateNode,
  left: Match[],
): void {
  if (left.length === 0) return;
  const before = left.map((match) => match.slice());
  const results = expand(
    workspace,
    branch,
    left.filter((match) => accumulates(workspace, node, match)),
    nodeIndex + 1,
  );
  if (hasPending(workspace, branch)) {
    retainPending(workspace, branch, (waiting) => {
      const touched = before.some((match) => sameBefore(branch, nodeIndex, match, waiting));
      return !touched || results.some((match) => sameFacts(branch, match, waiting));
    });
  }
  finish(workspace, branch, results, true);
}

function sameBefore(branch: Branch, nodeIndex: number, left: Match, right: Match): boolean {
  for (let index = 0; index < nodeIndex; index++) {
    const node = branch.nodes[index] as BranchNode;
    if (node.kind === 'join' && left[node.position] !== right[node.position]) return false;
  }
  return true;
}

/**
 * Left matches of a group with several conditions, and how it stood with each, before a fact leaves or
 * changes.
 */
export interface Before {
  readonly input: Input;
  readonly left: Match[];
}

/** To be asked before a fact leaves: what cannot be told afterwards. */
export function beforeRemoval(
  run: Propagation,
  inputs: readonly Input[],
  slot: number,
  all: boolean,
): Before[] {
  const found: Before[] = [];
  for (const input of inputs) {
    const { branch, nodeIndex } = input;
    const node = branch.nodes[nodeIndex] as BranchNode;
    if (node === input.join || (node.kind !== 'not' && node.kind !== 'exists' && node.kind !== 'accumulate'))
      continue;
    if (node.single !== null && !all) continue;
    guarded(run, branch, (workspace) => {
      const left = leftMatches(workspace, branch, nodeIndex, branch.scratch, null).filter((match) =>
        node.kind === 'accumulate'
          ? contributes(workspace, node, input, match, slot)
          : !groupHolds(workspace, node, match),
      );
      found.push({ input, left });
    });
  }
  return found;
}

/** The fact in `slot` has been taken out of the memories of `inputs`. */
export function propagateRemoval(
  run: Propagation,
  inputs: readonly Input[],
  slot: number,
  before: readonly Before[],
): void {
  for (const input of inputs) {
    guarded(run, input.branch, (workspace) =>
      leave(
        workspace,
        input,
        slot,
        before.find((item) => item.input === input),
      ),
    );
  }
}

function leave(workspace: Workspace, input: Input, slot: number, before: Before | undefined): void {
  const { branch, nodeIndex, join } = input;
  const node = branch.nodes[nodeIndex] as BranchNode;
  if (node === join) {
    if (hasPending(workspace, branch))
      retainPending(workspace, branch, (waiting) => waiting[join.position] !== slot);
    return;
  }
  if (node.kind !== 'not' && node.kind !== 'exists' && node.kind !== 'accumulate') return;
  branch.scratch[join.position] = slot;
  let left = leftMatches(workspace, branch, nodeIndex, branch.scratch, node.single);
  if (before !== undefined)
    left = left.filter((match) => before.left.some((old) => sameBefore(branch, nodeIndex, old, match)));
  if (node.kind === 'accumulate') {
    touch(workspace, branch, nodeIndex, node, left);
    return;
  }
  if (hasPending(workspace, branch))
    retainPending(workspace, branch, (waiting) => groupHolds(workspace, node, waiting.slice()));
  // For a single pattern, every left match found here was met by the fact that has gone.
  if (node.kind === 'not' || node.single === null) {
    const free = left.filter((match) => groupHolds(workspace, node, match));
    finish(workspace, branch, expand(workspace, branch, free, nodeIndex + 1), true);
  }
}

/** A declared fact has other values now; `before` tells how the groups stood. */
export function propagateChange(
  run: Propagation,
  inputs: readonly Input[],
  arrived: ReadonlySet<number>,
  slot: number,
  before: readonly Before[],
): void {
  const { workspace } = run.network;
  for (const branch of new Set(inputs.map((input) => input.branch))) {
    if (hasPending(workspace, branch))
      guarded(run, branch, () =>
        retainPending(workspace, branch, (waiting) => stillHolds(workspace, branch, waiting)),
      );
  }
  for (const input of inputs) {
    guarded(run, input.branch, () =>
      change(
        workspace,
        input,
        arrived,
        slot,
        before.find((item) => item.input === input),
      ),
    );
  }
}

function change(
  workspace: Workspace,
  input: Input,
  arrived: ReadonlySet<number>,
  slot: number,
  before: Before | undefined,
): void {
  const { branch, nodeIndex, join } = input;
  const node = branch.nodes[nodeIndex] as BranchNode;
  if (node === join) {
    if (arrived.has(join.memory)) arrive(workspace, input, slot);
    return;
  }
  if (node.kind !== 'not' && node.kind !== 'exists' && node.kind !== 'accumulate') return;
  const left = leftMatches(workspace, branch, nodeIndex, branch.scratch, null);
  const was = (match: Match): boolean =>
    before?.left.some((old) => sameBefore(branch, nodeIndex, old, match)) ?? false;
  if (node.kind === 'accumulate') {
    const counts = (match: Match): boolean =>
      arrived.has(join.memory) && contributes(workspace, node, input, match, slot);
    touch(
      workspace,
      branch,
      nodeIndex,
      node,
      left.filter((match) => was(match) || counts(match)),
    );
    return;
  }
  const free = left.filter((match) => was(match) && groupHolds(workspace, node, match));
  finish(workspace, branch, expand(workspace, branch, free, nodeIndex + 1), true);
}

/** Evaluates a branch for the first time, over all facts there are. */
export function evaluateWhole(run: Propagation, branch: Branch): void {
  guarded(run, branch, (workspace) =>
    finish(workspace, branch, expand(workspace, branch, [new Array<number>(branch.size).fill(-1)], 0), true),
  );
}
