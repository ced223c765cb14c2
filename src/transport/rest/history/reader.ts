/** Reads history for one request, with a bound on what one answer may hold. */
import { AppError } from '../../../base/index.js';
import {
  decodeEvents,
  eventResource,
  type EventResource,
  type PageResource,
  type VisitIdentity,
  type VisitResource,
} from '../../../model/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { visitsOfAnswerMax } from './parameters.js';

/** Events that one request may read; a longer history is asked for in parts. */
const eventsMax = 50_000;
/** Pages that one request may read. */
const pagesMax = 50_000;
/** Reads of one request under way at once, so that it leaves the store to others too. */
const readsMax = 16;

export interface HistoryReader {
  visit(visitId: string): Promise<VisitResource>;
  page(pageId: string): Promise<PageResource>;
  pages(visitId: string): Promise<PageResource[]>;
  events(visitId: string): Promise<EventResource[]>;
  /**
   * At most `limit` events that pass, from `fromOrdinal` on; `next` is where to go on when there are more.
   */
  someEvents(
    visitId: string,
    fromOrdinal: number,
    limit: number,
    passes: (event: EventResource) => boolean,
  ): Promise<{ events: EventResource[]; next: number | undefined }>;
  /** Of an identity's newest visits, as many as one answer looks at. */
  ties(identityId: string): Promise<VisitIdentity[]>;
  /** The visits behind `ties` that are still kept, in their order. */
  visits(ties: readonly VisitIdentity[]): Promise<VisitResource[]>;
}

/** A reader for one request. Its reads throw NOT_FOUND for a visit or page that is not kept. */
export function createHistoryReader(store: OperationalStore): HistoryReader {
  let eventsLeft = eventsMax;
  let pagesLeft = pagesMax;
  const eventsOf = new Map<string, Promise<EventResource[]>>();

  async function readEvents(visitId: string): Promise<EventResource[]> {
    const events: EventResource[] = [];
    for (const { bytes, count } of await store.readEvents(visitId)) {
      eventsLeft -= count;
      if (eventsLeft < 0) {
        const message = `the answer needs more than ${eventsMax} events; ask for fewer visits at once`;
        throw new AppError('BAD_REQUEST', message);
      }
      for (const event of decodeEvents(visitId, bytes)) events.push(eventResource(event));
    }
    return events;
  }

  return {
    async visit(visitId) {
      const visit = await store.readVisit(visitId);
      if (visit === undefined) throw new AppError('NOT_FOUND', `No visit ${visitId} is kept.`);
      return visit;
    },
    async page(pageId) {
      const page = await store.readPage(pageId);
      if (page === undefined) throw new AppError('NOT_FOUND', `No page ${pageId} is kept.`);
      return page;
    },
    async pages(visitId) {
      const pages = await store.readPages(visitId);
      pagesLeft -= pages.length;
      if (pagesLeft < 0) {
        const message = `the answer needs more than ${pagesMax} pages; ask for fewer visits at once`;
        throw new AppError('BAD_REQUEST', message);
      }
      return pages;
    },
    async someEvents(visitId, fromOrdinal, limit, passes) {
      const events: EventResource[] = [];
      for (const { firstOrdinal, bytes } of await store.readEvents(visitId, fromOrdinal)) {
        const skip = Math.max(0, fromOrdinal - firstOrdinal);
        for (const [index, event] of decodeEvents(visitId, bytes, skip).entries()) {
          if (events.length === limit) return { events, next: firstOrdinal + skip + index };
          const resource = eventResource(event);
          if (passes(resource)) events.push(resource);
        }
      }
      return { events, next: undefined };
    },
    events(visitId) {
      // Pages of one visit each ask for its events: they are read once.
      let events = eventsOf.get(visitId);
      if (events === undefined) {
        events = readEvents(visitId);
        eventsOf.set(visitId, events);
      }
      return events;
    },
    ties: (identityId) => store.readVisitsOfIdentity(identityId, visitsOfAnswerMax),
    async visits(ties) {
      const visits = await mapSome(ties, ({ visitId }) => store.readVisit(visitId));
      return visits.filter((visit) => visit !== undefined);
    },
  };
}

/** `Promise.all(items.map(work))` with at most `readsMax` under way. */
export async function mapSome<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  async function run(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as Item);
    }
  }
  await Promise.all(Array.from({ length: Math.min(readsMax, items.length) }, run));
  return results;
}
