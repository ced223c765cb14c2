/** Recognising an event that was sent twice: a window of id fingerprints, and the log to be sure. */
import { hash32 } from '../../base/index.js';
import type { VisitorEvent } from '../../model/index.js';
import { holdsEventID } from './log.js';
import { type VisitState, visitBounds } from './state.js';

/** 52 bits of a hash of the whole id: ids of a site's own making may begin alike. */
function fingerprint(eventID: string): number {
  return hash32(eventID) * 0x100000 + (hash32(eventID, 0x9e3779b1) >>> 12);
}

/**
 * The events of a batch that the visit has not taken yet, in order, remembered as taken. The batch itself is
 * returned when all are new, so that its bytes can be used as they are.
 */
export function takeNewEvents(visit: VisitState, events: readonly VisitorEvent[]): readonly VisitorEvent[] {
  const { seen } = visit;
  let fresh: VisitorEvent[] | undefined;
  for (let index = 0; index < events.length; index++) {
    const event = events[index] as VisitorEvent;
    const mark = fingerprint(event.eventID);
    if (seen.includes(mark) && isRepeat(visit, event, fresh ?? events.slice(0, index))) {
      fresh ??= events.slice(0, index);
      continue;
    }
    seen.push(mark);
    fresh?.push(event);
  }
  if (seen.length > visitBounds.seenEventsMax) seen.splice(0, seen.length - visitBounds.seenEventsMax);
  return fresh ?? events;
}

/**
 * Two ids may share a fingerprint, so an equal one is looked up; when the log is gone the fingerprint
 * decides.
 */
function isRepeat(visit: VisitState, event: VisitorEvent, batch: readonly VisitorEvent[]): boolean {
  if (batch.some((other) => other.eventID === event.eventID)) return true;
  const log = visit.log;
  const complete = log !== null && (log[0]?.firstOrdinal ?? 0) === 0;
  return complete ? holdsEventID(visit, event.eventID) : true;
}
