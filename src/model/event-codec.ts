/**
 * Some events of one visit as few bytes: the form in which they are journalled, remembered by the visit and
 * stored. Encodings may be joined end to end; the result decodes to all their events in order.
 *
 *     encoding = batch*
 *     batch    = version:byte count:whole bodySize:whole body
 *     body     = string(globalVisitID) event*
 *     event    = flags:byte time:whole eventID string(eventName) [context] [string(globalVisitID)]
 *                [data:text]
 *     context  = string(pageID) string(url) string(category) string(languageCode)
 *     string   = 0 text | 1 hexId | 2 + index into the batch's table
 *
 * A string written in full (0 or 1) gets the table's next index; the table begins with `tableStart`. `time`
 * is the distance to the previous event's timestamp, whose sign is a flag. The context is left out when it is
 * the previous event's. `visitID` is not stored: it is the key under which the bytes are kept.
 */
import { assert } from '../base/index.js';
import {
  type ByteReader,
  type ByteWriter,
  readByte,
  readHexId,
  readText,
  readWhole,
  startWriting,
  writeByte,
  writeHexId,
  writeText,
  writeWhole,
} from './byte-codec.js';
import { type EventType, type VisitorEvent } from './event.js';

const version = 1;
const eventTypes: readonly EventType[] = ['SYSTEM', 'BUSINESS', 'ACTIONABLE'];
const tableStart = ['', 'VisitStarted', 'PageEntered', 'PageExited', 'SignIn', 'SignOut', 'UserInfo'];

const flag = {
  typeMask: 0b11,
  hasData: 1 << 2,
  sameContext: 1 << 3,
  backInTime: 1 << 4,
  ownGlobalVisitID: 1 << 5,
  hexEventID: 1 << 6,
} as const;
/** Marks 0 and 1 say that a string is written in full; marks from here on are indexes. */
const writtenMarks = 2;

const headerBytesMax = 1 + 8 + 8;
const hexIdBytes = 16;
const writer: ByteWriter = { bytes: new Uint8Array(0), length: 0 };
const header: ByteWriter = { bytes: new Uint8Array(0), length: 0 };
const startIndexOf = new Map(tableStart.map((text, index) => [text, index]));
/**
 * The other strings of the batch being encoded, by index. Emptied after use, so that it keeps nothing alive.
 */
const indexOf = new Map<string, number>();

/**
 * Encodes `events` of the visit `visitID` in their order; no events give no bytes. `globalVisitID` is the one
 * that most of them carry. Throws `InvariantError` for an event of another visit.
 */
export function encodeEvents(
  visitID: string,
  globalVisitID: string,
  events: readonly VisitorEvent[],
): Uint8Array {
  if (events.length === 0) return new Uint8Array(0);
  startWriting(writer, headerBytesMax);
  try {
    writeString(globalVisitID);
    let previous: VisitorEvent | undefined;
    for (const event of events) {
      assert(event.visitID === visitID, 'the events of one encoding belong to one visit');
      writeEvent(event, previous, globalVisitID);
      previous = event;
    }
  } finally {
    indexOf.clear();
  }
  return withHeader(events.length);
}

function withHeader(count: number): Uint8Array {
  startWriting(header);
  writeByte(header, version);
  writeWhole(header, count);
  writeWhole(header, writer.length - headerBytesMax);
  const start = headerBytesMax - header.length;
  writer.bytes.set(header.bytes.subarray(0, header.length), start);
  return writer.bytes.slice(start, writer.length);
}

