/** What the requests of the History REST API that read answer. */
import Type from 'typebox';
import { AppError } from '../../../base/index.js';
import type {
  EngagementResource,
  EventResource,
  IdentityResource,
  VisitIdentity,
} from '../../../model/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { type Call, get, type Route } from './call.js';
import { eventTest, pageTest, visitTest } from './filters.js';
import { eventsOfAnswerMax, type Parameters, placeAfter, placeIn, visitsOfAnswerMax } from './parameters.js';
import { mapSome } from './reader.js';
import {
  type IdentityView,
  identityView,
  type PageView,
  pageView,
  sessionPages,
  type SessionView,
  sessionView,
  type VisitView,
  visitView,
} from './resources.js';
import * as schemas from './schemas.js';
import { type Session, sessionsOf, visitIdOfSession } from './sessions.js';

const identitiesDefault = 100;

const { event, page, visit, identity, session, engagement } = schemas;
const answers = {
  visit: { answered: visit },
  event: { answered: event },
  identity: { answered: identity },
  session: { answered: session },
  engagement: { answered: engagement },
  visits: { answered: Type.Array(visit) },
  events: { answered: Type.Array(event) },
  pages: { answered: Type.Array(page) },
  identities: { answered: Type.Array(identity) },
  sessions: { answered: Type.Array(session) },
  engagements: { answered: Type.Array(engagement) },
};

export const readingRoutes: readonly Route[] = [
  get('/visits/:visitId', 'visit', { summary: 'A visit', ...answers.visit }, readVisit),
  get(
    '/visits/:visitId/events',
    'eventsOfVisit',
    { summary: 'Events of a visit, in their order', ...answers.events },
    readEventsOfVisit,
  ),
  get(
    '/visits/:visitId/pages',
    'pages',
    { summary: 'Pages of a visit, by start date', ...answers.pages },
    readPagesOfVisit,
  ),
  get(
    '/visits/:visitId/identities',
    'identitiesOfVisit',
    { summary: `Who a visitor is, with their ${visitsOfAnswerMax} newest visits`, ...answers.identities },
    readIdentitiesOfVisit,
  ),
  get(
    '/visits/:visitId/sessions',
    'sessionsOfVisit',
    { summary: 'Sessions of a visit: from sign-in to sign-out', ...answers.sessions },
    readSessionsOfVisit,
  ),
  get(
    '/visits/:visitId/engagements',
    'none',
    { summary: 'Engagements of a visit', ...answers.engagements },
    readEngagementsOfVisit,
  ),
  get(
    '/pages/:pageId/events',
    'eventsOfPage',
    { summary: 'Events of a page, in their order', ...answers.events },
    readEventsOfPage,
  ),
  get('/events/:eventId', 'none', { summary: 'An event', ...answers.event }, readEvent),
  get(
    '/identities',
    'identities',
    { summary: 'All identities, page by page', ...answers.identities },
    readIdentities,
  ),
  get('/identities/:identityId', 'identity', { summary: 'An identity', ...answers.identity }, readIdentity),
  get(
    '/identities/:identityId/visits',
    'visitsOfIdentity',
    { summary: 'Visits of an identity, newest first', ...answers.visits },
    readVisitsOfIdentity,
  ),
  get(
    '/identities/:identityId/pages',
    'pagesOfIdentity',
    { summary: 'Pages of an identity’s visits, newest visit first', ...answers.pages },
    readPagesOfIdentity,
  ),
  get(
    '/identities/:identityId/sessions',
    'sessionsOfIdentity',
    { summary: 'Sessions of an identity, newest visit first', ...answers.sessions },
    readSessionsOfIdentity,
  ),
  get('/sessions/:sessionId', 'session', { summary: 'A session', ...answers.session }, readSession),
  get(
    '/sessions/:sessionId/events',
    'eventsOfSession',
    { summary: 'Events of a session, in their order', ...answers.events },
    readEventsOfSession,
  ),
  get(
    '/sessions/:sessionId/pages',
    'pages',
    { summary: 'Pages on which something happened in a session', ...answers.pages },
    readPagesOfSession,
  ),
  get(
    '/engagements/:interactionId',
    'none',
    { summary: 'An engagement', ...answers.engagement },
    readEngagement,
  ),
];

