/** The engine's calls: events and time go in, firings come out, the session changes in place. */
import { assert } from '../base/index.js';
import type { VisitorEvent } from '../model/index.js';
import { type AgendaRun, fireAll, stopRule } from './engine/agenda.js';
import { expireLate, leadClock } from './engine/clock.js';
import { addToMemories, isMarked, rememberFields } from './engine/facts.js';
import type { Memory } from './engine/network.js';
import { evaluateWhole } from './engine/propagate.js';
import type { RuleSet } from './rule-set.js';
import { type RuleSession, emptySession } from './session.js';
import type { Firing } from './types.js';

/** Bytes that one mark of one fact takes, roughly and encoded: the mark and its share of the fact. */
export const markBytes = 32;

const nothing: readonly Firing[] = Object.freeze([]);

export function newSession(ruleSet: RuleSet): RuleSession {
  return emptySession(ruleSet.fingerprint);
}

export function startRun(ruleSet: RuleSet, session: RuleSession, completedBy: number | null): AgendaRun {
  assert(
    session.ruleSet === ruleSet.fingerprint,
    'a session belongs to the rule set that made or adopted it',
  );
  const { network, limits } = ruleSet;
  network.workspace.use(session);
  const run: AgendaRun = {
    network,
    firings: [],
    counts: new Map(),
    completedBy,
    matchesMax: limits.matchesMax,
    firingsPerEventMax: limits.firingsPerEventMax,
    marksMax: Math.floor(limits.stateBytesMax / markBytes),
    suspend: (branch, reason) => stopRule(run, branch, reason),
  };
  return run;
}

/**
 * Leads the session's clock through every due instant up to the event's time, then inserts the event and fires.
 * `ordinal` is the event's number in the visit, from 0, rising. An event of the past is inserted with its own time.
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
      : insertMatched(ruleSet, session, event, ordinal, memories.slice(), first);
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
    return run.firings;
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
  return run.firings.length === 0 ? nothing : run.firings;
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
  return run.firings.length === 0 ? nothing : run.firings;
}

/** The next instant at which time alone may fire something, epoch milliseconds; Infinity when there is none. */
export function nextDeadlineMs(session: RuleSession): number {
  return session.base === null || session.due === null ? Infinity : session.base + session.due;
}
