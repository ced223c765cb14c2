/** The resources as the History REST API shows them: references are null unless they were asked for. */
import type {
  EventResource,
  IdentityResource,
  PageResource,
  VisitIdentity,
  VisitResource,
  VisitScope,
} from '../../../model/index.js';
import { type HistoryReader, mapSome } from './reader.js';
import type { Session } from './sessions.js';

export interface Includes {
  include_visits?: boolean;
  include_visits_detail?: boolean;
  include_pages?: boolean;
  include_pages_detail?: boolean;
  include_events?: boolean;
  include_events_detail?: boolean;
}

interface PageReferences {
  pageIds: string[] | null;
  pages: PageView[] | null;
}

interface EventReferences {
  eventIds: string[] | null;
  events: EventResource[] | null;
}

export type VisitView = VisitResource & PageReferences & EventReferences;
export type PageView = PageResource & EventReferences;
export type IdentityView = IdentityResource &
  PageReferences &
  EventReferences & { visitScope: VisitScope | null; visitIds: string[] | null; visits: VisitView[] | null };

const noPages: PageReferences = { pageIds: null, pages: null };
const noEvents: EventReferences = { eventIds: null, events: null };

function bareVisit(visit: VisitResource): VisitView {
  return { ...visit, ...noEvents, ...noPages };
}

function pageReferences(pages: readonly PageResource[], includes: Includes): PageReferences {
  return {
    pageIds: pages.map(({ pageId }) => pageId),
    pages: includes.include_pages_detail === true ? pages.map((page) => ({ ...page, ...noEvents })) : null,
  };
}

function eventReferences(events: readonly EventResource[], includes: Includes): EventReferences {
  return {
    eventIds: events.map(({ eventId }) => eventId),
    events: includes.include_events_detail === true ? [...events] : null,
  };
}

export async function visitView(
  reader: HistoryReader,
  visit: VisitResource,
  includes: Includes,
): Promise<VisitView> {
  const { visitId } = visit;
  return {
    ...bareVisit(visit),
    ...(includes.include_pages === true && pageReferences(await reader.pages(visitId), includes)),
    ...(includes.include_events === true && eventReferences(await reader.events(visitId), includes)),
  };
}

export async function pageView(
  reader: HistoryReader,
  page: PageResource,
  includes: Includes,
): Promise<PageView> {
  if (includes.include_events !== true) return { ...page, ...noEvents };
  const events = (await reader.events(page.visitId)).filter(({ pageId }) => pageId === page.pageId);
  return { ...page, ...eventReferences(events, includes) };
}

/**
 * `tie` is the one by which the identity is shown; what is included is of the visits of `ties`, which are
 * read only then.
 */
export async function identityView(
  reader: HistoryReader,
  identity: IdentityResource,
  tie: VisitIdentity | undefined,
  includes: Includes,
  ties = () => reader.ties(identity.identityId),
): Promise<IdentityView> {
  const view: IdentityView = {
    ...identity,
    visitScope: tie?.visitScope ?? null,
    ...noEvents,
    ...noPages,
    visitIds: null,
    visits: null,
  };
  const { include_visits, include_pages, include_events } = includes;
  if (include_visits !== true && include_pages !== true && include_events !== true) return view;
  const visits = await reader.visits(await ties());
  if (include_visits === true) {
    view.visitIds = visits.map(({ visitId }) => visitId);
    view.visits = includes.include_visits_detail === true ? visits.map(bareVisit) : null;
  }
  if (include_pages === true) {
    const pages = await mapSome(visits, ({ visitId }) => reader.pages(visitId));
    Object.assign(view, pageReferences(pages.flat(), includes));
  }
  if (include_events === true) {
    const events = await mapSome(visits, ({ visitId }) => reader.events(visitId));
    Object.assign(view, eventReferences(events.flat(), includes));
  }
  return view;
}

export type SessionView = Omit<Session, 'events'> & PageReferences & EventReferences;

export async function sessionView(
  reader: HistoryReader,
  session: Session,
  includes: Includes,
): Promise<SessionView> {
  const { events, ...bare } = session;
  return {
    ...bare,
    ...noEvents,
    ...noPages,
    ...(includes.include_pages === true && pageReferences(await sessionPages(reader, session), includes)),
    ...(includes.include_events === true && eventReferences(events, includes)),
  };
}

/** The pages on which something happened in a session. */
export async function sessionPages(
  reader: HistoryReader,
  { visitId, events }: Session,
): Promise<PageResource[]> {
  const ids = new Set(events.map(({ pageId }) => pageId));
  return (await reader.pages(visitId)).filter(({ pageId }) => ids.has(pageId));
}
