/** The cold way: requests handed in memory to one REST application, bounded in number, size and time. */
import type { EdgeLimits, EdgeOptions, FallbackApp, FallbackResponse } from '../options.js';
import type { Exchange } from '../wire/wire.js';
import type { Cors } from './cors.js';
import type { Gate } from './gate.js';
import { asScript, type Jsonp } from './jsonp.js';
import { copyRequest } from './request.js';
import { errorBody, isCompressed, jsonHeaders, oneLine, type EdgeErrorStatus } from './respond.js';

export interface FallbackContext {
  readonly app: FallbackApp;
  readonly limits: EdgeLimits;
  readonly cors: Cors;
  readonly gate: Gate;
  readonly jsonp: Jsonp;
  readonly onError: NonNullable<EdgeOptions['onError']>;
}

/** Serves one exchange at a time as long as there is room. */
export function createFallback(context: FallbackContext): (exchange: Exchange) => void {
  const { limits } = context;
  let inFlight = 0;
  return (exchange) => {
    const request = copyRequest(exchange, context.gate);
    const cors = context.cors.headersFor(request.all.origin ?? '', request.path);
    const refuse = (status: EdgeErrorStatus): void => {
      const retry = status === 503 ? ['retry-after', '1'] : [];
      exchange.respond(status, [...jsonHeaders, ...retry, ...cors], errorBody(status));
    };
    if (isCompressed(request.all['content-encoding'] ?? '')) {
      refuse(415);
      return;
    }
    const wish = context.jsonp(request);
    if (wish.kind === 'refuse') {
      exchange.respond(wish.status, [...jsonHeaders, ...cors], wish.body);
      return;
    }
    const callback = wish.kind === 'call' ? wish.name : null;
    exchange.readBody(
      limits.fallbackBodyBytesMax,
      (body) => {
        if (inFlight >= limits.fallbackInFlightMax) {
          refuse(503);
          return;
        }
        inFlight += 1;
        const url = request.queryText === '' ? request.path : `${request.path}?${request.queryText}`;
        const timer = setTimeout(() => refuse(503), limits.fallbackTimeoutMs);
        const { method, remoteAddress } = request;
        // An application that throws before its promise is an error like any other.
        Promise.resolve()
          .then(() => context.app({ method, url, headers: request.all, body, remoteAddress }))
          .then((response) => send(exchange, method, scripted(response, callback), cors))
          .catch((error: unknown) => {
            context.onError(error, `${method} ${request.path}`);
            refuse(500);
          })
          .finally(() => {
            clearTimeout(timer);
            inFlight -= 1;
          });
      },
      refuse,
    );
  };
}

function scripted(response: FallbackResponse, callback: string | null): FallbackResponse {
  if (callback === null) return response;
  const headers = { ...response.headers, 'content-type': String(response.headers['content-type'] ?? '') };
  const script = asScript(callback, response.body, headers);
  return { ...response, headers: script.headers ?? headers, body: script.body };
}

/** The wire writes these itself. */
const wireHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'keep-alive']);

function send(exchange: Exchange, method: string, response: FallbackResponse, cors: readonly string[]): void {
  const headers: string[] = [...cors];
  for (const [name, value] of Object.entries(response.headers)) {
    const lowerName = name.toLowerCase();
    if (value === undefined || wireHeaders.has(lowerName)) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      headers.push(lowerName, oneLine(String(one)));
    }
  }
  if (!headers.includes('x-content-type-options')) headers.push('x-content-type-options', 'nosniff');
  const size = Number(response.headers['content-length'] ?? Buffer.byteLength(response.body));
  if (method === 'HEAD') exchange.respondHead(response.status, headers, size);
  else {
    const hasNoBody = response.status === 204 || response.status === 304;
    exchange.respond(response.status, headers, hasNoBody ? null : response.body);
  }
}
