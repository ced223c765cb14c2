/**
 * Moves a live session to another rule set. Unchanged rules keep their timers and do not fire again for old
 * matches; new and changed ones see the events still remembered (spec/drl-semantics.md, trap 14).
 */
import type { VisitorEvent } from '../model/index.js';
import { type AgendaRun, fireAll } from './engine/agenda.js';
import { setDue } from './engine/clock.js';
import { isMarked, rememberFields } from './engine/facts.js';
import type { Branch, Memory } from './engine/network.js';
import { evaluateWhole } from './engine/propagate.js';
import { startRun, takeFirings } from './engine.js';
import type { RuleSet } from './rule-set.js';
import { type RuleSession, emptySession, slotsMax } from './session.js';
import type { Firing } from './types.js';

/**
 * `eventOf` gives the visit's events by ordinal, undefined for those that the visit has forgotten itself. The
 * session is changed in place; the firings of rules that are new to it come back.
 */
export function adoptRuleSet(
  from: RuleSet,
  to: RuleSet,
  session: RuleSession,
  eventOf: (ordinal: number) => VisitorEvent | undefined,
): readonly Firing[] {
  if (from.fingerprint === to.fingerprint && session.ruleSet === to.fingerprint) return [];
  const next = emptySession(to.fingerprint);
  if (session.base === null) {
    Object.assign(session, next);
    return [];
  }
  next.base = session.base;
  next.clock = session.clock;
  next.count = session.count;
  next.gone = session.gone;
  const run = startRun(to, next, null);
  const { workspace } = to.network;
  workspace.unload();
  workspace.load();
  const pairs = branchPairs(from, to);
  const known = new Set(pairs.values());
  const fresh = to.network.branches.filter((branch) => !known.has(branch));
  const slots = carryFacts(from, session, run, new Set(fresh), eventOf);
  carryWaiting(from, to, session, next, pairs, slots);
  for (const branch of fresh) evaluateWhole(run, branch);
  fireAll(run);
  dropUnstored(run, next);
  setDue(run, next);
  workspace.releaseNow();
  workspace.unload();
  Object.assign(session, next);
  return takeFirings(run);
}

/** The branches of rules that both sets have, old to new. */
function branchPairs(from: RuleSet, to: RuleSet): Map<Branch, Branch> {
  const pairs = new Map<Branch, Branch>();
  const rules = new Map(to.network.rules.map((rule) => [rule.fingerprint, rule]));
  for (const rule of from.network.rules) {
    const twin = rules.get(rule.fingerprint);
    rule.branches.forEach((branch, index) => {
      const other = twin?.branches[index];
      if (other !== undefined) pairs.set(branch, other);
    });
  }
  return pairs;
}

/** Sorts every remembered fact into the new memories; gives the new slot of each old one. */
function carryFacts(
  from: RuleSet,
  old: RuleSession,
  run: AgendaRun,
  fresh: ReadonlySet<Branch>,
  eventOf: (ordinal: number) => VisitorEvent | undefined,
): Map<number, number> {
  const slots = new Map<number, number>();
  const oldSlots = new Map<number, number>();
  old.ordinals.forEach((ordinal, slot) => {
    if (ordinal >= 0 && isMarked(old, slot)) oldSlots.set(ordinal, slot);
  });
  const gone = new Set(old.gone);
  const { workspace, alpha } = run.network;
  for (let ordinal = 0; ordinal < old.count; ordinal++) {
    const event = gone.has(ordinal) ? undefined : eventOf(ordinal);
    if (event === undefined || isForgotten(from, old, event)) continue;
    workspace.event = event;
    const memories = wanted(alpha.matchEvent(event), fresh);
    if (memories.length > 0) {
      const slot = workspace.allocate(event.timestamp - (old.base ?? 0), ordinal, 0);
      if (slot === undefined) break;
      rememberFields(memories, workspace, slot, event, true);
      mark(run, memories, slot);
      const before = oldSlots.get(ordinal);
      if (before !== undefined) slots.set(before, slot);
    }
    workspace.event = null;
  }
  carryDeclared(from, old, run, slots);
  return slots;
}

