/** The visit's own events in memory: appended as bytes, decoded only when one is asked for. */
import { decodeEvents, encodeEvents, eventCount, type VisitorEvent } from '../../model/index.js';
import type { Effect } from '../protocol/index.js';
import { type LogSegment, type VisitState, visitBounds } from './state.js';

/**
 * Gives `events` the next ordinals, remembers them, and keeps them. `bytes` is their encoding when it is
 * known.
 */
export function appendEvents(
  visit: VisitState,
  events: readonly VisitorEvent[],
  bytes: Uint8Array | undefined,
  effects: Effect[],
): void {
  const encoded = bytes ?? encodeEvents(visit.visitID, visit.globalVisitID, events);
  const firstOrdinal = visit.eventCount;
  visit.eventCount += events.length;
  if (visit.log !== null) {
    visit.log.push({ firstOrdinal, bytes: encoded });
    visit.logBytes += encoded.length;
    joinNewest(visit.log);
    trimLog(visit, visit.log);
  }
  const value = { visitId: visit.visitID, firstOrdinal, count: events.length, bytes: encoded };
  effects.push({ kind: 'persist', row: { entity: 'events', value } });
}

/**
 * Joins the newest small pieces into one; encodings joined end to end decode to all their events in order.
 */
function joinNewest(log: LogSegment[]): void {
  const { logSegmentsMax, logSegmentBytesMax } = visitBounds;
  let from = log.length;
  while (from > 0 && (log[from - 1]?.bytes.length ?? 0) < logSegmentBytesMax) from--;
  if (log.length - from <= logSegmentsMax) return;
  const pieces = log.splice(from);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece.bytes, offset);
    offset += piece.bytes.length;
  }
  log.push({ firstOrdinal: pieces[0]?.firstOrdinal ?? 0, bytes });
}

function trimLog(visit: VisitState, log: NonNullable<VisitState['log']>): void {
  while (visit.logBytes > visitBounds.logBytesMax && log.length > 1) {
    visit.logBytes -= log.shift()?.bytes.length ?? 0;
  }
}

/** Replaces the log by what the store has, the newest `logBytesMax` of it. */
export function restoreLog(
  visit: VisitState,
  segments: readonly { firstOrdinal: number; bytes: Uint8Array }[],
): void {
  const log = segments.map(({ firstOrdinal, bytes }) => ({ firstOrdinal, bytes }));
  visit.log = log;
  visit.logBytes = log.reduce((sum, segment) => sum + segment.bytes.length, 0);
  const last = log.at(-1);
  // After a defect the snapshot may be older than the events: their ordinals must never be given twice.
  if (last !== undefined)
    visit.eventCount = Math.max(visit.eventCount, last.firstOrdinal + eventCount(last.bytes));
  trimLog(visit, log);
}

/** A visit that lost its snapshot, from what the store has of it: its events are never numbered anew. */
export function reviveVisit(
  visit: VisitState,
  kept: { startDate: number; endDate: number; globalVisitID: string; userAgentId: string | null },
): void {
  visit.startDate = kept.startDate;
  visit.endDate = kept.endDate;
  visit.globalVisitID = kept.globalVisitID;
  visit.userAgentId = kept.userAgentId;
  visit.lastActivityAt = kept.startDate;
}

/** The event with that number; undefined when it is no longer in memory. */
export function eventAt(visit: VisitState, ordinal: number): VisitorEvent | undefined {
  const log = visit.log ?? [];
  for (let index = log.length - 1; index >= 0; index--) {
    const segment = log[index];
    if (segment === undefined || ordinal < segment.firstOrdinal) continue;
    return decodeEvents(visit.visitID, segment.bytes)[ordinal - segment.firstOrdinal];
  }
  return undefined;
}

/** Every event in memory with its ordinal, in order. */
export function* eventsOf(visit: VisitState): Generator<[ordinal: number, event: VisitorEvent]> {
  for (const { firstOrdinal, bytes } of visit.log ?? []) {
    let ordinal = firstOrdinal;
    for (const event of decodeEvents(visit.visitID, bytes)) yield [ordinal++, event];
  }
}

/** Whether an event with exactly this id is in memory. */
export function holdsEventID(visit: VisitState, eventID: string): boolean {
  for (const { bytes } of visit.log ?? []) {
    if (
      eventCount(bytes) > 0 &&
      decodeEvents(visit.visitID, bytes).some((event) => event.eventID === eventID)
    ) {
      return true;
    }
  }
  return false;
}
