/** Puts one port together: hot routes, Bayeux, static files, and the REST application for everything else. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';
import { noCounters, tickMs, type MissedMessage, type SessionContext } from '../bayeux/index.js';
import { createCors, type Cors } from './http/cors.js';
import { createFallback } from './http/fallback.js';
import { addressOf, isAdmitted } from './http/admission.js';
import { createGate, type Gate } from './http/gate.js';
import { serveHotRoute } from './http/hot.js';
import { createJsonp } from './http/jsonp.js';
import { errorBody, jsonHeaders, strictTransportHeaders } from './http/respond.js';
import type { CorsOptions, Edge, EdgeLimits, EdgeOptions, EdgeStats } from './options.js';
import { createListeningWatch, watchMs } from './listening.js';
import { BayeuxEndpoint } from './push/endpoint.js';
import { BayeuxHub } from './push/hub.js';
import { createStaticServer, defaultStaticOptions, type ServeStatic } from './static/mounts.js';
import { loadTlsIdentity, tlsFilesState } from './tls/identity.js';
import { createNodeWire } from './wire/node.js';
import { openFilesLimit } from './wire/open-files.js';
import { openWire } from './wire/open.js';
import type { Exchange, Wire, WireCounters } from './wire/wire.js';

/** Defaults of options `web/cors.*` (spec/options.md). */
export const defaultCorsOptions: CorsOptions = {
  allowedOrigins: ['*'],
  allowedMethods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'],
  allowedHeaders: ['X-Requested-With', 'Content-Type', 'Accept', 'Origin', 'Cookie', 'Authorization'],
  urlMapping: ['/*'],
};

export const defaultEdgeLimits: EdgeLimits = {
  fallbackBodyBytesMax: 1_048_576,
  fallbackInFlightMax: 1_000,
  fallbackTimeoutMs: 30_000,
  bodyTimeoutMs: 15_000,
  pendingBodyBytesMax: 134_217_728,
  answerTimeoutMs: 15_000,
  pendingAnswerBytesMax: 268_435_456,
  webSocketUnsentBytesMax: 1_048_576,
  webSocketsMax: 100_000,
  addressRequestsPerSecond: 0,
  addressWebSocketsMax: 0,
  addressConnectionsMax: 0,
  connectionsMax: 0,
  closeTimeoutMs: 5_000,
};

const messageBytesMaxDefault = 262_144;
const sweepMs = 1_000;
/** How often the files of the certificate are looked at. */
const renewMs = 2_000;
const closingPollMs = 10;

/** Builds the edge; it serves after `listen`. Throws when `wire: 'native'` is demanded and cannot be had. */
export function createEdge<Context extends SessionContext = SessionContext>(
  options: EdgeOptions<Context>,
): Edge {
  return new Port(options);
}

class Port<Context extends SessionContext> implements Edge {
  readonly #options: EdgeOptions<Context>;
  readonly #limits: EdgeLimits;
  readonly #gate: Gate;
  readonly #wire: Wire;
  readonly #secureWire: Wire | null = null;
  #tlsState = '';
  readonly #hub: BayeuxHub<Context> | null;
  readonly #onError: (error: unknown, where: string) => void;
  #timers: NodeJS.Timeout[] = [];
  #port = 0;
  #securePort = 0;
  #isClosing = false;

