/**
 * The History REST API (spec/rest.md section 2): what is kept of visits, pages, events, identities, sessions,
 * engagements.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TObject } from 'typebox';
import type { Routing } from '../../../cluster/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { type HistorySecurity, basicAuthentication } from './basic-auth.js';
import type { Call, Route } from './call.js';
import { creatingRoutes } from './creating.js';
import { checkIncludes, explainViolation, pathIds } from './parameters.js';
import { createHistoryReader } from './reader.js';
import { readingRoutes } from './reading.js';
import { errors } from './schemas.js';

export interface HistoryRoutesOptions {
  store: OperationalStore;
  routing: Pick<Routing, 'ask'>;
  /** Resolves when what is on its way to the store, of one visit or of all, has been written. */
  drained: (visitId: string | undefined, timeoutMs: number) => Promise<void>;
  security: HistorySecurity;
  /** Wall clock for `age`, epoch milliseconds. */
  nowMs?: () => number;
}

/** While the store is behind for longer, answers have what it has. */
const drainTimeoutMs = 2_000;

/**
 * The API as a plug-in. Errors are `AppError`s: BAD_REQUEST names the parameter, NOT_FOUND the id,
 * UNAUTHENTICATED and STORE_UNAVAILABLE as their names say.
 */
export function historyRoutes(options: HistoryRoutesOptions): FastifyPluginCallback {
  const { store, drained, security, nowMs = Date.now } = options;
  const authenticate = basicAuthentication(security, nowMs);
  const routes = [...readingRoutes, ...creatingRoutes(options.routing)];

  function callOf(request: FastifyRequest, reply: FastifyReply): Call {
    const [id = ''] = Object.values(request.params as Record<string, string>);
    return {
      id,
      query: request.query,
      body: request.body,
      store,
      reader: createHistoryReader(store),
      nowMs: nowMs(),
      settled: (visitId) => drained(visitId, drainTimeoutMs).catch(() => undefined),
      goOnAfter(after) {
        void reply.header('link', `<${nextUrl(request.url, String(after))}>; rel="next"`);
      },
    };
  }

  return (application, _options, done) => {
    application.setSchemaErrorFormatter(explainViolation);
    // Answers are made of the model's own types; schemas of answers are for whoever reads the document.
    application.setSerializerCompiler(() => (value) => JSON.stringify(value));
    if (authenticate !== undefined) application.addHook('onRequest', authenticate);
    for (const each of routes) {
      const { method, path, answer } = each;
      const schema = schemaOf(each, authenticate !== undefined);
      application.route({
        method,
        url: path,
        schema,
        async handler(request, reply) {
          checkIncludes(request.query as Record<string, unknown>);
          const value = await answer(callOf(request, reply) as Call<never, never>);
          return reply.status(method === 'POST' ? 201 : 200).send(value);
        },
      });
    }
    done();
  };
}

function schemaOf({ method, path, summary, query, body, answered }: Route, isProtected: boolean): object {
  const { 401: unauthenticated, 429: tooMany, ...others } = errors;
  const answer = { ...answered, description: summary };
  return {
    summary,
    tags: ['history'],
    params: paramsOf(path),
    querystring: query,
    ...(body === undefined ? {} : { body }),
    response: {
      [method === 'POST' ? 201 : 200]: answer,
      ...others,
      ...(isProtected ? { 401: unauthenticated, 429: tooMany } : {}),
    },
    ...(isProtected ? { security: [{ basic: [] }] } : {}),
  };
}

function paramsOf(path: string): TObject {
  const name = /:(\w+)/.exec(path)?.[1] as keyof typeof pathIds | undefined;
  return Type.Object(name === undefined ? {} : { [name]: pathIds[name] });
}

/** The same request, going on after `after`. */
function nextUrl(url: string, after: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('after', after);
  return `${path}?${parameters.toString()}`;
}
