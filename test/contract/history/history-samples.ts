/** What the history's tests read: two visits, their pages and events, and who the visitors were. */
import { encodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import type { Row } from '../../../src/stores/index.js';
import { typicalEvents } from '../../../bench/stores/typical-events.js';

/** The time in these tests. */
export const nowMs = 1_790_000_100_000;

/**
 * Two visits of Ann, the second of which Bob signed in to as well; eight events on two pages in the first.
 */
export const [first, second] = [typicalEvents(1, 8), typicalEvents(2, 1)];
export const visit1 = first[0]!.visitID;
export const visit2 = second[0]!.visitID;
export const [page1, page2] = [first[0]!.pageID, first[4]!.pageID];

export function rowsOf(events: VisitorEvent[], startDate: number, userAgentId: string | null): Row[] {
  const { visitID: visitId, globalVisitID } = events[0]!;
  const pages = [...new Set(events.map(({ pageID }) => pageID))];
  return [
    { entity: 'visit', value: { visitId, startDate, endDate: 0, globalVisitID, userAgentId } },
    ...[events.slice(0, 5), events.slice(5)].flatMap((part, index): Row[] =>
      part.length === 0
        ? []
        : [
            {
              entity: 'events',
              value: {
                visitId,
                firstOrdinal: index * 5,
                count: part.length,
                bytes: encodeEvents(visitId, globalVisitID, part),
              },
            },
          ],
    ),
    ...pages.map((pageId, index): Row => {
      const { url, category, timestamp } = events.find(({ pageID }) => pageID === pageId)!;
      const value = {
        pageId,
        visitId,
        url,
        title: `Page ${index}`,
        category,
        startDate: timestamp,
        endDate: 0,
      };
      return { entity: 'page', value };
    }),
  ];
}

export function sent(visitID: string, eventName: string, second: number, data = {}): VisitorEvent {
  return {
    eventID: `${eventName}${second}`,
    eventName,
    eventType: eventName === 'Search' ? 'BUSINESS' : 'SYSTEM',
    visitID,
    pageID: 'signed-page',
    globalVisitID: 'G',
    timestamp: nowMs + second * 1_000,
    category: '',
    url: 'http://shop.example/',
    languageCode: 'en',
    data,
  };
}

export const pageOfSigned = {
  pageId: 'signed-page',
  url: 'http://shop.example/',
  title: 'Signed',
  category: '',
  startDate: 1,
  endDate: 0,
};

export function segment(visitId: string, firstOrdinal: number, events: VisitorEvent[]): Row {
  const bytes = encodeEvents(visitId, 'G', events);
  return { entity: 'events', value: { visitId, firstOrdinal, count: events.length, bytes } };
}

export function tie(
  visitId: string,
  identityId: string,
  visitScope: 'Authenticated' | 'Recognized',
  at: number,
): Row {
  return { entity: 'visitIdentity', value: { visitId, identityId, visitScope, at } };
}

export function person(identityId: string, name: string | null): Row {
  return { entity: 'identity', value: { identityId, name, location: null, entityInCS: null } };
}

export const engagement = {
  interactionId: `${visit1}.1`,
  visitId: visit1,
  pageId: page1,
  rule: 'Offer help',
  actionableEventId: 'E',
  state: 'MEDIA_STARTED',
  reason: null,
  channel: 'chat',
  startDate: 5,
  endDate: 0,
  queues: [{ queue: 'queueQualified', at: 5 }],
  userData: { userID: 'ann@example.com' },
} as const;
