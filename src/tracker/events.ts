/** What the tracker sends: the events of spec/monitoring.md section 3, and their ids. */
import type { VisitorEvent } from '../model/index.js';

export type { VisitorEvent };

const systemNames = ['VisitStarted', 'PageEntered', 'PageExited', 'SignIn', 'SignOut', 'UserInfo'];

/** The server refuses more; told here, the site's developer sees it at the call. */
const dataLengthMax = 16_000;
const urlLengthMax = 4_096;

/** 32 upper-case hex digits. */
export function newId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte + 256).toString(16).slice(1);
  return id.toUpperCase();
}

export function clippedUrl(url: string): string {
  return url.slice(0, urlLengthMax);
}

/** What an event takes from its page; an id or category not known yet is empty. */
export interface PageFacts {
  pageID: string;
  visitID: string;
  globalVisitID: string;
  category: string;
  languageCode: string;
  url: string;
}

/**
 * Makes an event of a page. The data is copied as JSON now, so that the page may go on changing its objects.
 * Throws when the name is no name, or the data is no object, is cyclic or too large.
 */
export function makeEvent(eventName: unknown, data: unknown, page: PageFacts): VisitorEvent {
  if (typeof eventName !== 'string' || eventName === '') throw new TypeError('an event needs a name');
  const text = JSON.stringify(data ?? {});
  if (!text.startsWith('{')) throw new TypeError(`data of ${eventName} must be an object`);
  if (text.length > dataLengthMax) throw new RangeError(`data of ${eventName} is too large`);
  return {
    eventType: systemNames.includes(eventName) ? 'SYSTEM' : 'BUSINESS',
    eventName,
    eventID: newId(),
    timestamp: Date.now(),
    ...page,
    data: JSON.parse(text) as VisitorEvent['data'],
  };
}
