// The panel's state: events once each and in order, rules as the server explains them.
import { describe, expect, it } from 'vitest';
import {
  eventAt,
  eventsMax,
  initialState,
  type PanelInput,
  type PanelState,
  reduce,
} from '../../../apps/playground/panel/panel-state.js';
import { progressOf, rulesFrom } from '../../../apps/playground/panel/rule-view.js';
import type { EventResource } from '../../../src/model/index.js';

const ids = { visitID: 'V1', pageID: 'P1', globalVisitID: 'G1' };

function eventOf(eventId: string, timestamp: number, fields: Partial<EventResource> = {}): EventResource {
  return {
    eventId,
    eventName: 'PageEntered',
    eventType: 'SYSTEM',
    visitId: 'V1',
    pageId: 'P1',
    globalVisitID: 'G1',
    timestamp,
    category: '',
    url: '',
    languageCode: '',
    data: {},
    ...fields,
  };
}

function after(...inputs: PanelInput[]): PanelState {
  return inputs.reduce(reduce, reduce(initialState, { kind: 'idsKnown', ids }));
}

const eventIds = (state: PanelState): string[] => state.events.map((event) => event.eventId);

describe('the stream', () => {
  it('takes each event once, whether history or push brings it first', () => {
    const [one, two, three] = [eventOf('A', 1), eventOf('B', 2), eventOf('C', 3)];
    const state = after(
      { kind: 'eventsPushed', events: [three] },
      { kind: 'historyRead', events: [one, two, three] },
      { kind: 'eventsPushed', events: [two] },
    );
    expect(eventIds(state)).toEqual(['A', 'B', 'C']);
  });

  it('is in the order in which the server took it, whatever the browser stamped', () => {
    const [start, entered, pushed] = [eventOf('S', 7), eventOf('E', 5), eventOf('P', 6)];
    const state = after(
      { kind: 'eventsPushed', events: [pushed] },
      { kind: 'historyRead', events: [start, entered] },
    );
    expect(eventIds(state)).toEqual(['S', 'E', 'P']);
  });

  it("leaves out another visit's events, and forgets all when the visit is another", () => {
    const state = after({
      kind: 'eventsPushed',
      events: [eventOf('A', 1), eventOf('X', 2, { visitId: 'V2' })],
    });
    expect(eventIds(state)).toEqual(['A']);
    const next = reduce(state, { kind: 'idsKnown', ids: { ...ids, visitID: 'V2' } });
    expect(next.events).toEqual([]);
    expect(eventAt(next, 0)).toBeUndefined();
    expect(reduce(state, { kind: 'idsKnown', ids: { ...ids, pageID: 'P2' } }).events).toBe(state.events);
  });

  it('keeps the newest, and counts what it let go', () => {
    const events = Array.from({ length: eventsMax + 5 }, (_, index) => eventOf(`E${index}`, index));
    const state = after({ kind: 'historyRead', events });
    expect(state.events).toHaveLength(eventsMax);
    expect(state.droppedCount).toBe(5);
    expect(state.events[0]?.eventId).toBe('E5');
    expect(eventAt(state, 4)).toBeUndefined();
    expect(eventAt(state, 5)?.eventId).toBe('E5');
  });

  it('finds an event by its place in what the server took, not in what the browser stamped', () => {
    const [late, early, pushed] = [eventOf('L', 9), eventOf('E', 1), eventOf('P', 5)];
    const state = after(
      { kind: 'eventsPushed', events: [pushed] },
      { kind: 'historyRead', events: [late, early] },
    );
    expect([0, 1, 2, 3].map((ordinal) => eventAt(state, ordinal)?.eventId)).toEqual([
      'L',
      'E',
      'P',
      undefined,
    ]);
  });

  it('does not change when it learns nothing', () => {
    const state = after({ kind: 'historyRead', events: [eventOf('A', 1)] });
    expect(reduce(state, { kind: 'eventsPushed', events: [eventOf('A', 1)] }).events).toBe(state.events);
  });
});

describe('progress', () => {
  const view = (...conditions: [text: string, satisfied: boolean][]) =>
    rulesFrom([
      { rule: 'r', conditions: conditions.map(([text, satisfied]) => ({ text, satisfied, events: [] })) },
    ])[0]!;

  it('counts what can be worked towards, so not what must not have happened', () => {
    expect(
      progressOf(view(['$e : Event( a )', true], ['$f : Event( b )', false], ['not Offered()', true])),
    ).toBe('1 of 2');
    expect(progressOf(view(['not Event()', false]))).toBe('0 of 1');
    expect(progressOf(view(['notable : Event()', true]))).toBe('1 of 1');
  });
});

describe('what went wrong', () => {
  it('stands until the same reading succeeds', () => {
    const state = after(
      { kind: 'readFailed', what: 'rules', message: 'the server answered 503' },
      { kind: 'readSucceeded', what: 'events' },
    );
    expect(state.problems).toEqual({ events: null, rules: 'the server answered 503' });
    expect(reduce(state, { kind: 'readSucceeded', what: 'rules' }).problems.rules).toBeNull();
  });
});

describe('rules', () => {
  const firing = { package: 'p', rule: 'r', timestamp: 7, completedBy: 3, basedOn: 3, emitted: true };

  it('are read as the server explains them', () => {
    const condition = { text: '$e : Event()', line: 4, satisfied: true, events: [0, 2], missing: null };
    const waiting = { ...condition, satisfied: false, events: [], missing: 'no Search event' };
    const [view] = rulesFrom([
      {
        package: 'p',
        rule: 'r',
        firings: [firing, { ...firing, timestamp: 9 }, { ...firing, emitted: false, timestamp: 11 }],
        conditions: [condition, waiting],
        nearest: 'a Search event',
      },
    ]);
    expect(view).toEqual({
      package: 'p',
      name: 'r',
      firedCount: 2,
      firedAt: 9,
      suspended: null,
      withheld: null,
      conditions: [
        { text: '$e : Event()', isAbsence: false, isMet: true, ordinals: [0, 2], missing: null },
        { text: '$e : Event()', isAbsence: false, isMet: false, ordinals: [], missing: 'no Search event' },
      ],
      nearest: 'a Search event',
    });
  });

  it('say why nothing came of the newest firing', () => {
    const cancelled = (reason: string | null) => ({ state: 'CANCELLED', reason, startDate: 7 });
    const withheld = (...engagements: object[]) =>
      rulesFrom([{ package: 'p', rule: 'r', firings: [firing], engagements }])[0]?.withheld;
    expect(withheld(cancelled('noAgents'))).toContain('no agent is ready');
    expect(withheld(cancelled('noCapacity'))).toContain('as many chats as allowed');
    expect(withheld(cancelled('closed on Sundays'))).toBe('No invitation: closed on Sundays.');
    expect(withheld(cancelled('noAgents'), { state: 'ENGAGED', reason: null, startDate: 9 })).toBeNull();
    expect(withheld()).toBeNull();
  });

  it('say why they were stopped', () => {
    const stopped = { ...firing, emitted: false, suspended: 'matches' };
    expect(rulesFrom([{ package: 'p', rule: 'r', firings: [stopped] }])[0]).toMatchObject({
      firedCount: 0,
      firedAt: null,
      suspended: 'matches',
      conditions: [],
    });
  });

  it.each([null, 'x', {}, [null, 3, {}, { rule: 4 }]])('are none in %j', (answer) => {
    expect(rulesFrom(answer)).toEqual([]);
  });
});
