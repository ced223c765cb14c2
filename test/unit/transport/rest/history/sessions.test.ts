import { describe, expect, it } from 'vitest';
import type { EventResource, VisitResource } from '../../../../../src/model/index.js';
import { sessionsOf, visitIdOfSession } from '../../../../../src/transport/rest/history/sessions.js';

const visit: VisitResource = {
  visitId: 'V',
  startDate: 0,
  endDate: 0,
  globalVisitID: 'G',
  userAgentId: null,
};

function event(eventName: string, second: number, data: EventResource['data'] = {}): EventResource {
  return {
    eventId: `${eventName}${second}`,
    eventName,
    eventType: ['SignIn', 'SignOut', 'PageEntered'].includes(eventName) ? 'SYSTEM' : 'BUSINESS',
    visitId: 'V',
    pageId: 'P',
    globalVisitID: 'G',
    timestamp: second * 1_000,
    category: '',
    url: '',
    languageCode: 'en',
    data,
  };
}

const ann = { userID: 'ann' };
const bob = { userId: 'bob' };

function summary(events: EventResource[], of = visit): unknown[] {
  return sessionsOf(of, events).map(
    ({ sessionId, identityId, startDate, endDate, duration, events: own }) => [
      sessionId,
      identityId,
      startDate / 1_000,
      endDate / 1_000,
      duration,
      own.length,
    ],
  );
}

describe('sessions', () => {
  it('go from sign-in to sign-out', () => {
    const events = [
      event('PageEntered', 1),
      event('SignIn', 2, ann),
      event('Buy', 4),
      event('SignOut', 7, ann),
    ];
    expect(summary([...events, event('Buy', 9)])).toEqual([['V.s1', 'ann', 2, 7, 5, 3]]);
  });

  it('end when somebody else signs in, or when the visit does', () => {
    const events = [
      event('SignIn', 1, ann),
      event('SignIn', 2, ann),
      event('SignIn', 5, bob),
      event('Buy', 6),
    ];
    expect(summary(events)).toEqual([
      ['V.s1', 'ann', 1, 5, 4, 2],
      ['V.s2', 'bob', 5, 0, 1, 2],
    ]);
    expect(summary(events, { ...visit, endDate: 20_000 }).at(-1)).toEqual(['V.s2', 'bob', 5, 20, 15, 2]);
  });

  it('are not ended by somebody else’s sign-out, and by one without a name they are', () => {
    const events = [event('SignIn', 1, ann), event('SignOut', 2, bob), event('SignOut', 3)];
    expect(summary(events)).toEqual([['V.s1', 'ann', 1, 3, 2, 3]]);
    expect(summary([event('SignOut', 1), event('SignIn', 2), event('Buy', 3, ann)])).toEqual([]);
  });

  it('are known by ids that name their visit', () => {
    expect(visitIdOfSession('V.s1')).toBe('V');
    expect(visitIdOfSession('A.s2.s30')).toBe('A.s2');
    for (const other of ['V', '.s1', 'V.s0', 'V.s', 'V.1', 'V.s1x']) {
      expect(visitIdOfSession(other)).toBeUndefined();
    }
  });
});
