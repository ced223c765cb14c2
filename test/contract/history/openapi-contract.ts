/**
 * A client made from the OpenAPI document alone asks every operation with odd and hostile parameters: no
 * answer is a 5xx or one that the document does not know, and good answers have the form that it promises.
 */
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreOfHistory } from './history-contract.js';
import { typicalEvents } from '../../../bench/stores/typical-events.js';
import { encodeEvents } from '../../../src/model/index.js';
import { compilePackage, buildRuleSet } from '../../../src/rules/index.js';
import type { OperationalStore } from '../../../src/stores/index.js';
import { createRestApplication, historyRoutes, visitRoutes } from '../../../src/transport/rest/index.js';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema: { type?: string; enum?: string[] };
}

interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: { properties?: Record<string, { type?: string }> } | undefined;
  responses: Record<string, { content?: Record<string, { schema: TSchema }> }>;
}

const events = typicalEvents(1, 5);
const { visitID, globalVisitID, pageID } = events[0]!;
let application: FastifyInstance;
const defects: unknown[] = [];

/** The API over `store`, with a visit of its own. */
async function start(store: OperationalStore): Promise<void> {
  const bytes = encodeEvents(visitID, globalVisitID, events);
  const page = { url: 'u', title: 't', category: '', startDate: 1, endDate: 0 };
  await store.write([
    {
      entity: 'visit',
      value: { visitId: visitID, startDate: 1, endDate: 0, globalVisitID, userAgentId: null },
    },
    { entity: 'events', value: { visitId: visitID, firstOrdinal: 0, count: events.length, bytes } },
    { entity: 'page', value: { visitId: visitID, pageId: pageID, ...page } },
    { entity: 'identity', value: { identityId: 'ann', name: 'Ann', location: null, entityInCS: null } },
    {
      entity: 'visitIdentity',
      value: { visitId: visitID, identityId: 'ann', visitScope: 'Recognized', at: 1 },
    },
  ]);
  const security = { 'auth-scheme': 'none' } as const;
  const drained = (): Promise<void> => Promise.resolve();
  const routing = { ask: <Reply>(): Promise<Reply> => Promise.resolve(undefined as Reply) };
  const compiled = compilePackage('package shop;');
  const rules = buildRuleSet(compiled.ok ? [compiled.package] : []);
  application = await createRestApplication({
    openApi: { path: '/server/data/openapi.json', title: 't', description: 'd', version: '1' },
    plugins: [
      { prefix: '/server/data', plugin: historyRoutes({ store, routing, drained, security }) },
      {
        prefix: '/server/data',
        plugin: visitRoutes({ store, drained, security, routing, rules: () => rules }),
      },
    ],
    bodyBytesMax: 100_000,
    requestTimeoutMs: 5_000,
    onError: (error) => defects.push(error),
  });
}

async function operations(): Promise<Operation[]> {
  const document = (await application.inject({ url: '/server/data/openapi.json' })).json<{
    openapi: string;
    paths: Record<string, Record<string, object>>;
  }>();
  expect(document.openapi).toBe('3.1.0');
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const {
        parameters = [],
        requestBody,
        responses,
      } = operation as {
        parameters?: Parameter[];
        requestBody?: { content: Record<string, { schema: Operation['body'] }> };
        responses: Operation['responses'];
      };
      const body = requestBody?.content['application/json']?.schema;
      return { method: method.toUpperCase(), path, parameters, body, responses };
    }),
  );
}

const hostile = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\0', '%00', '../../etc/passwd', "' OR 1=1 --", '__proto__', 'constructor', '-1', '1e999'],
    ...['9007199254740993', 'NaN', 'null', 'true', '[]', '{}', '<script>', '\u202e\u{10ffff}', '.s1', 'x.s1'],
    ...['a'.repeat(70), 'b'.repeat(2_000), `${visitID}.1`, `${visitID}.s1`, visitID, pageID, 'ann'],
    events[1]!.eventID,
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

function valueOf({ schema }: Parameter): fc.Arbitrary<string> {
  const fitting =
    schema.enum !== undefined
      ? fc.constantFrom(...schema.enum)
      : schema.type === 'boolean'
        ? fc.constantFrom('true', 'false')
        : schema.type === 'integer'
          ? fc.nat(100).map(String)
          : fc.constantFrom(visitID, pageID, 'ann', events[2]!.eventID, `${visitID}.s1`);
  return fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 1, arbitrary: hostile });
}

function bodyOf({ body }: Operation): fc.Arbitrary<string | undefined> {
  if (body === undefined) return fc.constant(undefined);
  const names = [...Object.keys(body.properties ?? {}), 'odd'];
  const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(hostile, fc.jsonValue()));
  const good = fc.constantFrom('{"eventName":"Called"}', '{}', '[{"channel":"c","data":1}]');
  return fc.oneof(
    fields.map((value) => JSON.stringify(value)),
    good,
    fc.json(),
    hostile,
  );
}

