/**
 * The History REST API (spec/rest.md section 2): what is kept of visits, pages, events, identities,
 * engagements.
 */
import type { FastifyPluginCallback } from 'fastify';
import Type, { type TObject } from 'typebox';
import { AppError } from '../../../base/index.js';
import type { EngagementResource, EventResource } from '../../../model/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { type HistorySecurity, basicAuthentication } from './basic-auth.js';
import { eventTest, pageTest, visitTest } from './filters.js';
import { type Parameters, checkIncludes, explainViolation, parameters, pathIds } from './parameters.js';
import { type HistoryReader, createHistoryReader, mapSome } from './reader.js';
import {
  type IdentityView,
  type PageView,
  type VisitView,
  identityView,
  pageView,
  visitView,
} from './resources.js';

export interface HistoryRoutesOptions {
  store: OperationalStore;
  /** Resolves when what is on its way to the store has been written, so that the answer has it. */
  drained: () => Promise<void>;
  security: HistorySecurity;
  /** Wall clock for `age`, epoch milliseconds. */
  nowMs?: () => number;
}

/** While the store is behind for longer, answers have what it has. */
const drainTimeoutMs = 2_000;
const identitiesDefault = 100;

interface Call<Query> {
  /** The id in the path; empty when there is none. */
  id: string;
  query: Query;
  store: OperationalStore;
  reader: HistoryReader;
  nowMs: number;
}

interface Route {
  path: string;
  query: TObject;
  answer: (call: Call<never>) => Promise<unknown>;
}

function route<Name extends keyof typeof parameters>(
  path: string,
  query: Name,
  answer: (call: Call<Parameters<Name>>) => Promise<unknown>,
): Route {
  return { path, query: parameters[query], answer };
}

const routes: readonly Route[] = [
  route('/visits/:visitId', 'visit', readVisit),
  route('/visits/:visitId/events', 'eventsOfVisit', readEventsOfVisit),
  route('/visits/:visitId/pages', 'pages', readPagesOfVisit),
  route('/visits/:visitId/identities', 'identitiesOfVisit', readIdentitiesOfVisit),
  route('/visits/:visitId/engagements', 'none', readEngagementsOfVisit),
  route('/pages/:pageId/events', 'eventsOfPage', readEventsOfPage),
  route('/identities', 'identities', readIdentities),
  route('/identities/:identityId', 'identity', readIdentity),
  route('/identities/:identityId/visits', 'visitsOfIdentity', readVisitsOfIdentity),
  route('/identities/:identityId/pages', 'pages', readPagesOfIdentity),
  route('/engagements/:interactionId', 'none', readEngagement),
];

/**
 * The API as a plug-in. Errors are `AppError`s: BAD_REQUEST names the parameter, NOT_FOUND the id,
 * UNAUTHENTICATED and STORE_UNAVAILABLE as their names say.
 */
export function historyRoutes(options: HistoryRoutesOptions): FastifyPluginCallback {
  const { store, drained, security, nowMs = Date.now } = options;
  const authenticate = basicAuthentication(security);
  return (application, _options, done) => {
    application.setSchemaErrorFormatter(explainViolation);
    if (authenticate !== undefined) application.addHook('onRequest', authenticate);
    for (const { path, query, answer } of routes) {
      const schema = { params: paramsOf(path), querystring: query };
      application.get(path, { schema }, async (request) => {
        checkIncludes(request.query as Record<string, unknown>);
        await atMost(drained(), drainTimeoutMs);
        const [id = ''] = Object.values(request.params as Record<string, string>);
        const reader = createHistoryReader(store);
        return answer({ id, query: request.query as never, store, reader, nowMs: nowMs() });
      });
    }
    done();
  };
}

function paramsOf(path: string): TObject {
  const name = /:(\w+)/.exec(path)?.[1] as keyof typeof pathIds | undefined;
  return Type.Object(name === undefined ? {} : { [name]: pathIds[name] });
}