async function readVisit({ id, query, reader, settled }: Call<Parameters<'visit'>>): Promise<VisitView> {
  await settled(id);
  return visitView(reader, await reader.visit(id), query);
}

async function readEventsOfVisit(call: Call<Parameters<'eventsOfVisit'>>): Promise<EventResource[]> {
  await call.settled(call.id);
  await call.reader.visit(call.id);
  return eventsFrom(call, call.id, call.query);
}

async function readEventsOfPage(call: Call<Parameters<'eventsOfPage'>>): Promise<EventResource[]> {
  await call.settled();
  const { visitId } = await call.reader.page(call.id);
  return eventsFrom(call, visitId, { ...call.query, browserPageID: call.id });
}

async function eventsFrom(
  { reader, nowMs, goOnAfter }: Call,
  visitId: string,
  query: Parameters<'eventsOfVisit'>,
): Promise<EventResource[]> {
  const from = query.after === undefined ? 0 : query.after + 1;
  const limit = query.limit ?? eventsOfAnswerMax;
  const { events, next } = await reader.someEvents(visitId, from, limit, eventTest(query, nowMs));
  if (next !== undefined) goOnAfter(next - 1);
  return events;
}

async function readEvent({ id, store, reader, settled }: Call): Promise<EventResource> {
  await settled();
  const visitId = await store.readVisitIdOfEvent(id);
  const events = visitId === undefined ? [] : await reader.events(visitId);
  const found = events.find(({ eventId }) => eventId === id);
  if (found === undefined) throw new AppError('NOT_FOUND', `No event ${id} is kept.`);
  return found;
}

async function readPagesOfVisit(call: Call<Parameters<'pages'>>): Promise<PageView[]> {
  const { id, query, reader, nowMs, settled } = call;
  await settled(id);
  await reader.visit(id);
  const pages = (await reader.pages(id)).filter(pageTest(query, nowMs));
  return mapSome(pages, (each) => pageView(reader, each, query));
}

async function readIdentitiesOfVisit(call: Call<Parameters<'identitiesOfVisit'>>): Promise<IdentityView[]> {
  const { id, query, store, reader, settled } = call;
  // Identities belong to no one visit, so all that waits is waited for.
  await settled();
  await reader.visit(id);
  const ties = (await store.readIdentitiesOfVisit(id)).filter(
    ({ visitScope }) => query.association === undefined || visitScope === query.association,
  );
  const views = await mapSome(ties, async (tie) => {
    const found = await store.readIdentity(tie.identityId);
    return found && identityView(reader, found, tie, query);
  });
  return views.filter((view) => view !== undefined);
}

async function readEngagementsOfVisit({ id, store, reader, settled }: Call): Promise<EngagementResource[]> {
  await settled(id);
  await reader.visit(id);
  return store.readEngagements(id);
}

async function readEngagement({ id, store, settled }: Call): Promise<EngagementResource> {
  await settled();
  const found = await store.readEngagement(id);
  if (found === undefined) throw new AppError('NOT_FOUND', `No engagement ${id} is kept.`);
  return found;
}

async function readIdentities(call: Call<Parameters<'identities'>>): Promise<IdentityView[]> {
  const { query, store, reader, settled, goOnAfter } = call;
  await settled();
  const limit = query.limit ?? identitiesDefault;
  const identities = await store.readIdentities(limit, query.after ?? '');
  const last = identities.length === limit ? identities.at(-1) : undefined;
  if (last !== undefined) goOnAfter(last.identityId);
  return mapSome(identities, async (each) => {
    const [newest] = await store.readVisitsOfIdentity(each.identityId, 1);
    return identityView(reader, each, newest, {});
  });
}

async function readIdentity(call: Call<Parameters<'identity'>>): Promise<IdentityView> {
  const { id, query, store, reader, settled } = call;
  await settled();
  const found = await identityOf(store, id);
  const [newest] = await store.readVisitsOfIdentity(id, 1);
  return identityView(reader, found, newest, query, () => someTies(call));
}