function writeEvent(event: VisitorEvent, previous: VisitorEvent | undefined, globalVisitID: string): void {
  const flagsAt = writer.length;
  writeByte(writer, 0);
  let flags = eventTypes.indexOf(event.eventType);
  const time = event.timestamp - (previous?.timestamp ?? 0);
  if (time < 0) flags |= flag.backInTime;
  writeWhole(writer, Math.abs(time));
  if (writeHexId(writer, event.eventID)) flags |= flag.hexEventID;
  else writeText(writer, event.eventID);
  writeString(event.eventName);
  if (previous !== undefined && hasSameContext(event, previous)) {
    flags |= flag.sameContext;
  } else {
    writeString(event.pageID);
    writeString(event.url);
    writeString(event.category);
    writeString(event.languageCode);
  }
  if (event.globalVisitID !== globalVisitID) {
    flags |= flag.ownGlobalVisitID;
    writeString(event.globalVisitID);
  }
  if (!isEmpty(event.data)) {
    flags |= flag.hasData;
    writeText(writer, JSON.stringify(event.data));
  }
  writer.bytes[flagsAt] = flags;
}

function hasSameContext(event: VisitorEvent, previous: VisitorEvent): boolean {
  return (
    event.pageID === previous.pageID &&
    event.url === previous.url &&
    event.category === previous.category &&
    event.languageCode === previous.languageCode
  );
}

function isEmpty(data: object): boolean {
  for (const _ in data) return false;
  return true;
}

function writeString(text: string): void {
  const index = startIndexOf.get(text) ?? indexOf.get(text);
  if (index !== undefined) {
    writeWhole(writer, index + writtenMarks);
    return;
  }
  indexOf.set(text, tableStart.length + indexOf.size);
  const markAt = writer.length;
  writeByte(writer, 1);
  if (writeHexId(writer, text)) return;
  writer.bytes[markAt] = 0;
  writeText(writer, text);
}

interface Batch {
  count: number;
  end: number;
}

/** Reads a batch's header and leaves the reader at its body. */
function readHeader(reader: ByteReader): Batch {
  const found = readByte(reader);
  if (found !== version)
    throw new RangeError(`events are encoded in version ${found}; this reads ${version}`);
  const count = readWhole(reader);
  const end = readWhole(reader) + reader.offset;
  // Every event takes bytes, so a damaged count can never ask for more than was given.
  if (end > reader.bytes.length || count > end - reader.offset) {
    throw new RangeError(`encoded events end at ${reader.bytes.length}, before their batch does`);
  }
  return { count, end };
}

/**
 * The bytes by which an encoding holds the event `eventId`. An encoding without them does not hold it; one
 * with them may have them for another reason.
 */
export function eventIdBytes(eventId: string): Uint8Array {
  startWriting(writer);
  if (!writeHexId(writer, eventId)) writeText(writer, eventId);
  return writer.bytes.slice(0, writer.length);
}

/**
 * For each event in `bytes` what `eventIdBytes` gives for its id, without decoding the rest. Throws
 * `RangeError` for damaged bytes.
 */
export function eventIdsIn(bytes: Uint8Array): Uint8Array[] {
  const ids: Uint8Array[] = [];
  eachEventId(bytes, (start, end) => ids.push(bytes.subarray(start, end)));
  return ids;
}

/** Tells where in `bytes` the id of each event is, as `eventIdsIn` gives it. Throws as that. */
export function eachEventId(bytes: Uint8Array, visit: (start: number, end: number) => void): void {
  const reader: ByteReader = { bytes, offset: 0, end: bytes.length };
  while (reader.offset < bytes.length) {
    const { count, end } = readHeader(reader);
    skipString(reader);
    for (let index = 0; index < count; index++) skipEvent(reader, visit);
    reader.offset = end;
  }
}

/** Passes over one event; tells where its id is. */
function skipEvent(reader: ByteReader, visit: (start: number, end: number) => void): void {
  const flags = readByte(reader);
  readWhole(reader);
  const start = reader.offset;
  if ((flags & flag.hexEventID) !== 0) reader.offset += hexIdBytes;
  else skipText(reader);
  visit(start, reader.offset);
  skipString(reader);
  if ((flags & flag.sameContext) === 0) for (let part = 0; part < 4; part++) skipString(reader);
  if ((flags & flag.ownGlobalVisitID) !== 0) skipString(reader);
  if ((flags & flag.hasData) !== 0) skipText(reader);
}

