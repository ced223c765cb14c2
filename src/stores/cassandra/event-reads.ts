/** Events of a visit, which lie in parts of some thousand events; part 0 knows the others. */
import { decodeEvents, type EventSegment, eventIdBytes } from '../../model/index.js';
import { buffer } from './row-statements.js';
import type { ColumnRow } from './rows-read.js';
import type { Session } from './session.js';
import { eventsPerPart } from './tables.js';
import { numberOf, plainBytes, textOf } from './values.js';

/** Segments are large, so their pages are short. */
const pageSegments = 100;

const readPart =
  'SELECT first_ordinal, count, bytes, later_parts FROM events WHERE visit_id = ? AND part = ?';
const readLaterParts = 'SELECT DISTINCT later_parts FROM events WHERE visit_id = ? AND part = 0';
const readFrom =
  'SELECT first_ordinal, count, bytes FROM events WHERE visit_id = ? AND part = ? AND first_ordinal > ?';
const readHolder =
  'SELECT first_ordinal, count, bytes FROM events WHERE visit_id = ? AND part = ? AND first_ordinal <= ? ' +
  'ORDER BY first_ordinal DESC LIMIT 1';
const readByEventId = 'SELECT visit_id, bytes FROM events WHERE event_ids CONTAINS ?';

/** As `OperationalStore.readEvents`. */
export function readEvents(session: Session, visitId: string, fromOrdinal: number): Promise<EventSegment[]> {
  return fromOrdinal > 0 ? eventsFrom(session, visitId, fromOrdinal) : allEvents(session, visitId);
}

async function allEvents(session: Session, visitId: string): Promise<EventSegment[]> {
  const segments: EventSegment[] = [];
  let later: number[] = [];
  for await (const page of session.pages(readPart, [visitId, 0], pageSegments)) {
    if (segments.length === 0) later = partsOf(page[0]?.later_parts);
    // Of a part without segments the database gives what all its rows share.
    for (const row of page) if (row.first_ordinal !== null) segments.push(segmentOf(visitId, row));
  }
  for (const part of later) {
    for await (const page of session.pages(readPart, [visitId, part], pageSegments)) {
      for (const row of page) segments.push(segmentOf(visitId, row));
    }
  }
  return segments;
}

/** From the segment that holds an ordinal, which is the last one that begins at or before it. */
async function eventsFrom(session: Session, visitId: string, fromOrdinal: number): Promise<EventSegment[]> {
  const parts = await partsWithEvents(session, visitId);
  const home = Math.floor(fromOrdinal / eventsPerPart);
  const segments: EventSegment[] = [];
  for (const part of parts.filter((each) => each <= home).reverse()) {
    const row = await session.one(readHolder, [visitId, part, fromOrdinal]);
    if (row === undefined) continue;
    const segment = segmentOf(visitId, row);
    if (segment.firstOrdinal + segment.count > fromOrdinal) segments.push(segment);
    break;
  }
  for (const part of parts.filter((each) => each >= home)) {
    for await (const page of session.pages(readFrom, [visitId, part, fromOrdinal], pageSegments)) {
      for (const row of page) segments.push(segmentOf(visitId, row));
    }
  }
  return segments;
}

/** The parts that may have events, in order; there is always part 0. */
export async function partsWithEvents(session: Session, visitId: string): Promise<number[]> {
  const row = await session.one(readLaterParts, [visitId]);
  return [0, ...partsOf(row?.later_parts)];
}

function partsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.map(numberOf).sort((a, b) => a - b) : [];
}

function segmentOf(visitId: string, row: ColumnRow): EventSegment {
  return {
    visitId,
    firstOrdinal: numberOf(row.first_ordinal),
    count: numberOf(row.count),
    bytes: plainBytes(row.bytes),
  };
}

/** As `OperationalStore.readVisitIdOfEvent`. */
export async function readVisitIdOfEvent(session: Session, eventId: string): Promise<string | undefined> {
  const needle = buffer(eventIdBytes(eventId));
  for await (const row of session.rows(readByEventId, [needle])) {
    const visitId = textOf(row.visit_id);
    // An id may stand in the index that its segment lost when it was written again.
    if (decodeEvents(visitId, plainBytes(row.bytes)).some(({ eventID }) => eventID === eventId))
      return visitId;
  }
  return undefined;
}