async function atMost(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

async function readVisit({ id, query, reader }: Call<Parameters<'visit'>>): Promise<VisitView> {
  return visitView(reader, await reader.visit(id), query);
}

async function readEventsOfVisit(call: Call<Parameters<'eventsOfVisit'>>): Promise<EventResource[]> {
  const { id, query, reader, nowMs } = call;
  await reader.visit(id);
  return (await reader.events(id)).filter(eventTest(query, nowMs));
}

async function readEventsOfPage(call: Call<Parameters<'eventsOfPage'>>): Promise<EventResource[]> {
  const { id, query, reader, nowMs } = call;
  const { visitId } = await reader.page(id);
  return (await reader.events(visitId)).filter(eventTest({ ...query, browserPageID: id }, nowMs));
}

async function readPagesOfVisit({
  id,
  query,
  reader,
  nowMs,
}: Call<Parameters<'pages'>>): Promise<PageView[]> {
  await reader.visit(id);
  const pages = (await reader.pages(id)).filter(pageTest(query, nowMs));
  return mapSome(pages, (page) => pageView(reader, page, query));
}

async function readIdentitiesOfVisit(call: Call<Parameters<'identitiesOfVisit'>>): Promise<IdentityView[]> {
  const { id, query, store, reader } = call;
  await reader.visit(id);
  const ties = (await store.readIdentitiesOfVisit(id)).filter(
    ({ visitScope }) => query.association === undefined || visitScope === query.association,
  );
  const views = await mapSome(ties, async (tie) => {
    const identity = await store.readIdentity(tie.identityId);
    return identity && identityView(reader, identity, tie, query);
  });
  return views.filter((view) => view !== undefined);
}

async function readEngagementsOfVisit({ id, store, reader }: Call<unknown>): Promise<EngagementResource[]> {
  await reader.visit(id);
  return store.readEngagements(id);
}

async function readEngagement({ id, store }: Call<unknown>): Promise<EngagementResource> {
  const engagement = await store.readEngagement(id);
  if (engagement === undefined) throw new AppError('NOT_FOUND', `No engagement ${id} is kept.`);
  return engagement;
}

async function readIdentities({
  query,
  store,
  reader,
}: Call<Parameters<'identities'>>): Promise<IdentityView[]> {
  const identities = await store.readIdentities(query.limit ?? identitiesDefault, query.after ?? '');
  return mapSome(identities, async (identity) => {
    const [newest] = await store.readVisitsOfIdentity(identity.identityId, 1);
    return identityView(reader, identity, newest, {});
  });
}

async function readIdentity({
  id,
  query,
  store,
  reader,
}: Call<Parameters<'identity'>>): Promise<IdentityView> {
  const identity = await identityOf(store, id);
  const [newest] = await store.readVisitsOfIdentity(id, 1);
  return identityView(reader, identity, newest, query);
}

async function identityOf(store: OperationalStore, identityId: string) {
  const identity = await store.readIdentity(identityId);
  if (identity === undefined) throw new AppError('NOT_FOUND', `No identity ${identityId} is kept.`);
  return identity;
}

async function readVisitsOfIdentity(call: Call<Parameters<'visitsOfIdentity'>>): Promise<VisitView[]> {
  const { id, query, store, reader, nowMs } = call;
  await identityOf(store, id);
  const visits = (await reader.visits(await reader.ties(id))).filter(visitTest(query, nowMs));
  return mapSome(visits, (visit) => visitView(reader, visit, query));
}

async function readPagesOfIdentity(call: Call<Parameters<'pages'>>): Promise<PageView[]> {
  const { id, query, store, reader, nowMs } = call;
  await identityOf(store, id);
  const pages = await mapSome(await reader.ties(id), ({ visitId }) => reader.pages(visitId));
  return mapSome(pages.flat().filter(pageTest(query, nowMs)), (page) => pageView(reader, page, query));
}