function skipString(reader: ByteReader): void {
  const mark = readWhole(reader);
  if (mark === 1) reader.offset += hexIdBytes;
  else if (mark === 0) skipText(reader);
}

function skipText(reader: ByteReader): void {
  const size = readWhole(reader);
  reader.offset += size;
}

/** How many events `bytes` hold, from the headers alone. Throws `RangeError` for damaged bytes. */
export function eventCount(bytes: Uint8Array): number {
  const reader: ByteReader = { bytes, offset: 0, end: bytes.length };
  let count = 0;
  while (reader.offset < bytes.length) {
    const batch = readHeader(reader);
    count += batch.count;
    reader.offset = batch.end;
  }
  return count;
}

/**
 * The events of `visitID` in `bytes`, without the first `skip`; whole batches are skipped unread. Throws
 * `RangeError` for damaged bytes or a version that this does not read.
 */
export function decodeEvents(visitID: string, bytes: Uint8Array, skip = 0): VisitorEvent[] {
  const events: VisitorEvent[] = [];
  const reader: ByteReader = { bytes, offset: 0, end: bytes.length };
  let left = skip;
  while (reader.offset < bytes.length) {
    const batch = readHeader(reader);
    if (batch.count > left) {
      reader.end = batch.end;
      readBatch(visitID, reader, batch.count, left, events);
      reader.end = bytes.length;
    }
    left = Math.max(0, left - batch.count);
    reader.offset = batch.end;
  }
  return events;
}

function readBatch(
  visitID: string,
  reader: ByteReader,
  count: number,
  skip: number,
  events: VisitorEvent[],
): void {
  const table = tableStart.slice();
  const globalVisitID = readString(reader, table);
  let previous: VisitorEvent | undefined;
  for (let index = 0; index < count; index++) {
    previous = readEvent(visitID, globalVisitID, reader, table, previous);
    if (index >= skip) events.push(previous);
  }
}

function readEvent(
  visitID: string,
  globalVisitID: string,
  reader: ByteReader,
  table: string[],
  previous: VisitorEvent | undefined,
): VisitorEvent {
  const flags = readByte(reader);
  const eventType = eventTypes[flags & flag.typeMask];
  if (eventType === undefined)
    throw new RangeError(`encoded event has an unknown type near ${reader.offset}`);
  const time = readWhole(reader);
  const eventID = (flags & flag.hexEventID) !== 0 ? readHexId(reader) : readText(reader);
  const eventName = readString(reader, table);
  const context =
    previous !== undefined && (flags & flag.sameContext) !== 0 ? previous : readContext(reader, table);
  return {
    eventType,
    eventName,
    eventID,
    pageID: context.pageID,
    visitID,
    globalVisitID: (flags & flag.ownGlobalVisitID) !== 0 ? readString(reader, table) : globalVisitID,
    timestamp: (previous?.timestamp ?? 0) + ((flags & flag.backInTime) !== 0 ? -time : time),
    category: context.category,
    url: context.url,
    languageCode: context.languageCode,
    data: (flags & flag.hasData) !== 0 ? (JSON.parse(readText(reader)) as VisitorEvent['data']) : {},
  };
}

function readContext(
  reader: ByteReader,
  table: string[],
): Pick<VisitorEvent, 'pageID' | 'url' | 'category' | 'languageCode'> {
  const pageID = readString(reader, table);
  const url = readString(reader, table);
  const category = readString(reader, table);
  const languageCode = readString(reader, table);
  return { pageID, url, category, languageCode };
}

function readString(reader: ByteReader, table: string[]): string {
  const mark = readWhole(reader);
  if (mark >= writtenMarks) {
    const text = table[mark - writtenMarks];
    if (text === undefined)
      throw new RangeError(`encoded event names an unknown string near ${reader.offset}`);
    return text;
  }
  const text = mark === 1 ? readHexId(reader) : readText(reader);
  table.push(text);
  return text;
}
