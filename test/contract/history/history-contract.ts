/** What the History REST API must answer, whichever store is behind it. */
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ActorInput, Address } from '../../../src/actors/protocol/index.js';
import { AppError } from '../../../src/base/index.js';
import type { OperationalStore } from '../../../src/stores/index.js';
import { createRestApplication, historyRoutes } from '../../../src/transport/rest/index.js';
import {
  engagement,
  first,
  nowMs,
  page1,
  page2,
  pageOfSigned,
  person,
  rowsOf,
  second,
  segment,
  sent,
  tie,
  visit1,
  visit2,
} from './history-samples.js';
import { longAnswers } from './long-answers.js';

const open = { 'auth-scheme': 'none' } as const;

let store: OperationalStore;
let application: FastifyInstance;
const defects: unknown[] = [];

/** What a store is behind the history for, empty at first. */
export interface StoreOfHistory {
  store: OperationalStore;
  /** Closes it and removes what it had. */
  destroy(): Promise<void>;
}

export function historyContract(name: string, openStore: () => Promise<StoreOfHistory>): void {
  describe(`the history in ${name}`, () => {
    let opened: StoreOfHistory;

    beforeAll(async () => {
      opened = await openStore();
      ({ store } = opened);
      await store.write([
        ...rowsOf(first, nowMs - 100_000, null),
        ...rowsOf(second, nowMs - 10_000, 'kiosk'),
        person('ann@example.com', 'Ann'),
        person('bob/1', null),
        tie(visit1, 'ann@example.com', 'Recognized', 10),
        tie(visit2, 'ann@example.com', 'Authenticated', 20),
        tie(visit2, 'bob/1', 'Recognized', 30),
        { entity: 'engagement', value: { ...engagement, queues: [...engagement.queues] } },
      ]);
      application = await start({ security: open });
    }, 120_000);
    afterAll(async () => {
      await application.close();
      await opened.destroy();
    }, 60_000);
    afterEach(() => expect(defects.splice(0)).toEqual([]));

    aVisit();
    anIdentity();
    eventsAndSessions();
    longAnswers(() => ({ application, store }));
    creating();
    wrongRequests();
    password();
    storeInTrouble();
  });
}

/** What was asked of actors. */
const asked: { cell: string; input: ActorInput }[] = [];
const routing = {
  ask<Reply>(to: Address, input: ActorInput): Promise<Reply> {
    asked.push({ cell: to.cell, input });
    return Promise.resolve(undefined as Reply);
  },
};

function start(options: Partial<Parameters<typeof historyRoutes>[0]>): Promise<FastifyInstance> {
  const plugin = historyRoutes({
    store,
    routing,
    drained: () => Promise.resolve(),
    security: open,
    nowMs: () => nowMs,
    ...options,
  });
  return createRestApplication({
    plugins: [{ prefix: '/server/data', plugin }],
    bodyBytesMax: 1_024,
    requestTimeoutMs: 5_000,
    onError: (error) => defects.push(error),
  });
}

async function get<Body = Record<string, unknown>[]>(path: string, expected = 200): Promise<Body> {
  const response = await application.inject({ url: `/server/data${path}` });
  expect([response.statusCode, response.headers['content-type']]).toEqual([
    expected,
    'application/json; charset=utf-8',
  ]);
  return response.json();
}

async function idsOf(path: string, key: string): Promise<unknown[]> {
  return (await get(path)).map((item) => item[key]);
}

const eventIds = (...ordinals: number[]): string[] => ordinals.map((ordinal) => first[ordinal]!.eventID);

