/** Events as a shop's pages send them, the same ones for the same numbers, for benchmarks and store tests. */
import { hashId } from '../../src/base/index.js';
import { type VisitorEvent } from '../../src/model/index.js';

/** `count` events of the `visit`-th visit: pages entered, a search or a click on each, pages left. */
export function typicalEvents(visit: number, count: number, start = 0): VisitorEvent[] {
  const events: VisitorEvent[] = [];
  const visitID = hashId(`visit ${visit}`);
  for (let ordinal = start; ordinal < start + count; ordinal++) {
    const page = Math.floor(ordinal / 4);
    const step = ordinal % 4;
    const named = [
      { eventType: 'SYSTEM', eventName: 'PageEntered', data: { title: `Product ${page} - Example Shop` } },
      { eventType: 'BUSINESS', eventName: 'Search', data: { searchString: 'waterproof jacket' } },
      {
        eventType: 'BUSINESS',
        eventName: 'AddToCart',
        data: { productName: 'Jacket', productPrice: '129.00' },
      },
      { eventType: 'SYSTEM', eventName: 'PageExited', data: {} },
    ] as const;
    events.push({
      ...(named[step] as (typeof named)[0]),
      eventID: hashId(`event ${visit} ${ordinal}`),
      pageID: hashId(`page ${visit} ${page}`),
      visitID,
      globalVisitID: hashId(`browser ${visit}`),
      timestamp: 1_790_000_000_000 + visit * 1_000 + ordinal * 7_331,
      category: page % 2 === 0 ? 'products' : 'products;offers',
      url: `https://www.example.com/products/outdoor/item-${page}.html`,
      languageCode: 'en-US',
    });
  }
  return events;
}
