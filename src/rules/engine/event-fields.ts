/** How a field of a visitor's event is read, by its key: `eventName`, `categories`, `data.sku`, … */
import type { VisitorEvent } from '../../model/index.js';
import { memberOf, splitCategories } from './comparisons.js';

export type EventReader = (event: VisitorEvent) => unknown;

const plain: Readonly<Record<string, EventReader>> = {
  eventName: (event) => event.eventName,
  eventType: (event) => event.eventType,
  eventID: (event) => event.eventID,
  visitID: (event) => event.visitID,
  pageID: (event) => event.pageID,
  globalVisitID: (event) => event.globalVisitID,
  category: (event) => event.category,
  categories: (event) => splitCategories(event.category),
  url: (event) => event.url,
  languageCode: (event) => event.languageCode,
  timestamp: (event) => event.timestamp,
  data: (event) => event.data,
};

/** The key of `data["name"]`; paths are joined with a character that no key can hold by accident. */
const pathMark = '\u0000';

export function dataKey(path: readonly string[]): string {
  return ['data', ...path].join(pathMark);
}

export function eventReader(key: string): EventReader {
  const reader = plain[key];
  if (reader !== undefined) return reader;
  const [, first = '', ...rest] = key.split(pathMark);
  if (rest.length === 0) return (event) => memberOf(event.data, first);
  return (event) => rest.reduce<unknown>((value, part) => memberOf(value, part), memberOf(event.data, first));
}