function aVisit(): void {
  describe('a visit in the history', () => {
    it('has null for what was not asked for', async () => {
      expect(await get(`/visits/${visit1}`)).toEqual({
        visitId: visit1,
        startDate: nowMs - 100_000,
        endDate: 0,
        globalVisitID: first[0]!.globalVisitID,
        userAgentId: null,
        eventIds: null,
        events: null,
        pageIds: null,
        pages: null,
      });
    });

    it('includes ids, and whole resources with detail', async () => {
      const ids = await get<Record<string, unknown>>(
        `/visits/${visit1}?include_pages=true&include_events=true`,
      );
      expect(ids).toMatchObject({ pageIds: [page1, page2], pages: null, events: null });
      expect(ids.eventIds).toEqual(first.map(({ eventID }) => eventID));
      const detail = await get<{ pages: unknown[]; events: unknown[] }>(
        `/visits/${visit1}?include_pages=true&include_pages_detail=true` +
          '&include_events=true&include_events_detail=true',
      );
      expect(detail.pages[0]).toMatchObject({ pageId: page1, title: 'Page 0', eventIds: null, events: null });
      const { eventID, visitID, pageID, ...rest } = first[1]!;
      expect(detail.events[1]).toEqual({ eventId: eventID, visitId: visitID, pageId: pageID, ...rest });
    });

    it('gives its events, filtered by each parameter', async () => {
      const path = `/visits/${visit1}/events`;
      expect(await idsOf(path, 'eventId')).toEqual(eventIds(0, 1, 2, 3, 4, 5, 6, 7));
      expect(await idsOf(`${path}?eventName=Search`, 'eventId')).toEqual(eventIds(1, 5));
      expect(await idsOf(`${path}?eventType=SYSTEM`, 'eventId')).toEqual(eventIds(0, 3, 4, 7));
      expect(await idsOf(`${path}?eventType=ACTIONABLE`, 'eventId')).toEqual([]);
      expect(await idsOf(`${path}?category=offers`, 'eventId')).toEqual(eventIds(4, 5, 6, 7));
      expect(await idsOf(`${path}?category=offer`, 'eventId')).toEqual([]);
      expect((await idsOf(`${path}?category=all%20categories`, 'eventId')).length).toBe(8);
      expect(await idsOf(`${path}?browserPageID=${page2}&eventName=PageExited`, 'eventId')).toEqual(
        eventIds(7),
      );
      const url = encodeURIComponent(first[0]!.url);
      expect(await idsOf(`${path}?url=${url}&_=123`, 'eventId')).toEqual(eventIds(0, 1, 2, 3));
      const age = Math.ceil((nowMs - first[6]!.timestamp) / 1_000);
      expect(await idsOf(`${path}?age=${age}`, 'eventId')).toEqual(eventIds(6, 7));
      expect(await idsOf(`${path}?age=0`, 'eventId')).toEqual([]);
    });

    it('gives its pages, filtered, with their own events', async () => {
      const path = `/visits/${visit1}/pages`;
      expect(await idsOf(path, 'pageId')).toEqual([page1, page2]);
      expect(await idsOf(`${path}?category=offers`, 'pageId')).toEqual([page2]);
      expect(await idsOf(`${path}?title=Page%200`, 'pageId')).toEqual([page1]);
      expect(await idsOf(`${path}?url=${encodeURIComponent(first[4]!.url)}`, 'pageId')).toEqual([page2]);
      const pages = await get(`${path}?include_events=true`);
      expect(pages.map((page) => page.eventIds)).toEqual([eventIds(0, 1, 2, 3), eventIds(4, 5, 6, 7)]);
      expect(pages[0]!.events).toBeNull();
    });

    it('gives its identities by association, and its engagements', async () => {
      const path = `/visits/${visit2}/identities`;
      expect(await idsOf(path, 'identityId')).toEqual(['ann@example.com', 'bob/1']);
      expect(await idsOf(`${path}?association=Recognized`, 'identityId')).toEqual(['bob/1']);
      const [ann] = await get(`${path}?association=Authenticated&include_visits=true`);
      expect(ann).toMatchObject({
        visitScope: 'Authenticated',
        visitIds: [visit2, visit1],
        visits: null,
        pages: null,
      });
      expect(await get(`/visits/${visit1}/engagements`)).toEqual([engagement]);
      expect(await get(`/engagements/${visit1}.1`)).toEqual(engagement);
      expect(await get(`/visits/${visit2}/engagements`)).toEqual([]);
    });

    it('gives the events of a page', async () => {
      expect(await idsOf(`/pages/${page2}/events`, 'eventId')).toEqual(eventIds(4, 5, 6, 7));
      expect(await idsOf(`/pages/${page2}/events?eventType=BUSINESS`, 'eventId')).toEqual(eventIds(5, 6));
      expect(await idsOf(`/pages/${page2}/events?eventName=Search`, 'eventId')).toEqual(eventIds(5));
      expect(await idsOf(`/pages/${page2}/events?category=none`, 'eventId')).toEqual([]);
      const age = Math.ceil((nowMs - first[6]!.timestamp) / 1_000);
      expect(await idsOf(`/pages/${page2}/events?age=${age}`, 'eventId')).toEqual(eventIds(6, 7));
    });
  });
}

