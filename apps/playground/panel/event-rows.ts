/** How one event looks in the stream. */
import type { EventResource } from '../../../src/model/index.js';
import { element } from './elements.js';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

export function timeOf(epochMs: number): string {
  return clock.format(epochMs);
}

/** What an event is about, in a few words. An ACTIONABLE event is named for its rule, which says enough. */
export function gistOf({ data, eventType }: EventResource): string {
  if (eventType === 'ACTIONABLE') return '';
  const { searchString, productName, userID, title, orderTotal } = data;
  // A title ends with what is the same on every page.
  const page = typeof title === 'string' ? title.split(' | ')[0] : undefined;
  const found = [searchString, productName, userID, page, orderTotal].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return typeof found === 'string' ? found : '';
}

export function makeEventRow(): HTMLElement {
  return element('li', { class: 'seen-event' });
}

export function fillEventRow(row: HTMLElement, event: EventResource): void {
  row.dataset.type = event.eventType;
  const gist = gistOf(event);
  row.replaceChildren(
    element(
      'details',
      {},
      element(
        'summary',
        {},
        element('time', { datetime: new Date(event.timestamp).toISOString() }, timeOf(event.timestamp)),
        element(
          'span',
          { class: 'seen-what' },
          element('b', {}, event.eventName),
          ' ',
          element('span', {}, gist),
        ),
        element('span', { class: 'seen-type' }, event.eventType.toLowerCase()),
      ),
      element('dl', {}, ...factsOf(event)),
    ),
  );
}

function factsOf(event: EventResource): Node[] {
  const facts: [string, string][] = [
    ['Categories', event.category.split(';').join(', ') || 'none'],
    ['Page', pathOf(event.url)],
    ['Data', JSON.stringify(event.data, null, 1)],
    ['eventID', event.eventId],
  ];
  return facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
}

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url || 'none';
  }
}