function requestOf(operation: Operation): fc.Arbitrary<{ url: string; payload: string | undefined }> {
  const { path, parameters } = operation;
  const values = fc.tuple(...parameters.map((each) => fc.option(valueOf(each), { freq: 3, nil: undefined })));
  const more = fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), hostile), { maxLength: 1 });
  return fc
    .record({ values, more, payload: bodyOf(operation) })
    .map(({ values: given, more: odd, payload }) => {
      let filled = path;
      const query: string[] = [];
      for (const [index, { name, in: place }] of parameters.entries()) {
        const value = given[index];
        const text = encodeURIComponent(value ?? visitID);
        if (place === 'path') filled = filled.replace(`{${name}}`, text);
        else if (value !== undefined) query.push(`${name}=${text}`);
      }
      for (const [name, value] of odd) query.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      return { url: query.length === 0 ? filled : `${filled}?${query.join('&')}`, payload };
    });
}

export function openApiContract(name: string, openStore: () => Promise<StoreOfHistory>): void {
  describe(`the OpenAPI document over ${name}`, () => {
    let opened: StoreOfHistory;

    beforeAll(async () => {
      opened = await openStore();
      await start(opened.store);
    }, 120_000);
    afterAll(async () => {
      await application.close();
      await opened.destroy();
    }, 60_000);

    hasEveryRequest();
    tellsTheTruth();
  });
}

const includes = (...what: string[]): string[] =>
  what.flatMap((each) => [`include_${each}`, `include_${each}_detail`]);
const ofEvents = ['age', 'eventName', 'eventType', 'category'];
const ofPages = ['age', 'url', 'title', 'category', ...includes('events')];

/** Every request of spec/rest.md section 2, with its parameters. */
const specified: Readonly<Record<string, readonly string[]>> = {
  'GET /visits/{visitId}': includes('pages', 'events'),
  'POST /visits': [],
  'GET /visits/{visitId}/events': [...ofEvents, 'url', 'browserPageID'],
  'POST /visits/{visitId}/events': [],
  'GET /visits/{visitId}/pages': ofPages,
  'GET /visits/{visitId}/identities': ['association', ...includes('visits', 'pages', 'events')],
  'GET /visits/{visitId}/sessions': ['identityId', 'age', ...includes('pages', 'events')],
  'GET /pages/{pageId}/events': ofEvents,
  'GET /identities': [],
  'GET /identities/{identityId}': includes('visits', 'pages', 'events'),
  'GET /identities/{identityId}/visits': [
    ...['age', 'globalVisitID', 'userAgent'],
    ...includes('pages', 'events'),
  ],
  'GET /identities/{identityId}/pages': ofPages,
  'GET /identities/{identityId}/sessions': ['age', ...includes('pages', 'events')],
  'GET /sessions/{sessionId}': includes('pages', 'events'),
  'GET /sessions/{sessionId}/events': [...ofEvents, 'url'],
  'GET /sessions/{sessionId}/pages': ofPages,
  'GET /events/{eventId}': [],
  'GET /engagements/{interactionId}': [],
  'GET /visits/{visitId}/engagements': [],
  'POST /notification/notify/{visitID}': [],
};

function hasEveryRequest(): void {
  it('has every request of the history, with every parameter', async () => {
    const known = new Map(
      (await operations()).map(({ method, path, parameters }) => [
        `${method} ${path.replace('/server/data', '')}`,
        parameters.filter((each) => each.in === 'query').map(({ name }) => name),
      ]),
    );
    for (const [request, parameters] of Object.entries(specified)) {
      expect([request, known.get(request) ?? 'unknown']).toEqual([
        request,
        expect.arrayContaining([...parameters]),
      ]);
    }
  });
}

function tellsTheTruth(): void {
  it('tells the truth, whatever is asked', { timeout: 120_000 }, async () => {
    const statuses = new Set<number>();
    let formsChecked = 0;
    for (const operation of await operations()) {
      const forms = new Map(
        Object.entries(operation.responses).flatMap(([status, { content }]) => {
          const schema = content?.['application/json']?.schema;
          return schema === undefined ? [] : [[Number(status), Compile(schema)] as const];
        }),
      );
      await fc.assert(
        fc.asyncProperty(requestOf(operation), async ({ url, payload }) => {
          const { statusCode, body } = await application.inject({
            method: operation.method as 'GET',
            url,
            ...(payload === undefined ? {} : { payload, headers: { 'content-type': 'application/json' } }),
          });
          statuses.add(statusCode);
          expect([url, statusCode < 500, defects.splice(0).map(String)]).toEqual([url, true, []]);
          const form = forms.get(statusCode);
          if (form === undefined) return;
          formsChecked++;
          expect([url, form.Check(JSON.parse(body))]).toEqual([url, true]);
        }),
        { numRuns: 60 },
      );
    }
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 201, 400, 404]));
    expect(formsChecked).toBeGreaterThan(500);
  });
}