function anIdentity(): void {
  describe('an identity in the history', () => {
    it('is listed, a page at a time', async () => {
      // The order is the store's own, and always the same.
      const [one, other] = await idsOf('/identities', 'identityId');
      expect([one, other].toSorted()).toEqual(['ann@example.com', 'bob/1']);
      expect(await idsOf('/identities?limit=1', 'identityId')).toEqual([one]);
      expect(await idsOf(`/identities?after=${encodeURIComponent(String(one))}`, 'identityId')).toEqual([
        other,
      ]);
      expect(await idsOf(`/identities?after=${encodeURIComponent(String(other))}`, 'identityId')).toEqual([]);
    });

    it('has the scope of its newest visit, and includes what its visits have', async () => {
      expect(await get('/identities/ann@example.com')).toEqual({
        identityId: 'ann@example.com',
        name: 'Ann',
        location: null,
        entityInCS: null,
        visitScope: 'Authenticated',
        eventIds: null,
        events: null,
        pageIds: null,
        pages: null,
        visitIds: null,
        visits: null,
      });
      const ann = await get<Record<string, unknown[]>>(
        '/identities/ann@example.com?include_visits=true&include_visits_detail=true' +
          '&include_pages=true&include_events=true',
      );
      expect(ann.visits).toMatchObject([{ visitId: visit2, pages: null }, { visitId: visit1 }]);
      expect(ann.pageIds!.length).toBe(3);
      expect(ann.eventIds!.length).toBe(9);
    });

    it('includes whole pages and events with detail, of one of its visits too', async () => {
      const detail =
        '?include_visits=true&include_visits_detail=true&include_pages=true&include_pages_detail=true' +
        '&include_events=true&include_events_detail=true';
      const whole = await get<Record<string, unknown[]>>(`/identities/ann@example.com${detail}`);
      const [among] = await get<Record<string, unknown[]>[]>(
        `/visits/${visit1}/identities${detail}&association=Recognized`,
      );
      for (const ann of [whole, among!]) {
        expect(ann.visits!.length).toBe(2);
        expect(ann.pages).toMatchObject([
          { pageId: second[0]!.pageID },
          { pageId: page1, title: 'Page 0' },
          { pageId: page2 },
        ]);
        expect(ann.events!.length).toBe(9);
        expect(ann.events![1]).toMatchObject({ eventId: first[0]!.eventID, visitId: visit1 });
      }
    });

    it('gives its visits, newest first, and their pages, filtered', async () => {
      const path = '/identities/ann%40example.com';
      expect(await idsOf(`${path}/visits`, 'visitId')).toEqual([visit2, visit1]);
      expect(await idsOf(`${path}/visits?age=60`, 'visitId')).toEqual([visit2]);
      expect(await idsOf(`${path}/visits?globalVisitID=${first[0]!.globalVisitID}`, 'visitId')).toEqual([
        visit1,
      ]);
      expect(await idsOf(`${path}/visits?userAgent=other`, 'visitId')).toEqual([]);
      expect(await idsOf(`${path}/visits?userAgent=kiosk`, 'visitId')).toEqual([visit2]);
      const [detailed] = await get(
        `${path}/visits?userAgent=kiosk&include_pages=true&include_pages_detail=true` +
          '&include_events=true&include_events_detail=true',
      );
      expect(detailed).toMatchObject({
        pages: [{ pageId: second[0]!.pageID }],
        eventIds: [second[0]!.eventID],
        events: [{ eventId: second[0]!.eventID }],
      });
      const [visit] = await get(`${path}/visits?age=60&include_pages=true`);
      expect(visit).toMatchObject({ pageIds: [second[0]!.pageID], pages: null });
      expect(await idsOf(`${path}/pages?category=offers`, 'pageId')).toEqual([page2]);
      expect(await idsOf(`${path}/pages?title=Page%201`, 'pageId')).toEqual([page2]);
      const url = encodeURIComponent(first[4]!.url);
      expect(await idsOf(`${path}/pages?url=${url}`, 'pageId')).toEqual([page2]);
      const age = Math.ceil((nowMs - first[4]!.timestamp) / 1_000);
      expect(await idsOf(`${path}/pages?age=${age}&title=Page%201`, 'pageId')).toEqual([page2]);
      expect(await idsOf(`${path}/pages?age=0`, 'pageId')).toEqual([]);
      const [offers] = await get(
        `${path}/pages?category=offers&include_events=true&include_events_detail=true`,
      );
      expect(offers!.events).toMatchObject(eventIds(4, 5, 6, 7).map((eventId) => ({ eventId })));
      expect(await idsOf('/identities/bob%2F1/visits', 'visitId')).toEqual([visit2]);
    });
  });
}

