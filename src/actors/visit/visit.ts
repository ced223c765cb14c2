/**
 * One visit: the pages and events of one browser, its identities, its rule session.
 *
 *     unknown ── startVisit, first event ──> open ── no activity for visitExpirationTime ──> over
 *
 * Expiry is looked at when a page opens, as the option says; events of a visit that is over are still taken,
 * since they happened in it.
 */
import { hashId, type Machine, unreachable } from '../../base/index.js';
import type { Settings } from '../../model/index.js';
import {
  notificationChannel,
  type Documents,
  type Effect,
  type VisitInput,
  type WakeInput,
} from '../protocol/index.js';
import { appendEvents } from './log.js';
import { takeNewEvents } from './repeats.js';
import { prepareRules, runRules, wakeRules } from './rules.js';
import { initialVisit, type VisitState } from './state.js';
import { applySystemEvent } from './system-events.js';

type Input = VisitInput | WakeInput;

export const visitMachine: Machine<VisitState, Input, Effect, Documents> = {
  initial: initialVisit,

  step(visit, input, nowMs, documents) {
    const effects: Effect[] = [];
    switch (input.kind) {
      case 'startVisit':
        startVisit(visit, input.globalVisitID, input.userAgent, nowMs, effects);
        effects.push({ kind: 'reply', value: { expired: false, globalVisitID: visit.globalVisitID } });
        break;
      case 'openPage':
        openPage(visit, nowMs, documents.settings, effects);
        break;
      case 'receiveEvents':
        receiveEvents(visit, input, nowMs, documents, effects);
        break;
      case 'engagementEnded':
        visit.openEngagements = visit.openEngagements.filter((id) => id !== input.interactionId);
        break;
      case 'notify':
        effects.push({ kind: 'push', channel: notificationChannel(visit.visitID), data: input.messages });
        break;
      case 'wake':
        if (visit.deadlineMs !== null && nowMs >= visit.deadlineMs)
          wakeRules(visit, nowMs, documents, effects);
        break;
      default:
        unreachable(input, 'visit input');
    }
    return { state: visit, effects };
  },
};

function startVisit(
  visit: VisitState,
  globalVisitID: string,
  userAgent: string | null,
  nowMs: number,
  effects: Effect[],
): void {
  visit.lastActivityAt = nowMs;
  if (visit.startDate !== 0) return;
  visit.startDate = nowMs;
  visit.globalVisitID = globalVisitID;
  visit.userAgentId = userAgent === null ? null : hashId(userAgent);
  keepVisit(visit, effects);
  effects.push({ kind: 'observe', fact: { name: 'visitStarted' } });
}

function openPage(
  visit: VisitState,
  nowMs: number,
  { visitExpirationMs }: Settings,
  effects: Effect[],
): void {
  const known = visit.startDate !== 0;
  const expired = !known || visit.endDate !== 0 || isExpired(visit, nowMs, visitExpirationMs);
  if (!expired) visit.lastActivityAt = nowMs;
  else if (known && visit.endDate === 0) {
    visit.endDate = visit.lastActivityAt;
    keepVisit(visit, effects);
    effects.push({ kind: 'observe', fact: { name: 'visitExpired' } });
  }
  effects.push({ kind: 'reply', value: { expired, globalVisitID: visit.globalVisitID } });
}

function isExpired(visit: VisitState, nowMs: number, visitExpirationMs: number): boolean {
  return visitExpirationMs > 0 && nowMs - visit.lastActivityAt > visitExpirationMs;
}

function receiveEvents(
  visit: VisitState,
  input: Extract<VisitInput, { kind: 'receiveEvents' }>,
  nowMs: number,
  documents: Documents,
  effects: Effect[],
): void {
  const { events, bytes } = input;
  const first = events[0];
  if (first !== undefined) startVisit(visit, first.globalVisitID, null, nowMs, effects);
  const fresh = takeNewEvents(visit, events);
  const duplicates = events.length - fresh.length;
  effects.push({ kind: 'observe', fact: { name: 'eventsTaken', count: fresh.length, duplicates } });
  if (fresh.length > 0) {
    prepareRules(visit, nowMs, documents, effects);
    const firstOrdinal = visit.eventCount;
    appendEvents(visit, fresh, duplicates === 0 ? bytes : undefined, effects);
    for (const event of fresh) {
      if (event.eventType === 'SYSTEM') applySystemEvent(visit, event, documents.settings, effects);
    }
    effects.push({ kind: 'show', visitID: visit.visitID, events: fresh });
    runRules(visit, fresh, firstOrdinal, nowMs, documents, effects);
  }
  effects.push({ kind: 'reply', value: { duplicates } });
}

function keepVisit(visit: VisitState, effects: Effect[]): void {
  const { visitID, startDate, endDate, globalVisitID, userAgentId } = visit;
  const value = { visitId: visitID, startDate, endDate, globalVisitID, userAgentId };
  effects.push({ kind: 'persist', row: { entity: 'visit', value } });
}
