/**
 * Fires what waits, rule by rule: the highest salience first, then the order of declaration, until nothing
 * is left.
 */
import { compareBranches } from './rule-order.js';
import type { Firing, RuleLimits, SuspensionReason } from '../types.js';
import type { Network } from './build-network.js';
import { toText } from './comparisons.js';
import { type FactRun, deleteFact, insertFact, modifyFact, slotOf } from './facts.js';
import type { ActionStep, Branch, Match } from './network.js';
import { retainPending } from './pending.js';
import { markBytes } from '../session.js';
import type { Workspace } from './workspace.js';

/** One for each rule set, used again for every event. */
export interface AgendaRun extends FactRun {
  firings: Firing[];
  /** Firings of each rule since the event or instant began. */
  readonly counts: Map<number, number>;
  readonly firingsPerEventMax: number;
  /** Ordinal of the event being inserted; null while time does the firing. */
  completedBy: number | null;
}

export function newRun(network: Network, limits: RuleLimits): AgendaRun {
  network.workspace.queueLengthMax = limits.firingsPerEventMax;
  const run: AgendaRun = {
    network,
    firings: [],
    counts: new Map(),
    completedBy: null,
    matchesMax: limits.matchesMax,
    firingsPerEventMax: limits.firingsPerEventMax,
    marksMax: Math.floor(limits.stateBytesMax / markBytes),
    suspend: (branch, reason) => {
      stopRule(run, branch, reason);
    },
  };
  return run;
}

type Emit = { readonly kind: 'event'; readonly ordinal: number | null } | { readonly kind: 'visit' };

export function fireAll(run: AgendaRun): void {
  const { workspace } = run.network;
  while (workspace.active.length > 0) {
    const branch = nextBranch(workspace.active);
    const queue = workspace.queues.get(branch) as Match[];
    const match = queue.shift() as Match;
    if (queue.length === 0) workspace.active.splice(workspace.active.indexOf(branch), 1);
    if (isEffective(workspace, branch)) fire(run, branch, match);
  }
}

function nextBranch(active: readonly Branch[]): Branch {
  let best = active[0] as Branch;
  for (const branch of active) if (compareBranches(branch, best) < 0) best = branch;
  return best;
}

function isEffective({ session }: Workspace, { rule }: Branch): boolean {
  const now = (session.base ?? 0) + session.clock;
  return now >= rule.effectiveMs && now < rule.expiresMs;
}

function fire(run: AgendaRun, branch: Branch, match: Match): void {
  const { rule } = branch;
  const count = (run.counts.get(rule.index) ?? 0) + 1;
  run.counts.set(rule.index, count);
  if (count > run.firingsPerEventMax) {
    stopRule(run, branch, 'firingsPerEvent');
    return;
  }
  if (rule.activationGroup !== null) cancelGroup(run, rule.activationGroup);
  run.network.workspace.observer?.(branch, match);
  const emits: Emit[] = [];
  const effects: (() => void)[] = [];
  let userData: Record<string, string> | undefined;
  for (const step of branch.action) {
    if (step.kind === 'setUserData') (userData ??= {})[toText(step.key(match))] = toText(step.value(match));
    else carryOut(run, step, match, emits, effects);
  }
  record(run, branch, emits, userData);
  const { workspace } = run.network;
  workspace.origin = rule;
  for (const effect of effects) effect();
  workspace.origin = null;
}

/** Reads all values at once; what changes facts happens after the action, in order, as in Drools. */
function carryOut(
  run: AgendaRun,
  step: Exclude<ActionStep, { kind: 'setUserData' }>,
  match: Match,
  emits: Emit[],
  effects: (() => void)[],
): void {
  const { session } = run.network.workspace;
  switch (step.kind) {
    case 'emitActionable': {
      const slot = slotOf(step.event(match));
      const ordinal = slot === undefined ? null : (session.ordinals[slot] ?? null);
      emits.push({ kind: 'event', ordinal: ordinal !== null && ordinal >= 0 ? ordinal : null });
      return;
    }
    case 'emitVisit':
      emits.push({ kind: 'visit' });
      return;
    case 'insert': {
      const values = step.values.map((read) => read(match));
      effects.push(() => insertFact(run, step.factType, values));
      return;
    }
    case 'delete': {
      const target = step.target(match);
      for (const item of Array.isArray(target) ? [...(target as unknown[])] : [target]) {
        const slot = slotOf(item);
        if (slot !== undefined) effects.push(() => deleteFact(run, slot));
      }
      return;
    }
    case 'modify': {
      const slot = slotOf(step.target(match));
      const changes = step.setters.map(({ index, field, value }) => ({ index, field, value: value(match) }));
      if (slot !== undefined) effects.push(() => modifyFact(run, step.factType, slot, changes));
    }
  }
}

/** One record for a firing, and one more for each further emit of its action. */
function record(
  run: AgendaRun,
  branch: Branch,
  emits: readonly Emit[],
  userData: Record<string, string> | undefined,
): void {
  const { session } = run.network.workspace;
  const base = {
    package: branch.rule.packageName,
    rule: branch.rule.name,
    timestamp: (session.base ?? 0) + session.clock,
    completedBy: run.completedBy,
    ...(userData === undefined ? {} : { userData }),
  };
  if (emits.length === 0) run.firings.push({ ...base, basedOn: null, emitted: false });
  for (const emit of emits)
    run.firings.push({ ...base, basedOn: emit.kind === 'event' ? emit.ordinal : null, emitted: true });
}

/** The first firing of an activation group cancels what else of the group waits at this moment. */
function cancelGroup(run: AgendaRun, group: string): void {
  const { workspace } = run.network;
  for (const branch of [...workspace.active]) {
    if (branch.rule.activationGroup !== group) continue;
    (workspace.queues.get(branch) as Match[]).length = 0;
    workspace.active.splice(workspace.active.indexOf(branch), 1);
  }
}

/** Stops a rule for this visit, and says so once. */
export function stopRule(run: AgendaRun, { rule }: Branch, reason: SuspensionReason): void {
  const { workspace } = run.network;
  const { session } = workspace;
  if (session.suspended.includes(rule.index)) return;
  session.suspended.push(rule.index);
  for (const branch of rule.branches) retainPending(workspace, branch, () => false);
  run.firings.push({
    package: rule.packageName,
    rule: rule.name,
    timestamp: (session.base ?? 0) + session.clock,
    completedBy: run.completedBy,
    basedOn: null,
    emitted: false,
    suspended: reason,
  });
}