function eventsAndSessions(): void {
  describe('an event and a session in the history', () => {
    it('are found by their ids alone', async () => {
      const found = await get<Record<string, unknown>>(`/events/${first[6]!.eventID}`);
      expect(found).toMatchObject({ eventId: first[6]!.eventID, visitId: visit1, pageId: page2 });
    });

    it('belong to who had signed in', async () => {
      const visitId = 'signed';
      const events = [
        sent(visitId, 'PageEntered', 1),
        sent(visitId, 'SignIn', 2, { userID: 'carl' }),
        sent(visitId, 'Search', 3),
        sent(visitId, 'SignOut', 5),
        sent(visitId, 'Search', 6),
      ];
      const globalVisitID = 'G';
      await store.write([
        { entity: 'visit', value: { visitId, startDate: 1, endDate: 0, globalVisitID, userAgentId: null } },
        segment(visitId, 0, events),
        { entity: 'page', value: { ...pageOfSigned, visitId } },
        person('carl', null),
        tie(visitId, 'carl', 'Recognized', 1),
      ]);
      const session = {
        sessionId: 'signed.s1',
        visitId,
        identityId: 'carl',
        startDate: nowMs + 2_000,
        endDate: nowMs + 5_000,
        duration: 3,
        eventIds: null,
        events: null,
        pageIds: null,
        pages: null,
      };
      expect(await get('/visits/signed/sessions')).toEqual([session]);
      expect(await get('/visits/signed/sessions?identityId=other')).toEqual([]);
      expect(await get('/identities/carl/sessions?age=60')).toEqual([session]);
      expect(await get('/visits/signed/sessions?identityId=carl&age=60')).toEqual([session]);
      const detail =
        '?include_pages=true&include_pages_detail=true&include_events=true&include_events_detail=true';
      for (const path of ['/visits/signed/sessions', '/identities/carl/sessions']) {
        const [detailed] = await get(`${path}${detail}`);
        expect(detailed).toMatchObject({
          pages: [{ pageId: 'signed-page', events: null }],
          events: [{ eventId: 'SignIn2' }, { eventId: 'Search3' }, { eventId: 'SignOut5' }],
        });
      }
      expect(await get('/sessions/signed.s1?include_pages=true&include_events=true')).toEqual({
        ...session,
        pageIds: ['signed-page'],
        eventIds: ['SignIn2', 'Search3', 'SignOut5'],
      });
      expect(await idsOf('/sessions/signed.s1/events?eventType=BUSINESS', 'eventId')).toEqual(['Search3']);
      expect(await idsOf('/sessions/signed.s1/events?eventName=SignOut&age=9', 'eventId')).toEqual([
        'SignOut5',
      ]);
      expect(await idsOf('/sessions/signed.s1/events?url=other', 'eventId')).toEqual([]);
      expect(await idsOf('/sessions/signed.s1/events?category=other', 'eventId')).toEqual([]);
      expect(await idsOf('/sessions/signed.s1/pages?title=Signed', 'pageId')).toEqual(['signed-page']);
    });
  });
}

