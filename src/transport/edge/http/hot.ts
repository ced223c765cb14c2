/** The short way of hot routes: from the socket to the handler with nothing in between that is not used. */
import type { EdgeOptions, EdgeRequest, Headers, HotRoute, Respond } from '../options.js';
import type { Exchange, Wire } from '../wire/wire.js';
import type { Cors } from './cors.js';
import { isAdmitted } from './admission.js';
import type { Gate } from './gate.js';
import { asScript, type Jsonp } from './jsonp.js';
import { CopiedRequest, copyHeaders, nothing } from './request.js';
import { errorBody, isCompressed, jsonHeaders, listHeaders, retryHeaders } from './respond.js';

export interface HotContext {
  readonly cors: Cors;
  readonly gate: Gate;
  readonly jsonp: Jsonp;
  readonly onError: NonNullable<EdgeOptions['onError']>;
}

export function serveHotRoute(wire: Wire, route: HotRoute, context: HotContext): void {
  const names = [
    ...new Set([...(route.headers ?? []), ...(context.gate.hasProxies ? ['x-forwarded-for'] : [])]),
  ];
  const params = route.path
    .split('/')
    .filter((part) => part.startsWith(':'))
    .map((part) => part.slice(1));
  wire.route(route.method, route.path, (exchange) => {
    const path = params.length === 0 ? route.path : exchange.path();
    const request = new CopiedRequest(exchange, {
      method: route.method,
      path,
      headers: copyHeaders(exchange, names),
      params: copyParams(exchange, params),
      gate: context.gate,
    });
    const cors = context.cors.headersFor(exchange.header('origin'), path);
    const respond: Respond = (status, body = '', headers) => {
      exchange.respond(status, answerHeaders(cors, headers), body);
    };
    if (!isAdmitted(exchange, context.gate, request.remoteAddress)) {
      respond(429, errorBody(429), retryHeaders);
      return;
    }
    if (route.bodyBytesMax === 0) {
      const wish = context.jsonp(request);
      if (wish.kind === 'refuse') respond(wish.status, wish.body);
      else run(route, request, wish.kind === 'call' ? scripted(respond, wish.name) : respond, context);
      return;
    }
    if (isCompressed(exchange.header('content-encoding'))) {
      respond(415, errorBody(415));
      return;
    }
    exchange.readBody(
      route.bodyBytesMax,
      (body) => {
        request.body = body;
        run(route, request, respond, context);
      },
      (status) => respond(status, errorBody(status)),
    );
  });
}

function copyParams(exchange: Exchange, names: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return nothing;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) params[name] = exchange.segment(index);
  return params;
}

function answerHeaders(cors: readonly string[], headers: Headers | undefined): readonly string[] {
  if (headers === undefined) return cors.length === 0 ? jsonHeaders : [...jsonHeaders, ...cors];
  return [...listHeaders(headers, jsonHeaders), ...cors];
}

function scripted(respond: Respond, name: string): Respond {
  return (status, body = '', headers) => {
    const script = asScript(name, body, headers);
    respond(status, script.body, script.headers);
  };
}

function run(route: HotRoute, request: EdgeRequest, respond: Respond, context: HotContext): void {
  try {
    route.handle(request, respond);
  } catch (error) {
    context.onError(error, `${route.method} ${route.path}`);
    respond(500, errorBody(500));
  }
}
