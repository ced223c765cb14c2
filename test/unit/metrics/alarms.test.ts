// The alarms: the guide's ids and texts, told once when a state turns bad and once when it turns good.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alarmCatalogue,
  evaluateAlarms,
  type AlarmReadings,
  type AlarmState,
} from '../../../src/metrics/index.js';

const thresholds = {
  'EventDuration.threshold': 1_000,
  'HeapMemoryUsage.threshold': 0.8,
  'GcLatency.threshold': 500,
  'GcFrequency.threshold': 24,
};

const calm: AlarmReadings = {
  eventDurationMs: 3,
  misroutedRequest: undefined,
  shortInteractionMs: undefined,
  fullCaches: [],
  sinksAway: [],
  fullSpools: [],
  heapUsage: 0.5,
  gcLastMs: 2,
  gcMajorLastHour: 5,
};

const none: AlarmState = new Set();

describe('the alarm catalogue', () => {
  it('has different ids, the cancel id after the detect id', () => {
    const ids = alarmCatalogue.flatMap(({ detectId, cancelId }) => [detectId, cancelId]);
    expect(new Set(ids).size).toBe(2 * alarmCatalogue.length);
    expect(alarmCatalogue.every(({ detectId, cancelId }) => cancelId === detectId + 1)).toBe(true);
  });
});

describe('an alarm', () => {
  const cases: [string, Partial<AlarmReadings>, number, string, string][] = [
    [
      'of slow events',
      { eventDurationMs: 1_234.5678 },
      100601,
      '[ERROR] Average event duration is too long 1234.568 ms',
      '[INFO] Average event duration is back to normal',
    ],
    [
      'of routing',
      { misroutedRequest: 'GET /server' },
      100401,
      '[ERROR] Incorrect routing for request GET /server',
      '[INFO] Routing is back to normal',
    ],
    [
      'of short chats',
      { shortInteractionMs: 812.4 },
      100501,
      '[ERROR] Interaction duration 812 ms is too short',
      '[INFO] Interaction duration is back to normal',
    ],
    [
      'of a full cache',
      { fullCaches: ['EventsCache'] },
      100301,
      '[ERROR] Events Cache is full',
      '[INFO] Cache size is back to normal',
    ],
    [
      'of a store that is away',
      { sinksAway: ['store', 'index'] },
      100701,
      '[ERROR] Writes fail and wait on disk: store, index',
      '[INFO] Writes are back to normal',
    ],
    [
      'of a full spool',
      { fullSpools: ['index'] },
      100703,
      '[ERROR] No room for rows that wait: index',
      '[INFO] There is room again for rows that wait',
    ],
    [
      'of heap',
      { heapUsage: 0.91 },
      10001,
      '[ERROR] Heap memory usage 0.91 exceeds threshold 0.8',
      '[INFO] Heap memory usage is back to normal',
    ],
    [
      'of slow collections',
      { gcLastMs: 501 },
      10005,
      '[ERROR] GC latency 501 ms exceeds threshold 500 ms',
      '[INFO] GC latency is back to normal',
    ],
    [
      'of frequent collections',
      { gcMajorLastHour: 25 },
      10003,
      '[ERROR] GC frequency 25 per hour exceeds threshold 24 per hour',
      '[INFO] GC frequency is back to normal',
    ],
  ];

  it.each(cases)('%s is told when it begins and when it ends', (_, bad, id, detect, cancel) => {
    const begun = evaluateAlarms(none, { ...calm, ...bad }, thresholds);
    expect(begun.events).toEqual([{ kind: 'detected', id, text: detect }]);
    const lasting = evaluateAlarms(begun.raised, { ...calm, ...bad }, thresholds);
    expect(lasting.events).toEqual([]);
    const ended = evaluateAlarms(lasting.raised, calm, thresholds);
    expect(ended.events).toEqual([{ kind: 'cancelled', id: id + 1, text: cancel }]);
    expect(evaluateAlarms(ended.raised, calm, thresholds).events).toEqual([]);
  });

  it('is not raised at its threshold', () => {
    const readings = { ...calm, eventDurationMs: 1_000, heapUsage: 0.8, gcLastMs: 500, gcMajorLastHour: 24 };
    expect(evaluateAlarms(none, readings, thresholds).events).toEqual([]);
  });

  it('is told of each cache by its own id', () => {
    const fullCaches = ['VisitProfileCache', 'IxnProfileCache', 'EventsCache', 'DroolsSessionCache'];
    const { events } = evaluateAlarms(none, { ...calm, fullCaches }, thresholds);
    expect(events.map(({ id }) => id)).toEqual([100305, 100303, 100301, 100201]);
  });
});

describe('over any course of readings', () => {
  const readings = fc.record({
    eventDurationMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
    misroutedRequest: fc.option(fc.string(), { nil: undefined }),
    shortInteractionMs: fc.option(fc.double({ min: 0, max: 3_000, noNaN: true }), { nil: undefined }),
    fullCaches: fc.subarray(['VisitProfileCache', 'IxnProfileCache', 'EventsCache', 'DroolsSessionCache']),
    sinksAway: fc.subarray(['store', 'index']),
    fullSpools: fc.subarray(['store', 'index']),
    heapUsage: fc.double({ min: 0, max: 1, noNaN: true }),
    gcLastMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
    gcMajorLastHour: fc.nat(50),
  });

  it('detect and cancel of one alarm take turns, beginning with detect', () => {
    fc.assert(
      fc.property(fc.array(readings, { maxLength: 30 }), (course) => {
        let raised = none;
        const told = new Map<number, string[]>();
        for (const reading of course) {
          const step = evaluateAlarms(raised, reading, thresholds);
          raised = step.raised;
          for (const { id, kind } of step.events) {
            const detectId = kind === 'detected' ? id : id - 1;
            told.set(detectId, [...(told.get(detectId) ?? []), kind]);
          }
        }
        for (const [detectId, kinds] of told) {
          kinds.forEach((kind, index) => expect(kind).toBe(index % 2 === 0 ? 'detected' : 'cancelled'));
          expect(raised.has(detectId)).toBe(kinds.at(-1) === 'detected');
        }
      }),
    );
  });
});