function creating(): void {
  describe('what the history creates', () => {
    async function post(path: string, payload: unknown): Promise<[number, Record<string, unknown>]> {
      const response = await application.inject({
        method: 'POST',
        url: `/server/data${path}`,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(payload),
      });
      return [response.statusCode, response.json()];
    }

    it('is a visit, given to its actor', async () => {
      const [status, made] = await post('/visits', { globalVisitID: 'G1', userAgent: 'kiosk' });
      expect([status, made.globalVisitID]).toEqual([201, 'G1']);
      expect(made.visitId).toMatch(/^[0-9A-F]{32}$/);
      expect(asked.pop()).toEqual({
        cell: `visit/${String(made.visitId)}`,
        input: { kind: 'startVisit', globalVisitID: 'G1', userAgent: 'kiosk' },
      });
      expect((await post('/visits', { visitId: visit1 }))[0]).toBe(409);
      expect(await post('/visits', { visitID: 'x' })).toMatchObject([400, { field: 'visitID' }]);
    });

    it('is an event, by the rules of all events', async () => {
      const path = `/visits/${visit1}/events`;
      const [status, made] = await post(path, { eventName: 'Called', data: { line: 3 } });
      expect([status, made.eventType, made.visitId, made.timestamp, made.pageId]).toEqual([
        201,
        'BUSINESS',
        visit1,
        nowMs,
        page2,
      ]);
      expect(asked.pop()).toMatchObject({
        cell: `visit/${visit1}`,
        input: { kind: 'receiveEvents', events: [{ eventID: made.eventId, data: { line: 3 } }] },
      });
      expect(await post(path, {})).toMatchObject([400, { field: 'eventName' }]);
      expect(await post(path, { eventName: 'x', pageId: '-' })).toMatchObject([400, { field: 'pageId' }]);
      expect(await post(path, { eventName: 'Odd', eventType: 'SYSTEM' })).toMatchObject([
        400,
        { field: 'eventType' },
      ]);
      expect((await post('/visits/unknown/events', { eventName: 'Called' }))[0]).toBe(404);
      expect(asked).toEqual([]);
    });
  });
}

function wrongRequests(): void {
  describe('a wrong request of the history', () => {
    it.each([
      [`/visits/${visit1}/events?age=abc`, 'age', 'age must be a whole number'],
      [`/visits/${visit1}/events?age=-1`, 'age', 'age must be >= 0'],
      [`/visits/${visit1}/events?age=1e999`, 'age', 'age must be a whole number'],
      [`/visits/${visit1}/events?age=1.5`, 'age', 'age must be a whole number'],
      [
        `/visits/${visit1}/events?eventType=OTHER`,
        'eventType',
        'eventType must be one of SYSTEM, BUSINESS, ACTIONABLE',
      ],
      [`/visits/${visit1}/events?evntName=x`, 'evntName', 'evntName is no parameter of this request'],
      [`/visits/${visit1}/events?url=a&url=b`, 'url', 'url must be given once'],
      [
        `/visits/${visit1}/identities?association=None`,
        'association',
        'must be one of Authenticated, Recognized',
      ],
      [`/visits/${visit1}?include_pages=yes`, 'include_pages', 'include_pages must be true or false'],
      [`/visits/${visit1}?include_pages_detail=true`, 'include_pages_detail', 'needs include_pages=true'],
      ['/visits/-x', 'visitId', 'visitId must be 1 to 64 letters'],
      ['/identities?limit=0', 'limit', 'limit must be >= 1'],
    ])('%s is told what is wrong', async (path, field, message) => {
      const body = await get<Record<string, unknown>>(path, 400);
      expect(body).toMatchObject({ error: 'BAD_REQUEST', field });
      expect(body.message).toContain(message);
    });

    it.each([
      '/visits/unknown',
      '/visits/unknown/events',
      '/visits/unknown/pages',
      '/visits/unknown/identities',
      '/visits/unknown/engagements',
      '/pages/unknown/events',
      '/identities/unknown',
      '/identities/unknown/visits',
      '/identities/unknown/pages',
      '/engagements/unknown',
      '/events/unknown',
      '/sessions/unknown',
      '/sessions/unknown.s1/events',
    ])('%s is not found', async (path) => {
      const body = await get<{ error: string; message: string }>(path, 404);
      expect(body.error).toBe('NOT_FOUND');
      expect(body.message).toContain('unknown');
    });
  });
}

