/** Facts that come, go and change, whoever wants it: a visitor's event, an action, or time. */
import type { VisitorEvent } from '../../model/index.js';
import type { FactType } from '../checker/fact-types.js';
import type { RuleSession } from '../session.js';
import { slotsMax } from '../session.js';
import { toNumber } from './comparisons.js';
import type { Input, Match, Memory } from './network.js';
import { retainPending } from './pending.js';
import {
  type Propagation,
  beforeRemoval,
  inputsOf,
  propagateArrival,
  propagateChange,
  propagateRemoval,
} from './propagate.js';
import type { Workspace } from './workspace.js';

/** How a run counts what a rule keeps. */
export interface FactRun extends Propagation {
  /** Marks that one memory may hold. */
  readonly marksMax: number;
}

/** Whether a window of time no longer reaches back to a fact of this time. */
function isOutside(memory: Memory, time: number, clock: number): boolean {
  return memory.window?.kind === 'time' && time + memory.window.size <= clock;
}

export function noteDue(session: RuleSession, memory: Memory, time: number): void {
  if (memory.window?.kind === 'time') noteInstant(session, memory.wakes, time + memory.window.size);
  if (memory.expiresMs >= 0) noteInstant(session, memory.wakes, time + memory.expiresMs);
}

function noteInstant(session: RuleSession, wakes: boolean, instant: number): void {
  if (wakes) {
    if (session.due === null || instant < session.due) session.due = instant;
  } else if (session.purge === null || instant < session.purge) session.purge = instant;
}

/** Puts a fact into memories and evaluates what it completes. Returns whether any memory keeps it. */
export function addToMemories(
  run: FactRun,
  memories: readonly Memory[],
  slot: number,
  first: boolean,
): boolean {
  const { workspace } = run.network;
  const { session } = workspace;
  const time = workspace.timeOf(slot);
  const reached = memories.filter((memory) => !isOutside(memory, time, session.clock));
  // Windows slide before the fact is anywhere, so that what follows from that does not yet see it.
  for (const memory of reached)
    if (memory.window?.kind === 'length' && memory.stored) slideLength(run, memory);
  let kept = false;
  for (const memory of reached) {
    if (!memory.stored) continue;
    if ((workspace.lists[memory.index] as number[]).length >= run.marksMax) {
      for (const { branch } of memory.inputs) run.suspend(branch, 'stateBytes');
      continue;
    }
    workspace.mark(memory.index, slot);
    noteDue(session, memory, time);
    kept = true;
  }
  propagateArrival(run, reached, slot, first);
  return kept;
}

/** A window of length gives up its oldest fact before it takes a new one. */
function slideLength(run: FactRun, memory: Memory): void {
  const list = run.network.workspace.lists[memory.index] as number[];
  if (memory.window === null || list.length < memory.window.size) return;
  removeFrom(run, [memory], list[0] as number);
}

/** Takes a fact out of some memories and evaluates what that frees. */
export function removeFrom(run: FactRun, memories: readonly Memory[], slot: number): void {
  const { workspace } = run.network;
  const inputs = inputsOf(memories);
  const before = beforeRemoval(run, inputs, slot, false);
  for (const memory of memories) workspace.unmark(memory.index, slot);
  propagateRemoval(run, inputs, slot, before);
  if (slot !== workspace.eventSlot && !isMarked(workspace.session, slot)) workspace.release(slot);
}

export function isMarked(session: RuleSession, slot: number): boolean {
  for (const mark of session.marks) if (mark % slotsMax === slot) return true;
  return false;
}

/** Deletes a fact for good: no memory keeps it and no match with it fires. */
export function deleteFact(run: FactRun, slot: number): void {
  const { workspace } = run.network;
  const { session } = workspace;
  const memories = workspace.memoriesOf(slot).map((index) => run.network.memories[index] as Memory);
  if (memories.length === 0 && slot !== workspace.eventSlot) return;
  const ordinal = session.ordinals[slot] as number;
  if (ordinal >= 0 && !session.gone.includes(ordinal)) session.gone.push(ordinal);
  for (const branch of [...workspace.active]) {
    retainPending(
      workspace,
      branch,
      (waiting) => !branch.positions.some((position) => waiting[position] === slot),
    );
  }
  if (memories.length > 0) removeFrom(run, memories, slot);
}

/** Remembers of an event what the rules that keep it still read. */
export function rememberFields(
  memories: readonly Memory[],
  workspace: Workspace,
  slot: number,
  event: VisitorEvent,
  all = false,
): void {
  let kept: unknown[] | 0 = 0;
  for (const memory of memories) {
    if (!memory.stored && !all) continue;
    for (const field of memory.fields) {
      if (kept === 0) kept = [];
      let known = false;
      for (let index = 0; index < kept.length; index += 2) known ||= kept[index] === field;
      if (!known) kept.push(field, workspace.readers[field]?.(event));
    }
  }
  workspace.session.values[slot] = kept;
}

/** Inserts a fact that an action has made. */
export function insertFact(run: FactRun, factType: FactType, values: unknown[]): void {
  const { workspace, alpha } = run.network;
  const { session } = workspace;
  let time = session.clock;
  if (factType.timestampField !== null) {
    const at = [...factType.fields.keys()].indexOf(factType.timestampField);
    time = (toNumber(values[at]) ?? session.clock + (session.base ?? 0)) - (session.base ?? 0);
  }
  const slot = workspace.allocate(time, -1, values);
  if (slot === undefined) return;
  workspace.testedSlot = slot;
  const memories = alpha.matchFact(factType.id).slice();
  workspace.testedSlot = -1;
  if (!addToMemories(run, memories, slot, false)) workspace.release(slot);
}

/** Changes fields of a declared fact. Patterns that read none of them do not notice. */
export function modifyFact(
  run: FactRun,
  factType: FactType,
  slot: number,
  changes: readonly { index: number; field: string; value: unknown }[],
): void {
  const { network } = run;
  const { workspace, alpha } = network;
  const { session } = workspace;
  const values = session.values[slot];
  if (values === undefined || values === 0) return;
  const fields = new Set(changes.map((change) => change.field));
  const concerns = (input: Input): boolean =>
    fields.size === 0 || [...input.join.listens].some((field) => fields.has(field));
  const before = workspace.memoriesOf(slot).map((index) => network.memories[index] as Memory);
  const sinks = new Set(before);
  const old = beforeRemoval(run, inputsOf([...sinks]).filter(concerns), slot, true);
  for (const change of changes) values[change.index] = change.value;
  workspace.testedSlot = slot;
  const after = alpha.matchFact(factType.id).slice();
  workspace.testedSlot = -1;
  const fresh = after.filter((memory) => !sinks.has(memory));
  // Groups that the fact now joins for the first time have not been asked before.
  const oldFresh = beforeRemoval(run, inputsOf(fresh), slot, true);
  for (const memory of before) {
    if (after.includes(memory) && !memory.inputs.some(concerns)) continue;
    workspace.unmark(memory.index, slot);
  }
  const arrived = new Set<number>();
  for (const memory of after) {
    if (sinks.has(memory) && !memory.inputs.some(concerns)) continue;
    workspace.mark(memory.index, slot);
    arrived.add(memory.index);
    noteDue(session, memory, workspace.timeOf(slot));
  }
  const inputs = [...inputsOf([...sinks]).filter(concerns), ...inputsOf(fresh)].sort(
    (left, right) => left.sequence - right.sequence,
  );
  propagateChange(run, inputs, arrived, slot, [...old, ...oldFresh]);
}

/** The fact behind a value of an action; undefined when it is none. */
export function slotOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

export type { Match };
