/** A visit as the server tells it: events and explained rules in the shapes of its doors. */
import type { EventResource } from '../../../src/model/index.js';

const startMs = Date.UTC(2026, 2, 14, 9, 30, 0);

export function eventOf(
  ordinal: number,
  eventName: string,
  eventType: EventResource['eventType'],
  data: EventResource['data'] = {},
  page = '/playground/',
): EventResource {
  return {
    eventId: `EVENT${ordinal}`,
    eventName,
    eventType,
    visitId: 'VISIT1',
    pageId: 'PAGE1',
    globalVisitID: 'GLOBAL1',
    timestamp: startMs + ordinal * 4_000,
    category: page === '/playground/' ? 'PlayGround-Home' : 'PlayGround-Product;PlayGround-Coffee',
    url: `http://shop.example${page}`,
    languageCode: 'en-GB',
    data,
  };
}

export const browsing: readonly EventResource[] = [
  eventOf(0, 'VisitStarted', 'SYSTEM', { timezoneOffset: -60 }),
  eventOf(1, 'PageEntered', 'SYSTEM', { title: 'Tools for slow mornings | Ember & Leaf' }),
  eventOf(2, 'PageExited', 'SYSTEM'),
  eventOf(3, 'PageEntered', 'SYSTEM', { title: 'Moka pot | Coffee' }, '/playground/products/moka-pot.html'),
  eventOf(4, 'AddToCart', 'BUSINESS', {
    productName: 'Moka pot',
    productSKU: 'EL-106',
    productPrice: '29.50',
  }),
];

const header = { package: 'com.beckon.playground' };

export const waitingRules = [
  {
    ...header,
    rule: 'Back to the cart',
    firings: [],
    conditions: [
      {
        text: '$viewed : Event( eventName == "PageEntered", categories contains "PlayGround-Product" )',
        line: 37,
        satisfied: true,
        events: [3],
        missing: null,
      },
      {
        text: '$added : Event( eventName == "AddToCart", this after[0s,30m] $viewed )',
        line: 38,
        satisfied: true,
        events: [4],
        missing: null,
      },
      {
        text: '$cart : Event( eventName == "PageEntered", categories contains "PlayGround-Cart" )',
        line: 39,
        satisfied: false,
        events: [],
        missing: 'no PageEntered event in the category PlayGround-Cart',
      },
    ],
    nearest: 'a PageEntered event in the category PlayGround-Cart',
  },
  {
    ...header,
    rule: 'Searching for help',
    firings: [],
    conditions: [
      {
        text: '$search : Event( eventName == "Search", data["searchString"] matches "(?i).*help.*" )',
        line: 66,
        satisfied: false,
        events: [],
        missing: 'no Search event',
      },
    ],
    nearest: 'a Search event',
  },
];

/** The same visit after the cart page: the first rule has fired. */
export const firedRules = waitingRules.map((rule, index) =>
  index === 0
    ? {
        ...rule,
        firings: [
          {
            package: header.package,
            rule: rule.rule,
            timestamp: startMs + 20_000,
            completedBy: 5,
            basedOn: 5,
            emitted: true,
          },
        ],
        conditions: rule.conditions.map((condition, at) =>
          at === 2 ? { ...condition, satisfied: true, events: [5], missing: null } : condition,
        ),
        nearest: null,
      }
    : rule,
);

export const cartEvents: readonly EventResource[] = [
  eventOf(5, 'PageEntered', 'SYSTEM', { title: 'Cart' }, '/playground/cart.html'),
  {
    ...eventOf(5, 'Back to the cart', 'ACTIONABLE', { rule: 'Back to the cart', basedOn: 'EVENT5' }),
    eventId: 'ACTIONABLE1',
  },
];
