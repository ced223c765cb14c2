/** The engine's calls: events and time go in, firings come out, the session changes in place. */
import { assert } from '../base/index.js';
import type { VisitorEvent } from '../model/index.js';
import { type AgendaRun, fireAll } from './engine/agenda.js';
import { expireLate, leadClock } from './engine/clock.js';
import { addToMemories, isMarked, rememberFields } from './engine/facts.js';
import type { Memory } from './engine/network.js';
import { evaluateWhole } from './engine/propagate.js';
import type { RuleSet } from './rule-set.js';
import { type RuleSession, emptySession } from './session.js';
import type { Firing } from './types.js';

const nothing: readonly Firing[] = Object.freeze([]);

export function newSession(ruleSet: RuleSet): RuleSession {
  return emptySession(ruleSet.fingerprint);
}

/** Readies the rule set's run for a session. */
export function startRun(ruleSet: RuleSet, session: RuleSession, completedBy: number | null): AgendaRun {
  assert(
    session.ruleSet === ruleSet.fingerprint,
    'a session belongs to the rule set that made or adopted it',
  );
  const { run } = ruleSet;
  run.network.workspace.use(session);
  run.completedBy = completedBy;
  if (run.counts.size > 0) run.counts.clear();
  return run;
}

/** The firings of a run, which is ready for the next one. */
export function takeFirings(run: AgendaRun): readonly Firing[] {
  const { firings } = run;
  if (firings.length === 0) return nothing;
  run.firings = [];
  return firings;
}

/**
 * Leads the session's clock through every due instant up to the event's time, then inserts the event and
 * fires. `ordinal` is the event's number in the visit, from 0, rising. An event of the past is inserted with
 * its own time.
 */
export function insertEvent(
  ruleSet: RuleSet,
  session: RuleSession,
  event: VisitorEvent,
  ordinal: number,
): readonly Firing[] {
  const first = session.base === null;
  const early = first ? nothing : advanceClock(ruleSet, session, event.timestamp);
  if (first) {
    session.base = event.timestamp;
    session.clock = 0;
  }
  if (ordinal >= session.count) session.count = ordinal + 1;
  const { workspace, alpha, initial } = ruleSet.network;
  workspace.event = event;
  const memories = alpha.matchEvent(event);
  const firings =
    memories.length === 0 && !(first && initial.length > 0)
      ? nothing
      : insertMatched(ruleSet, session, event, ordinal, memories, first);
  workspace.event = null;
  workspace.eventSlot = -1;
  return early.length === 0 ? firings : firings.length === 0 ? early : [...early, ...firings];
}

function insertMatched(
  ruleSet: RuleSet,
  session: RuleSession,
  event: VisitorEvent,
  ordinal: number,
  memories: readonly Memory[],
  first: boolean,
): readonly Firing[] {
  const run = startRun(ruleSet, session, ordinal);
  const { workspace, initial } = ruleSet.network;
  workspace.load();
  const slot = workspace.allocate(event.timestamp - (session.base ?? 0), ordinal, 0);
  if (slot === undefined) {
    for (const memory of memories) for (const { branch } of memory.inputs) run.suspend(branch, 'stateBytes');
    return takeFirings(run);
  }
  workspace.eventSlot = slot;
  rememberFields(memories, workspace, slot, event);
  addToMemories(run, memories, slot, first);
  if (first) for (const branch of initial) evaluateWhole(run, branch);
  fireAll(run);
  expireLate(run, slot);
  workspace.eventSlot = -1;
  if (!isMarked(session, slot)) workspace.release(slot);
  workspace.releaseNow();
  return takeFirings(run);
}

/** Leads the clock to `timeMs`, firing what is due on the way; before the first event nothing happens. */
export function advanceClock(ruleSet: RuleSet, session: RuleSession, timeMs: number): readonly Firing[] {
  if (session.base === null) return nothing;
  const time = timeMs - session.base;
  if (time <= session.clock) return nothing;
  const quiet =
    (session.due === null || session.due > time) && (session.purge === null || session.purge > time);
  if (quiet) {
    session.clock = time;
    return nothing;
  }
  const run = startRun(ruleSet, session, null);
  leadClock(run, time);
  ruleSet.network.workspace.releaseNow();
  return takeFirings(run);
}

/**
 * The next instant at which time alone may fire something, epoch milliseconds; Infinity when there is none.
 */
export function nextDeadlineMs(session: RuleSession): number {
  return session.base === null || session.due === null ? Infinity : session.base + session.due;
}
