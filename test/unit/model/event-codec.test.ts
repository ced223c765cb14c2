import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/index.js';
import {
  type VisitorEvent,
  decodeEvents,
  encodeEvents,
  eventCount,
  eventIdBytes,
  eventIdsIn,
} from '../../../src/model/index.js';

const visitID = '0123456789ABCDEF0123456789ABCDEF';
const globalVisitID = 'FEDCBA9876543210FEDCBA9876543210';

/** Any string at all: lone surrogates, NUL, long runs. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\ud800', '\udc00\ud800', 'a\udbff', '😀\ud83d', 'VisitStarted', 'é'.repeat(3_000)),
);
const anyId = fc.oneof(
  fc.stringMatching(/^[0-9A-F]{32}$/),
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/),
  anyText,
  fc.constant('É'.repeat(32)),
);
const anyEvent: fc.Arbitrary<VisitorEvent> = fc.record({
  eventType: fc.constantFrom('SYSTEM', 'BUSINESS', 'ACTIONABLE'),
  eventName: fc.oneof(fc.constantFrom('PageEntered', 'UserInfo', 'Search'), anyText),
  eventID: anyId,
  pageID: fc.oneof(fc.constant('A'.repeat(32)), anyId),
  visitID: fc.constant(visitID),
  globalVisitID: fc.oneof(fc.constant(globalVisitID), anyId),
  timestamp: fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
    fc.maxSafeNat(),
    fc.constantFrom(0, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32, 2 ** 31 - 1),
  ),
  category: fc.oneof(fc.constantFrom('', 'a;b'), anyText),
  url: fc.oneof(fc.constant('http://www.example.com/'), anyText),
  languageCode: fc.oneof(fc.constant('en-US'), anyText),
  data: fc
    .oneof(
      fc.constant('{}'),
      fc.json().map((text) => `{"value":${text}}`),
    )
    .map((text) => JSON.parse(text) as JsonObject),
});

function visitor(fields: Partial<VisitorEvent> = {}): VisitorEvent {
  return {
    eventType: 'SYSTEM',
    eventName: 'PageEntered',
    eventID: '00112233445566778899AABBCCDDEEFF',
    pageID: 'AABBCCDDEEFF00112233445566778899',
    visitID,
    globalVisitID,
    timestamp: 1_413_979_605_190,
    category: 'products;offers',
    url: 'http://www.example.com/products/index.html',
    languageCode: 'en-US',
    data: {},
    ...fields,
  };
}

describe('event codec', () => {
  it('gives back any events, in order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const bytes = encodeEvents(visitID, globalVisitID, events);
        expect(decodeEvents(visitID, bytes)).toEqual(events);
        expect(eventCount(bytes)).toBe(events.length);
      }),
      { numRuns: 500 },
    );
  });

  it('reads encodings joined end to end, and skips', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyEvent, { maxLength: 4 }), { maxLength: 4 }),
        fc.nat(20),
        (batches, skip) => {
          const joined = batches.flatMap((events) => [...encodeEvents(visitID, globalVisitID, events)]);
          const bytes = Uint8Array.from(joined);
          expect(decodeEvents(visitID, bytes, skip)).toEqual(batches.flat().slice(skip));
          expect(eventCount(bytes)).toBe(batches.flat().length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds the ids of events without decoding the rest', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), fc.array(anyEvent, { maxLength: 5 }), (one, two) => {
        const parts = [one, two].map((events) => encodeEvents(visitID, globalVisitID, events));
        const ids = [...one, ...two].map(({ eventID }) => Buffer.from(eventIdBytes(eventID)));
        expect(eventIdsIn(Buffer.concat(parts)).map((id) => Buffer.from(id))).toEqual(ids);
      }),
    );
  });

  it('keeps keys and numbers that JSON allows', () => {
    const text =
      '{"__proto__":{"polluted":true},"constructor":1,"":2,"big":1.7976931348623157e308,' +
      '"small":5e-324,"long":12345678901234567890,"null":null,"list":[[],{}],"\\ud800":"\\udfff"}';
    const data = JSON.parse(text) as JsonObject;
    const [event] = decodeEvents(visitID, encodeEvents(visitID, globalVisitID, [visitor({ data })]));
    expect(JSON.stringify(event?.data)).toBe(JSON.stringify(data));
    expect(Object.keys(event?.data ?? {})).toContain('__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('keeps a typical event of ten under 60 bytes', () => {
    const events = Array.from({ length: 10 }, (_, index) =>
      visitor({
        eventID: `${index}`.repeat(32),
        timestamp: 1_413_979_605_190 + index * 2_345,
        ...(index % 2 === 1 && {
          eventType: 'BUSINESS',
          eventName: 'Search',
          data: { searchString: 'blue jeans' },
        }),
      }),
    );
    expect(encodeEvents(visitID, globalVisitID, events).length).toBeLessThanOrEqual(600);
  });

  it('lets nothing of one batch reach the next', () => {
    const first = encodeEvents(visitID, globalVisitID, [visitor()]);
    encodeEvents(visitID, 'other', [visitor({ url: 'x'.repeat(2_000_000) })]);
    expect(encodeEvents(visitID, globalVisitID, [visitor()])).toEqual(first);
  });

  it('refuses an event of another visit, and recovers', () => {
    const good = encodeEvents(visitID, globalVisitID, [visitor()]);
    expect(() => encodeEvents(visitID, globalVisitID, [visitor(), visitor({ visitID: 'B' })])).toThrow(
      'one visit',
    );
    expect(encodeEvents(visitID, globalVisitID, [visitor()])).toEqual(good);
  });

  it('refuses cut bytes and other versions, and ends on any junk', () => {
    const bytes = encodeEvents(visitID, globalVisitID, [visitor({ data: { a: 'é' } }), visitor()]);
    for (let length = 1; length < bytes.length; length++) {
      expect(() => decodeEvents(visitID, bytes.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => decodeEvents(visitID, Uint8Array.from([2, ...bytes.subarray(1)]))).toThrow('version 2');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          expect(decodeEvents(visitID, damaged).length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error instanceof RangeError || error instanceof SyntaxError).toBe(true);
        }
      }),
    );
  });
});
