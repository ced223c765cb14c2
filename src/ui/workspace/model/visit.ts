/** The visitor's visit beside the chat: what was read once, with the events pushed since laid over it. */
import type { EventResource, PageResource, VisitResource, VisitScope } from '../../../model/index.js';

/** An identity tied to the visit, as the server tells it beside a chat. */
export interface VisitorIdentity {
  identityId: string;
  name: string | null;
  visitScope: VisitScope | null;
  at: number;
}

/** `GET /workspace/api/chats/{chatId}/visit`. */
export interface VisitActivity {
  visit: VisitResource;
  pages: readonly PageResource[];
  events: readonly EventResource[];
  identities: readonly VisitorIdentity[];
}

/** How many pushed events of one visit are kept; older ones are in the next read. */
export const liveEventsMax = 1_000;

export function addLiveEvents(
  known: readonly EventResource[],
  news: readonly EventResource[],
): readonly EventResource[] {
  const ids = new Set(known.map((event) => event.eventId));
  const fresh = news.filter((event) => !ids.has(event.eventId) && ids.add(event.eventId));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(-liveEventsMax);
}

/** The visit with `live` events laid over it: the same whatever order they came in. */
export function mergeVisit(base: VisitActivity, live: readonly EventResource[]): VisitActivity {
  const events = [...addLiveEvents(base.events, live)].sort(inTimeOrder);
  const pages = new Map(base.pages.map((page) => [page.pageId, page]));
  for (const event of events) {
    const page = pages.get(event.pageId);
    if (event.eventName === 'PageEntered' && page === undefined) pages.set(event.pageId, pageEntered(event));
    if (event.eventName === 'PageExited' && page?.endDate === 0) {
      pages.set(event.pageId, { ...page, endDate: event.timestamp });
    }
  }
  return { ...base, events, pages: [...pages.values()].sort(byStart) };
}

function pageEntered(event: EventResource): PageResource {
  const { pageId, visitId, url, category, timestamp, data } = event;
  const title = typeof data.title === 'string' ? data.title : '';
  return { pageId, visitId, url, title, category, startDate: timestamp, endDate: 0 };
}

function byStart(a: PageResource, b: PageResource): number {
  return a.startDate - b.startDate || (a.pageId < b.pageId ? -1 : 1);
}

/**
 * Browsers give several events the same millisecond; then a visit begins before its page, and a rule fires
 * last.
 */
function inTimeOrder(a: EventResource, b: EventResource): number {
  return a.timestamp - b.timestamp || rankOf(a) - rankOf(b) || (a.eventId < b.eventId ? -1 : 1);
}

function rankOf({ eventName, eventType }: EventResource): number {
  if (eventName === 'VisitStarted') return 0;
  if (eventName === 'PageEntered') return 1;
  if (eventName === 'PageExited') return 4;
  return eventType === 'ACTIONABLE' ? 3 : 2;
}

/** The page that the visitor looks at: the last one entered and not left, or else the last one. */
export function currentPage(activity: VisitActivity): PageResource | undefined {
  return activity.pages.findLast((page) => page.endDate === 0) ?? activity.pages.at(-1);
}

/** The names of the categories that a page or an event matched. */
export function categoriesOf(joined: string): string[] {
  return joined.split(';').filter((name) => name !== '');
}

/** The rules that fired in this visit, the latest first: an ACTIONABLE event has the name of its rule. */
export function firedRules(activity: VisitActivity): { eventId: string; rule: string; at: number }[] {
  return activity.events
    .filter((event) => event.eventType === 'ACTIONABLE')
    .map((event) => ({ eventId: event.eventId, rule: event.eventName, at: event.timestamp }))
    .reverse();
}

/** Who the visitor is: a signed-in identity before a recognised one, the latest of them. */
export function knownAs(activity: VisitActivity): VisitorIdentity | undefined {
  const latest = [...activity.identities].sort((a, b) => b.at - a.at);
  return latest.find(({ visitScope }) => visitScope === 'Authenticated') ?? latest[0];
}
