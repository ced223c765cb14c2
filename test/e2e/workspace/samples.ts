/** A visitor's visit as the server tells it, for the tests of the workspace. */
import type {
  EventResource,
  IdentityResource,
  PageResource,
  VisitResource,
  VisitScope,
} from '../../../src/model/index.js';

export interface FakeVisit {
  visit: VisitResource;
  pages: PageResource[];
  events: EventResource[];
  identities: (Pick<IdentityResource, 'identityId' | 'name'> & { visitScope: VisitScope })[];
}

export function sampleEvent(visitId: string, eventId: string, change: Partial<EventResource>): EventResource {
  return {
    eventId,
    eventName: 'AddToCart',
    eventType: 'BUSINESS',
    visitId,
    pageId: 'page-1',
    globalVisitID: 'global-1',
    timestamp: Date.now(),
    category: '',
    url: 'https://shop.example/coffee',
    languageCode: 'en',
    data: {},
    ...change,
  };
}

export function enterPage(visitId: string, pageId: string, title: string, at = Date.now()): EventResource {
  const url = `https://shop.example/${pageId}?ref=mail`;
  const change = {
    eventName: 'PageEntered',
    pageId,
    url,
    category: 'coffee;sale',
    timestamp: at,
    data: { title },
  };
  return sampleEvent(visitId, `enter-${pageId}`, { ...change, eventType: 'SYSTEM' });
}

export function sampleVisit(visitId: string, now: number): FakeVisit {
  const startDate = now - 190_000;
  const page = { visitId, category: 'coffee;sale', endDate: 0 };
  return {
    visit: { visitId, startDate, endDate: 0, globalVisitID: 'global-1', userAgentId: null },
    pages: [
      {
        ...page,
        pageId: 'page-1',
        url: 'https://shop.example/coffee',
        title: 'Coffee',
        startDate,
        endDate: now - 60_000,
      },
      {
        ...page,
        pageId: 'page-2',
        url: 'https://shop.example/cart',
        title: 'Your cart',
        startDate: now - 60_000,
      },
    ],
    events: [
      sampleEvent(visitId, `${visitId}-1`, {
        eventName: 'VisitStarted',
        eventType: 'SYSTEM',
        timestamp: startDate,
        data: { timezoneOffset: -120 },
      }),
      sampleEvent(visitId, `${visitId}-2`, {
        eventName: 'PageEntered',
        eventType: 'SYSTEM',
        timestamp: startDate,
        category: 'coffee;sale',
        data: { title: 'Coffee' },
      }),
      sampleEvent(visitId, `${visitId}-3`, {
        timestamp: now - 80_000,
        category: 'coffee',
        data: { sku: 'kettle-1', price: 89.5, options: { colour: 'black' } },
      }),
      sampleEvent(visitId, `${visitId}-4`, {
        eventName: 'PageExited',
        eventType: 'SYSTEM',
        timestamp: now - 60_000,
      }),
      sampleEvent(visitId, `${visitId}-5`, {
        eventName: 'PageEntered',
        eventType: 'SYSTEM',
        pageId: 'page-2',
        url: 'https://shop.example/cart',
        timestamp: now - 60_000,
        data: { title: 'Your cart' },
      }),
      sampleEvent(visitId, `${visitId}-6`, {
        eventName: 'SignIn',
        eventType: 'SYSTEM',
        pageId: 'page-2',
        timestamp: now - 40_000,
        data: { userID: 'maria@example.com' },
      }),
      sampleEvent(visitId, `${visitId}-7`, {
        eventName: 'Abandoned cart',
        eventType: 'ACTIONABLE',
        pageId: 'page-2',
        timestamp: now - 5_000,
      }),
    ],
    identities: [{ identityId: 'maria@example.com', name: null, visitScope: 'Authenticated' }],
  };
}