function password(): void {
  describe('the history behind a password', () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

    it('is served to who knows it, and to nobody else', async () => {
      const closed = await start({
        security: { 'auth-scheme': 'basic', 'user-id': 'zoë', password: 'a:secret' },
      });
      const url = `/server/data/visits/${visit1}`;
      const wrong = [{}, basic('zoë:'), basic('zoë:a:secreT'), basic(''), { authorization: 'Bearer x' }];
      for (const headers of wrong) {
        const response = await closed.inject({ url, headers });
        expect([response.statusCode, response.json<{ error: string }>().error]).toEqual([
          401,
          'UNAUTHENTICATED',
        ]);
        expect(response.headers['www-authenticate']).toContain('Basic realm=');
      }
      expect((await closed.inject({ url, headers: basic('zoë:a:secret') })).statusCode).toBe(200);
      await closed.close();
    });

    it('lets an address guess a few times a minute', async () => {
      let now = nowMs;
      const closed = await start({
        security: { 'auth-scheme': 'basic', 'user-id': 'zoe', password: 'secret' },
        nowMs: () => now,
      });
      const status = async (password: string, remoteAddress = '192.0.2.1'): Promise<number> => {
        const headers = basic(`zoe:${password}`);
        const response = await closed.inject({
          url: `/server/data/visits/${visit1}`,
          headers,
          remoteAddress,
        });
        return response.statusCode;
      };
      for (let guess = 0; guess < 5; guess++) expect(await status(`guess ${guess}`)).toBe(401);
      expect(await status('secret')).toBe(429);
      expect(await status('secret', '192.0.2.2')).toBe(200);
      now += 60_000;
      expect(await status('secret')).toBe(200);
      await closed.close();
    });

    it('does not start with half of it', () => {
      const security = { 'auth-scheme': 'basic', 'user-id': 'x' } as const;
      expect(() => historyRoutes({ store, routing, drained: () => Promise.resolve(), security })).toThrow(
        'needs user-id',
      );
    });
  });
}

function storeInTrouble(): void {
  describe('the history of a store in trouble', () => {
    it('waits for rows on their way', async () => {
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const drained = vi.fn(() => gate);
      const busy = await start({ drained });
      const answer = busy.inject({ url: `/server/data/visits/late` }).then((response) => response);
      await vi.waitFor(() => expect(drained).toHaveBeenCalled());
      const visit = { visitId: 'late', startDate: 1, endDate: 0, globalVisitID: 'G', userAgentId: null };
      await store.write([{ entity: 'visit', value: visit }]);
      release();
      expect((await answer).statusCode).toBe(200);
      await busy.close();
    });

    it('says that it may be asked again', async () => {
      const readVisit = (): Promise<never> =>
        Promise.reject(new AppError('STORE_UNAVAILABLE', 'the store is down'));
      const broken = await start({ store: { ...store, readVisit } });
      const response = await broken.inject({ url: `/server/data/visits/${visit1}` });
      expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
      expect(response.json()).toEqual({ error: 'STORE_UNAVAILABLE', message: 'the store is down' });
      await broken.close();
    });
  });
}
