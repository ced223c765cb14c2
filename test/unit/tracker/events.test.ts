import { describe, expect, it } from 'vitest';
import { validateEvents } from '../../../src/model/index.js';
import { makeEvent, newId } from '../../../src/tracker/events.js';

const page = {
  pageID: 'P',
  visitID: 'V',
  globalVisitID: 'G',
  category: 'a;b',
  languageCode: 'en-US',
  url: 'http://shop.example/tea',
};

describe('an event', () => {
  it('passes the server’s own check', () => {
    const events = [
      makeEvent('PageEntered', { title: 'Tea' }, page),
      makeEvent('AddToCart', undefined, page),
    ];
    expect(validateEvents(events)).toEqual({ accepted: events, rejected: [] });
    expect(events.map(({ eventType }) => eventType)).toEqual(['SYSTEM', 'BUSINESS']);
  });

  it('keeps its data as they were at the call', () => {
    const data = { items: [1] };
    const event = makeEvent('X', data, page);
    data.items.push(2);
    expect(event.data).toEqual({ items: [1] });
  });

  it.each([
    ['', {}],
    [undefined, {}],
    ['X', 'text'],
    ['X', [1]],
    ['X', () => 1],
    ['X', { text: 'x'.repeat(20_000) }],
  ])('is refused when it is none: %o', (name, data) => {
    expect(() => makeEvent(name, data, page)).toThrow();
  });

  it('has an id of 32 upper-case hex digits', () => {
    const ids = Array.from({ length: 100 }, newId);
    expect(ids.every((id) => /^[0-9A-F]{32}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(100);
  });
});