/** An event that no old package could still see is not remembered. */
function isForgotten(from: RuleSet, old: RuleSession, event: VisitorEvent): boolean {
  const reach = from.network.eventReachMs;
  return reach >= 0 && event.timestamp - (old.base ?? 0) + reach <= old.clock;
}

function wanted(memories: readonly Memory[], fresh: ReadonlySet<Branch>): Memory[] {
  return memories.filter((memory) => memory.stored || memory.inputs.some(({ branch }) => fresh.has(branch)));
}

function mark(run: AgendaRun, memories: readonly Memory[], slot: number): void {
  const { workspace } = run.network;
  const time = workspace.timeOf(slot);
  for (const memory of memories) {
    if (memory.window?.kind === 'time' && time + memory.window.size <= workspace.session.clock) continue;
    if (memory.expiresMs >= 0 && time + memory.expiresMs <= workspace.session.clock) continue;
    const list = workspace.lists[memory.index] as number[];
    if (list.length >= run.marksMax) continue;
    if (memory.window?.kind === 'length' && list.length >= memory.window.size)
      workspace.unmark(memory.index, list[0] as number);
    workspace.mark(memory.index, slot);
  }
}

/** Facts that rules inserted live on when the new packages declare their type alike. */
function carryDeclared(from: RuleSet, old: RuleSession, run: AgendaRun, slots: Map<number, number>): void {
  const { workspace, alpha, memories } = run.network;
  const types = new Map(memories.map(({ factType }) => [factType.id, factType]));
  for (const mark_ of old.marks) {
    const slot = mark_ % slotsMax;
    const values = old.values[slot];
    if (slots.has(slot) || (old.ordinals[slot] as number) >= 0 || values === undefined || values === 0)
      continue;
    const { factType } = from.network.memories[Math.floor(mark_ / slotsMax)] as Memory;
    const type = types.get(factType.id);
    const alike = type !== undefined && [...type.fields.keys()].join() === [...factType.fields.keys()].join();
    const copy = alike ? workspace.allocate(old.times[slot] as number, -1, [...values]) : undefined;
    if (copy === undefined) continue;
    slots.set(slot, copy);
    workspace.testedSlot = copy;
    mark(run, alpha.matchFact(factType.id).slice(), copy);
    workspace.testedSlot = -1;
  }
}

/** Timers and suspensions of unchanged rules. */
function carryWaiting(
  from: RuleSet,
  to: RuleSet,
  old: RuleSession,
  next: RuleSession,
  pairs: ReadonlyMap<Branch, Branch>,
  slots: ReadonlyMap<number, number>,
): void {
  for (const [index = -1, due = 0, ...facts] of old.timers) {
    const branch = pairs.get(from.network.branches[index] as Branch);
    const moved = facts.map((slot) => slots.get(slot) ?? -1);
    if (branch !== undefined && !moved.includes(-1)) next.timers.push([branch.index, due, ...moved]);
  }
  const rules = new Map(to.network.rules.map((rule) => [rule.fingerprint, rule.index]));
  for (const index of old.suspended) {
    const twin = rules.get(from.network.rules[index]?.fingerprint ?? '');
    if (twin !== undefined) next.suspended.push(twin);
  }
}

/** What was kept only to show new rules the past. */
function dropUnstored(run: AgendaRun, session: RuleSession): void {
  const { workspace, memories } = run.network;
  for (const mark_ of [...session.marks]) {
    const memory = memories[Math.floor(mark_ / slotsMax)] as Memory;
    const slot = mark_ % slotsMax;
    if (memory.stored) continue;
    workspace.unmark(memory.index, slot);
    if (!isMarked(session, slot)) workspace.release(slot);
  }
}
