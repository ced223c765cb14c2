/**
 * Where events are found by their ids. Beside each write of segments lie four bytes for each of its events, a
 * hash of the id: looking through these takes a small part of what looking through the events would, and
 * writing them little, since they are appended. An index of the ids would be written to all over.
 */
import { hashBytes } from '../../base/index.js';
import { eachEventId, eventIdBytes } from '../../model/index.js';
import type { SqliteFile } from '../sqlite-file.js';
import type { RowGroup } from './protocol.js';
import { columnCount, type Table, tables } from './tables.js';

const width = columnCount(tables.events as Table);
const [sizeAt, expiryAt] = [3, width - 1];

const insertSql =
  'INSERT INTO event_hashes (first_segment, last_segment, hashes, expires_at) VALUES (?, ?, ?, ?)';
const placeSql = 'SELECT rowid FROM events WHERE visit_id = ? AND first_ordinal = ?';
/** Removes at most `?2` rows whose segments have all expired at `?1` or before. */
export const purgeHashesSql =
  'DELETE FROM event_hashes WHERE rowid IN (SELECT rowid FROM event_hashes WHERE expires_at <= ? LIMIT ?)';

/** What a search for an event looks for among the hashes, in hexadecimal digits. */
export function hashOfEvent(eventId: string): string {
  return packed([hashBytes(eventIdBytes(eventId))]).toString('hex');
}

/** The place of the newest segment; what is inserted comes after it. */
export function lastSegment(database: SqliteFile): number {
  const [[place]] = database.all('SELECT max(rowid) FROM events', []) as [[number | null]];
  return place ?? 0;
}

/**
 * Notes the events of a group of segments, whose bytes follow one another in `bytes`, when it has been
 * written and the newest segment before was that at `lastBefore`.
 */
export function noteEvents(
  database: SqliteFile,
  group: RowGroup,
  bytes: Uint8Array,
  lastBefore: number,
): void {
  const last = lastSegment(database);
  if (last - lastBefore === group.count) {
    note(database, group, bytes, [lastBefore + 1, last]);
    return;
  }
  // Some were there before, and stay in their places.
  let bytesAt = 0;
  for (let at = 0; at < group.values.length; at += width) {
    const values = group.values.slice(at, at + width);
    const size = values[sizeAt] as number;
    const [place] = database.all(placeSql, values.slice(0, 2)) as [number][];
    const segment = bytes.subarray(bytesAt, (bytesAt += size));
    if (place !== undefined) note(database, { ...group, count: 1, values }, segment, [place[0], place[0]]);
  }
}

function note(
  database: SqliteFile,
  { values }: RowGroup,
  bytes: Uint8Array,
  places: readonly [first: number, last: number],
): void {
  const hashes: number[] = [];
  let expiresAt = 0;
  let bytesAt = 0;
  for (let at = 0; at < values.length; at += width) {
    const size = values[at + sizeAt] as number;
    addHashes(hashes, bytes.subarray(bytesAt, bytesAt + size));
    bytesAt += size;
    expiresAt = Math.max(expiresAt, (values[at + expiryAt] as number | null) ?? Infinity);
  }
  database.run(insertSql, [...places, packed(hashes), expiresAt === Infinity ? null : expiresAt]);
}

/** A segment that is not one of events is kept all the same; its events cannot be found by their ids. */
function addHashes(hashes: number[], segment: Uint8Array): void {
  const { length } = hashes;
  try {
    eachEventId(segment, (start, end) => hashes.push(hashBytes(segment, start, end)));
  } catch {
    hashes.length = length;
  }
}

function packed(hashes: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(hashes).buffer);
}