  constructor(options: EdgeOptions<Context>) {
    this.#options = options;
    this.#limits = limitsOf(options.limits);
    const { addressRequestsPerSecond, addressWebSocketsMax, addressConnectionsMax } = this.#limits;
    this.#gate = createGate({
      trustedProxies: options.trustedProxies ?? [],
      addressRequestsPerSecond,
      addressWebSocketsMax,
      addressConnectionsMax,
      isTls: false,
    });
    this.#onError = (error, where) => options.onError?.(error, where);
    const { bayeux } = options;
    const messageBytesMax = bayeux?.messageBytesMax ?? messageBytesMaxDefault;
    const wireLimits = {
      bodyTimeoutMs: this.#limits.bodyTimeoutMs,
      pendingBodyBytesMax: this.#limits.pendingBodyBytesMax,
      answerTimeoutMs: this.#limits.answerTimeoutMs,
      pendingAnswerBytesMax: this.#limits.pendingAnswerBytesMax,
      connectionsMax: this.#limits.connectionsMax,
      holdConnection: (peer: string) => this.#gate.holdConnection(peer),
      frameBytesMax: messageBytesMax,
      unsentBytesMax: this.#limits.webSocketUnsentBytesMax,
    };
    this.#wire = openWire(options.wire ?? 'auto', wireLimits);
    if (options.secure !== undefined) {
      const { identity, strictTransportSeconds = 0 } = options.secure;
      const headers = strictTransportHeaders(strictTransportSeconds);
      this.#secureWire = createNodeWire(wireLimits, loadTlsIdentity(identity), headers);
      this.#tlsState = tlsFilesState(identity);
    }
    this.#hub = bayeux === undefined ? null : new BayeuxHub(bayeux, this.#onError);
    this.#attach(messageBytesMax);
  }

  get #wires(): Wire[] {
    return this.#secureWire === null ? [this.#wire] : [this.#wire, this.#secureWire];
  }

  #attach(messageBytesMax: number): void {
    const options = this.#options;
    const cors = createCors(options.cors ?? defaultCorsOptions);
    const jsonp = createJsonp(options.jsonpWhiteList ?? []);
    const onError = this.#onError;
    const serveStatic = createStaticServer(options.mounts ?? [], {
      options: { ...defaultStaticOptions, ...options.static },
      cors,
      onError,
    });
    const { fallback } = options;
    for (const wire of this.#wires) {
      // Both ports count an address together.
      const gate = { ...this.#gate, isTls: wire === this.#secureWire };
      const cold =
        fallback === undefined
          ? (exchange: Exchange) => answerNotFound(exchange, cors)
          : createFallback({ app: fallback, limits: this.#limits, cors, gate, jsonp, onError });
      for (const route of options.routes ?? []) serveHotRoute(wire, route, { cors, gate, jsonp, onError });
      const endpoint =
        options.bayeux === undefined || this.#hub === null
          ? null
          : new BayeuxEndpoint(options.bayeux, this.#hub, {
              cors,
              gate,
              messageBytesMax,
              webSocketsMax: this.#limits.webSocketsMax,
              isClosing: () => this.#isClosing,
              onError,
            });
      endpoint?.attach(wire);
      wire.rest((exchange) => dispatch(exchange, { cors, gate, endpoint, serveStatic, cold }));
    }
  }

  /** Takes a renewed certificate. One that cannot be used is told, and the old one stays. */
  #renewIdentity(): void {
    const identity = this.#options.secure?.identity;
    if (identity === undefined) return;
    const state = tlsFilesState(identity);
    if (state === this.#tlsState) return;
    this.#tlsState = state;
    try {
      this.#secureWire?.renew?.(loadTlsIdentity(identity));
    } catch (error) {
      this.#onError(error, 'tls');
    }
  }

  get securePort(): number {
    return this.#securePort;
  }

  get port(): number {
    return this.#port;
  }

  get wire(): 'native' | 'node' {
    return this.#wire.kind;
  }

  async listen(): Promise<number> {
    this.#port = await this.#wire.listen(this.#options.host, this.#options.port);
    const { secure } = this.#options;
    if (secure !== undefined && this.#secureWire !== null) {
      this.#securePort = await this.#secureWire.listen(this.#options.host, secure.port);
      this.#timers.push(setInterval(() => this.#renewIdentity(), renewMs));
    }
    this.#watchConnections();
    const hub = this.#hub;
    if (hub !== null) this.#timers.push(setInterval(() => hub.tick(), tickMs));
    this.#timers.push(
      setInterval(() => {
        for (const wire of this.#wires) wire.sweep(performance.now());
      }, sweepMs),
    );
    for (const timer of this.#timers) timer.unref();
    return this.#port;
  }

  #watchConnections(): void {
    const wire = this.#wire;
    if (wire.stopListening === undefined) return;
    const watch = createListeningWatch({
      wire,
      host: this.#options.host,
      port: this.#port,
      connectionsMax: this.#limits.connectionsMax,
      onFull: (open) => {
        wire.counters.connectionsRefused += 1;
        const message = `${open} files and connections are open: the port stops listening`;
        this.#onError(new AppError('OVERLOADED', message), 'connections');
      },
      onError: (error) => this.#onError(error, 'connections'),
    });
    this.#timers.push(setInterval(() => void watch(), watchMs));
  }

  publish(channel: string, data: JsonValue, mark?: OutboxMark): void {
    this.#hub?.publish(channel, data, mark);
  }

  hasSubscribers(channel: string): boolean {
    return this.#hub?.hasSubscribers(channel) ?? false;
  }

  deliver(session: string, channel: string, data: JsonValue): boolean {
    return this.#hub?.deliver(session, channel, data) ?? false;
  }

  catchUp(session: string, channel: string, missed: readonly MissedMessage[]): void {
    this.#hub?.catchUp(session, channel, missed);
  }

  endSessions(identity: string): void {
    this.#hub?.endSessions(identity);
  }

  #counters(): WireCounters {
    const total = { ...this.#wire.counters };
    const more = this.#secureWire?.counters;
    for (const name of Object.keys(total) as (keyof WireCounters)[]) total[name] += more?.[name] ?? 0;
    return total;
  }

  stats(): EdgeStats {
    return {
      ...this.#counters(),
      requestsRefused: this.#gate.refused(),
      pollsHeld: this.#hub?.pollsHeld ?? 0,
      sessions: this.#hub?.sessions ?? 0,
      subscriptions: this.#hub?.subscriptions ?? 0,
      bayeux: { ...(this.#hub?.counters ?? noCounters) },
    };
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    for (const wire of this.#wires) wire.finish();
    this.#hub?.drain();
    this.#hub?.closeSockets(1001, 'the server stops');
    const untilMs = performance.now() + this.#limits.closeTimeoutMs;
    while (this.#counters().requestsInFlight > 0 && performance.now() < untilMs) await delay(closingPollMs);
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    for (const wire of this.#wires) wire.destroy();
  }
}

/** Share of the files that the process may open which connections get by default. */
const connectionsShare = 0.9;

function limitsOf(given: Partial<EdgeLimits> | undefined): EdgeLimits {
  const limits = { ...defaultEdgeLimits, ...given };
  if (limits.connectionsMax === 0) limits.connectionsMax = Math.floor(openFilesLimit() * connectionsShare);
  return limits;
}

interface ColdWay<Context extends SessionContext> {
  readonly cors: Cors;
  readonly gate: Gate;
  readonly endpoint: BayeuxEndpoint<Context> | null;
  readonly serveStatic: ServeStatic;
  cold(exchange: Exchange): void;
}

function dispatch<Context extends SessionContext>(exchange: Exchange, way: ColdWay<Context>): void {
  const { cors, gate, endpoint } = way;
  const path = exchange.path();
  const origin = exchange.header('origin');
  if (!isAdmitted(exchange, gate, addressOf(exchange, gate))) {
    exchange.respond(
      429,
      [...jsonHeaders, 'retry-after', '1', ...cors.headersFor(origin, path)],
      errorBody(429),
    );
  } else if (exchange.method() === 'OPTIONS' && exchange.header('access-control-request-method') !== '') {
    const headers = cors.preflightFor(origin, path);
    exchange.respond(headers === undefined ? 403 : 204, headers ?? [], headers === undefined ? '' : null);
  } else if (endpoint?.covers(path) === true) endpoint.serve(exchange);
  else if (!way.serveStatic(exchange, path)) way.cold(exchange);
}

function answerNotFound(exchange: Exchange, cors: Cors): void {
  const headers = [...jsonHeaders, ...cors.headersFor(exchange.header('origin'), exchange.path())];
  exchange.respond(404, headers, errorBody(404));
}