async function identityOf(store: OperationalStore, identityId: string): Promise<IdentityResource> {
  const found = await store.readIdentity(identityId);
  if (found === undefined) throw new AppError('NOT_FOUND', `No identity ${identityId} is kept.`);
  return found;
}

/** Some ties of an identity, newest first; NOT_FOUND when there is no such identity. */
async function tiesOf(call: Call<Parameters<'identity'>>): Promise<VisitIdentity[]> {
  await call.settled();
  await identityOf(call.store, call.id);
  return someTies(call);
}

async function someTies({
  id,
  query,
  store,
  goOnAfter,
}: Call<Parameters<'identity'>>): Promise<VisitIdentity[]> {
  const { limit = visitsOfAnswerMax, after } = query;
  const ties = await store.readVisitsOfIdentity(id, limit + 1, after === undefined ? after : placeIn(after));
  const some = ties.slice(0, limit);
  const last = some.at(-1);
  if (ties.length > limit && last !== undefined) goOnAfter(placeAfter(last));
  return some;
}

async function readVisitsOfIdentity(call: Call<Parameters<'visitsOfIdentity'>>): Promise<VisitView[]> {
  const { query, reader, nowMs } = call;
  const visits = (await reader.visits(await tiesOf(call))).filter(visitTest(query, nowMs));
  return mapSome(visits, (each) => visitView(reader, each, query));
}

async function readPagesOfIdentity(call: Call<Parameters<'pagesOfIdentity'>>): Promise<PageView[]> {
  const { query, reader, nowMs } = call;
  const pages = await mapSome(await tiesOf(call), ({ visitId }) => reader.pages(visitId));
  return mapSome(pages.flat().filter(pageTest(query, nowMs)), (each) => pageView(reader, each, query));
}

async function readSessionsOfVisit(call: Call<Parameters<'sessionsOfVisit'>>): Promise<SessionView[]> {
  const { id, query, reader, settled } = call;
  await settled(id);
  const sessions = sessionsOf(await reader.visit(id), await reader.events(id));
  const wanted = sessions.filter(
    ({ identityId }) => query.identityId === undefined || identityId === query.identityId,
  );
  return sessionViews(call, wanted, query);
}

async function readSessionsOfIdentity(call: Call<Parameters<'sessionsOfIdentity'>>): Promise<SessionView[]> {
  const { id, query, reader } = call;
  const visits = await reader.visits(await tiesOf(call));
  const sessions = await mapSome(visits, async (each) => sessionsOf(each, await reader.events(each.visitId)));
  return sessionViews(
    call,
    sessions.flat().filter(({ identityId }) => identityId === id),
    query,
  );
}

function sessionViews(
  { reader, nowMs }: Call,
  sessions: readonly Session[],
  query: Parameters<'sessionsOfIdentity'>,
): Promise<SessionView[]> {
  const oldestMs = query.age === undefined ? -Infinity : nowMs - query.age * 1_000;
  const young = sessions.filter(({ startDate }) => startDate >= oldestMs);
  return mapSome(young, (each) => sessionView(reader, each, query));
}

async function sessionOf({ id, reader, store, settled }: Call): Promise<Session> {
  const visitId = visitIdOfSession(id);
  if (visitId !== undefined) {
    await settled(visitId);
    const found = await store.readVisit(visitId);
    const sessions = found === undefined ? [] : sessionsOf(found, await reader.events(visitId));
    const wanted = sessions.find(({ sessionId }) => sessionId === id);
    if (wanted !== undefined) return wanted;
  }
  throw new AppError('NOT_FOUND', `No session ${id} is kept.`);
}

async function readSession(call: Call<Parameters<'session'>>): Promise<SessionView> {
  return sessionView(call.reader, await sessionOf(call), call.query);
}

async function readEventsOfSession(call: Call<Parameters<'eventsOfSession'>>): Promise<EventResource[]> {
  const { events } = await sessionOf(call);
  return events.filter(eventTest(call.query, call.nowMs));
}

async function readPagesOfSession(call: Call<Parameters<'pages'>>): Promise<PageView[]> {
  const { query, reader, nowMs } = call;
  const pages = await sessionPages(reader, await sessionOf(call));
  return mapSome(pages.filter(pageTest(query, nowMs)), (each) => pageView(reader, each, query));
}
