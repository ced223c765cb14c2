/**
 * The REST application: every API that is not hot. It listens by itself on the deploy port; elsewhere the
 * edge hands it requests in memory.
 */
import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type onRequestHookHandler,
  type preHandlerHookHandler,
} from 'fastify';
import { AppError } from '../../base/index.js';
import type { FallbackApp } from '../edge/index.js';
import { setErrorHandler } from './error-handler.js';
import { takeWholeJson } from './json-text.js';
import { type OpenApiOptions, serveOpenApi } from './openapi.js';

export interface RestApplicationOptions {
  plugins: readonly { prefix: string; plugin: FastifyPluginCallback }[];
  /** Serves the OpenAPI document of these plug-ins. */
  openApi?: OpenApiOptions;
  /** Stands before every route; undefined lets everybody in. */
  guard?: onRequestHookHandler | undefined;
  bodyBytesMax: number;
  requestTimeoutMs: number;
  /** A defect behind an answer of 500, with the id that the caller was given. */
  onError(error: unknown, requestId: string, route: string): void;
}

export async function createRestApplication(options: RestApplicationOptions): Promise<FastifyInstance> {
  const application = fastify({
    logger: false,
    bodyLimit: options.bodyBytesMax,
    requestTimeout: options.requestTimeoutMs,
    connectionTimeout: options.requestTimeoutMs * 2,
    genReqId: () => randomUUID(),
    // The longest name of a category, percent-encoded.
    routerOptions: { maxParamLength: 1_536 },
    ajv: { customOptions: { removeAdditional: false, allErrors: false } },
  });
  await application.register(cookie);
  takeWholeJson(application);
  setErrorHandler(application, options.onError);
  if (options.guard !== undefined) application.addHook('onRequest', options.guard);
  application.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('cache-control', reply.getHeader('cache-control') ?? 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    done(null, payload);
  });
  application.addHook('preHandler', refuseInfinity);
  if (options.openApi !== undefined) await serveOpenApi(application, options.openApi);
  for (const { prefix, plugin } of options.plugins) await application.register(plugin, { prefix });
  await application.ready();
  return application;
}

/** The validator turns `1e999` of a query into Infinity, and its bounds hold for finite numbers alone. */
const refuseInfinity: preHandlerHookHandler = (request, _reply, done) => {
  const query = Object.entries(request.query as Readonly<Record<string, unknown>>);
  const [field] = query.find(([, value]) => typeof value === 'number' && !Number.isFinite(value)) ?? [];
  if (field === undefined) done();
  else done(new AppError('BAD_REQUEST', `${field} must be a whole number`, { field }));
};

/** Lets the edge hand cold requests to the application without a socket between them. */
export function asFallback(application: FastifyInstance): FallbackApp {
  return async ({ method, url, headers, body, remoteAddress }) => {
    const response = await application.inject({
      method: method as 'GET',
      url,
      headers,
      remoteAddress,
      ...(body.length > 0 ? { payload: body } : {}),
    });
    return { status: response.statusCode, headers: response.headers, body: response.rawPayload };
  };
}
