import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import {
  addLiveEvents,
  categoriesOf,
  currentPage,
  firedRules,
  knownAs,
  liveEventsMax,
  mergeVisit,
  type VisitActivity,
} from '../../../src/ui/workspace/model/index.js';

function event(eventId: string, timestamp: number, change: Partial<EventResource> = {}): EventResource {
  return {
    eventId,
    eventName: 'ViewProduct',
    eventType: 'BUSINESS',
    visitId: 'v',
    pageId: 'p1',
    globalVisitID: 'g',
    timestamp,
    category: '',
    url: 'https://shop.example/p1',
    languageCode: 'en',
    data: {},
    ...change,
  };
}

const entered = (pageId: string, at: number) =>
  event(`enter-${pageId}`, at, {
    eventName: 'PageEntered',
    eventType: 'SYSTEM',
    pageId,
    url: `https://shop.example/${pageId}`,
    data: { title: `Page ${pageId}` },
  });
const exited = (pageId: string, at: number) =>
  event(`exit-${pageId}`, at, { eventName: 'PageExited', eventType: 'SYSTEM', pageId });

const base: VisitActivity = {
  visit: { visitId: 'v', startDate: 1, endDate: 0, globalVisitID: 'g', userAgentId: null },
  pages: [],
  events: [],
  identities: [],
};

describe('a visit with live events', () => {
  it('is the same in whatever order and however often they come', () => {
    const events = [entered('p1', 1), event('e1', 2), exited('p1', 5), entered('p2', 5), event('e2', 7)];
    const whole = mergeVisit(base, events);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, ...events], { minLength: 10 }),
        fc.nat(5),
        (order, readCount) => {
          const read = { ...base, events: events.slice(0, readCount) };
          let live: readonly EventResource[] = [];
          for (const one of order) live = addLiveEvents(live, [one]);
          expect(mergeVisit(read, live)).toEqual(whole);
        },
      ),
    );
  });

  it('follows the visitor from page to page', () => {
    const on = mergeVisit(base, [entered('p1', 1), exited('p1', 3), entered('p2', 3)]);
    expect(currentPage(on)).toMatchObject({ title: 'Page p2', endDate: 0 });
    const gone = mergeVisit(base, [entered('p1', 1), exited('p1', 3)]);
    expect(currentPage(gone)).toMatchObject({ title: 'Page p1', endDate: 3 });
    expect(currentPage(base)).toBeUndefined();
  });

  it('puts what happened in one millisecond in the order in which it must have happened', () => {
    const started = event('z', 1, { eventName: 'VisitStarted', eventType: 'SYSTEM' });
    const fired = event('a', 1, { eventName: 'Hot lead', eventType: 'ACTIONABLE' });
    const names = mergeVisit(base, [fired, entered('p1', 1), started]).events.map((one) => one.eventName);
    expect(names).toEqual(['VisitStarted', 'PageEntered', 'Hot lead']);
  });

  it('tells the rules that fired, the latest first', () => {
    const activity = mergeVisit(base, [
      event('f1', 1, { eventType: 'ACTIONABLE', eventName: 'First' }),
      event('f2', 2, { eventType: 'ACTIONABLE', eventName: 'Second' }),
    ]);
    expect(firedRules(activity).map((fired) => fired.rule)).toEqual(['Second', 'First']);
  });

  it('keeps a bounded number of live events', () => {
    const many = Array.from({ length: liveEventsMax + 5 }, (_, index) => event(`e${index}`, index));
    expect(addLiveEvents([], many)).toHaveLength(liveEventsMax);
  });
});

describe('who the visitor is', () => {
  it('is the signed-in identity before a recognised one', () => {
    const tie = (identityId: string, visitScope: 'Authenticated' | 'Recognized', at: number) =>
      ({ identityId, name: null, visitScope, at }) as const;
    const identities = [tie('signed-in', 'Authenticated', 1), tie('recognised', 'Recognized', 2)];
    expect(knownAs({ ...base, identities })?.identityId).toBe('signed-in');
    expect(knownAs(base)).toBeUndefined();
  });
});

describe('categories', () => {
  it('are the parts between semicolons', () => {
    expect(categoriesOf('shoes;;sale')).toEqual(['shoes', 'sale']);
    expect(categoriesOf('')).toEqual([]);
  });
});
