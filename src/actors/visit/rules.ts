/** Runs the visit's rule session, and turns its firings into ACTIONABLE events and engagements. */
import { hashId } from '../../base/index.js';
import { interactionIdOf, type VisitorEvent } from '../../model/index.js';
import type { Firing } from '../../rules/index.js';
import { type Documents, type Effect, engagementAddress } from '../protocol/index.js';
import { appendEvents, eventAt } from './log.js';
import { isReady, openRun, type RuleRun } from './rule-run.js';
import { type VisitState, visitBounds } from './state.js';
import { copyFields } from './user-data.js';

/**
 * Brings the session to the rules of `documents`: before new events join the log, since the log may rebuild
 * it. Rules that are new to the visit fire for what it remembers.
 */
export function prepareRules(
  visit: VisitState,
  nowMs: number,
  documents: Documents,
  effects: Effect[],
): void {
  if (isReady(visit, documents)) return;
  const run = openRun(visit, documents);
  scheduleRules(visit, run);
  if (run.adopted.length > 0) {
    takeFirings(visit, run.adopted, [], visit.eventCount, nowMs, documents, effects);
  }
}

/** Rebuilds a session that was dropped from memory, at the rules that it had; nothing fires again. */
export function restoreRules(visit: VisitState, documents: Documents): void {
  const id = visit.sessionDocuments;
  const rules = documents.rulesOf(id);
  const domains = documents.domainsOf?.(id);
  const before = rules === undefined ? documents : { ...documents, id, rules };
  openRun(visit, domains === undefined ? before : { ...before, domains });
}

/** Runs the rules over `events`, the first of which has the ordinal `firstOrdinal`. */
export function runRules(
  visit: VisitState,
  events: readonly VisitorEvent[],
  firstOrdinal: number,
  nowMs: number,
  documents: Documents,
  effects: Effect[],
): void {
  const run = openRun(visit, documents);
  let newestMs = 0;
  let firings: Firing[] | undefined;
  for (let index = 0; index < events.length; index++) {
    const event = atMost(events[index] as VisitorEvent, nowMs);
    if (event.timestamp > newestMs) newestMs = event.timestamp;
    const fired = run.insert(event, firstOrdinal + index);
    if (fired.length > 0) firings = firings === undefined ? [...fired] : firings.concat(fired);
  }
  visit.clockLagMs = Math.max(0, nowMs - newestMs);
  scheduleRules(visit, run);
  if (firings !== undefined) takeFirings(visit, firings, events, firstOrdinal, nowMs, documents, effects);
}

/** A browser whose clock runs ahead must not lead the session's clock into the future. */
function atMost(event: VisitorEvent, nowMs: number): VisitorEvent {
  return event.timestamp <= nowMs ? event : { ...event, timestamp: nowMs };
}

/** Lets time pass: absences, timers and windows that end now. */
export function wakeRules(visit: VisitState, nowMs: number, documents: Documents, effects: Effect[]): void {
  prepareRules(visit, nowMs, documents, effects);
  const run = openRun(visit, documents);
  const firings = run.advance(nowMs - visit.clockLagMs);
  scheduleRules(visit, run);
  if (firings.length > 0) takeFirings(visit, firings, [], visit.eventCount, nowMs, documents, effects);
}

function scheduleRules(visit: VisitState, run: RuleRun): void {
  const dueMs = run.deadlineMs();
  visit.deadlineMs = dueMs === Infinity ? null : dueMs + visit.clockLagMs;
}

function takeFirings(
  visit: VisitState,
  firings: readonly Firing[],
  batch: readonly VisitorEvent[],
  firstOrdinal: number,
  nowMs: number,
  documents: Documents,
  effects: Effect[],
): void {
  const actionable: VisitorEvent[] = [];
  for (const firing of firings) {
    const { package: packageName, rule, suspended } = firing;
    if (suspended !== undefined) {
      const fact = { name: 'ruleSuspended', package: packageName, rule, reason: suspended } as const;
      effects.push({ kind: 'observe', fact });
      continue;
    }
    effects.push({ kind: 'observe', fact: { name: 'ruleFired', package: packageName, rule } });
    if (!firing.emitted) continue;
    const basis = firing.basedOn ?? firing.completedBy ?? visit.eventCount - 1;
    const event = batch[basis - firstOrdinal] ?? eventAt(visit, basis);
    if (event === undefined) continue;
    const made = actionableEvent(visit, firing, event, visit.eventCount + actionable.length);
    actionable.push(made);
    qualify(visit, firing, made, documents, effects);
  }
  if (actionable.length === 0) return;
  appendEvents(visit, actionable, undefined, effects);
  effects.push({ kind: 'show', visitID: visit.visitID, events: actionable });
}

/** An ACTIONABLE event carries the ids, page and data of the event it is based on, and the rule's name. */
function actionableEvent(
  visit: VisitState,
  firing: Firing,
  basis: VisitorEvent,
  ordinal: number,
): VisitorEvent {
  const { package: packageName, rule, timestamp, basedOn, userData } = firing;
  const own = { rule, package: packageName, basedOn: basedOn === null ? null : basis.eventID };
  return {
    ...basis,
    eventType: 'ACTIONABLE',
    eventName: rule,
    eventID: hashId(`${visit.visitID}/${ordinal}/${packageName}/${rule}`),
    timestamp,
    data: { ...basis.data, ...userData, ...own },
  };
}

function qualify(
  visit: VisitState,
  firing: Firing,
  event: VisitorEvent,
  { settings }: Documents,
  effects: Effect[],
): void {
  const { openEngagements, visitID } = visit;
  const allowed = settings.strictEngagementMode ? 1 : visitBounds.openEngagementsMax;
  if (openEngagements.length >= allowed) {
    effects.push({ kind: 'observe', fact: { name: 'engagementBlocked', reason: 'inProgress' } });
    return;
  }
  visit.engagementCount++;
  const interactionId = interactionIdOf(visitID, visit.engagementCount);
  openEngagements.push(interactionId);
  const userData = { ...visit.userFields };
  copyFields(settings.userData.ACTIONABLE, event.data, userData);
  if (firing.userData !== undefined) copyFields(['*'], { ...firing.userData }, userData);
  const { rule } = firing;
  const { eventID: actionableEventId, pageID } = event;
  const qualification = { rule, actionableEventId, pageID, group: settings.chatGroup, userData };
  effects.push({
    kind: 'tell',
    to: engagementAddress(visitID, interactionId),
    input: { kind: 'qualify', visitID, qualification },
  });
}
