/** What the edge is told when it is made, and what it offers to the rest of the server. */
import type { JsonValue } from '../../base/index.js';
import type { OutboxMark, PushHub } from '../../model/index.js';
import type { TlsParameters } from './tls/identity.js';
import type {
  BayeuxCounters,
  BayeuxPolicy,
  BayeuxSettings,
  MissedMessage,
  SessionContext,
} from '../bayeux/index.js';

export type Headers = Readonly<Record<string, string>>;

/** A request as a hot route or a context function sees it. Everything in it is a copy and may be kept. */
export interface EdgeRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** The query as sent, without the question mark; empty when there is none. */
  readonly queryText: string;
  readonly body: Buffer;
  /** A decoded query parameter; undefined when absent. */
  query(name: string): string | undefined;
  /** A decoded `:name` segment of the route's path; undefined when the route has none of that name. */
  param(name: string): string | undefined;
  /** A header by lower-case name. A hot route sees only those that it lists in `headers`. */
  header(name: string): string | undefined;
  /** A cookie; a hot route must list `cookie` in `headers`. */
  cookie(name: string): string | undefined;
  /** The client's address: the peer, or what trusted proxies say. */
  readonly remoteAddress: string;
  /** The address of the TCP peer. */
  readonly peerAddress: string;
  /** Addresses of `X-Forwarded-For`, the client's claim first; empty unless the peer is a trusted proxy. */
  readonly forwardedFor: readonly string[];
  /** Whether it came over TLS, to here or to a trusted proxy; a hot route must list `x-forwarded-proto`. */
  readonly isSecure: boolean;
}

/** Answers a request once; a second call and a call after the client went away do nothing. */
export type Respond = (status: number, body?: string | Buffer, headers?: Headers) => void;

/** A route on the short way: no framework between the socket and the handler. */
export interface HotRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Exact, or with `:name` for a whole segment: `/server/data/chat/:chatId/messages`. */
  path: string;
  /** 413 over it. 0 for a route without a body. */
  bodyBytesMax: number;
  /** Lower-case names of the headers that the handler reads; copying all would cost every request. */
  headers?: readonly string[];
  /** May answer later. A throw is a 500. JSON is assumed unless `content-type` is given to `respond`. */
  handle(request: EdgeRequest, respond: Respond): void;
}

/** A folder of files under a URL prefix that ends in `/`. */
export interface StaticMount {
  prefix: string;
  folder: string;
  /** Headers of every answer of this mount, for example a Content-Security-Policy. */
  headers?: Headers;
  /** Prefixes under this one that the REST application answers. */
  except?: readonly string[];
  /** A folder under the prefix, ending in `/`, whose files have a hash of their bytes in their names. */
  hashedFolder?: string;
  /** File answered, with 200, for paths under the prefix that name no file and have no extension. */
  pageFallback?: string;
}

/** The cold way: one REST application in memory. */
export interface FallbackRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  remoteAddress: string;
}

export interface FallbackResponse {
  status: number;
  headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  body: string | Buffer;
}

export type FallbackApp = (request: FallbackRequest) => Promise<FallbackResponse>;

/** Options `web/cors.*`. An origin may be `*` or have `*` inside its host name. */
export interface CorsOptions {
  allowedOrigins: readonly string[];
  allowedMethods: readonly string[];
  allowedHeaders: readonly string[];
  /** Paths to which the cross-origin rules apply: `/*`, `/server/*`, `*.js` or an exact path. */
  urlMapping: readonly string[];
}

/** Options `web/staticResourcesCacheControl` and `…Pattern`; a path that does not match gets `no-cache`. */
export interface StaticOptions {
  cacheControl: string;
  cacheControlPattern: RegExp;
  /** Bytes of files, plain and compressed, that are kept in memory. */
  memoryBytesMax: number;
}

/** A WebSocket and HTTP Bayeux endpoint on the edge's port. Times are ms. */
export interface BayeuxOptions<Context extends SessionContext> {
  /** Served at this path and everything under it, for example `/server/cometd`. */
  path: string;
  /** Fields left out keep `defaultBayeuxSettings`. */
  settings: Partial<BayeuxSettings>;
  policy: BayeuxPolicy<Context>;
  /**
   * Who asks, by the request's cookies, the only header there is to read: on every HTTP request, and once
   * per WebSocket. Null refuses the handshake. Must be quick and must not throw.
   */
  contextOf(request: EdgeRequest): Context | null;
  /**
   * Called after the subscription is in force: the place to send again, with `deliver`, what is pending.
   * With a `since`, which only channels get whose policy says `keepsOutbox`, it must lead to one `catchUp`.
   */
  onSubscribed?(channel: string, context: Context, session: string, since?: OutboxMark | null): void;
  onUnsubscribed?(channel: string, context: Context, session: string): void;
  /** A client published; broadcasts are already on their way. `/service/…` channels end here. */
  onMessage?(channel: string, data: JsonValue, context: Context, session: string): void;
  /** Largest frame or HTTP body of the protocol, in bytes. */
  messageBytesMax?: number;
}

export interface EdgeLimits {
  /** Bodies on the cold way. */
  fallbackBodyBytesMax: number;
  /** Cold requests under way at once; over it 503. */
  fallbackInFlightMax: number;
  /** An answer of the cold way later than this is a 503. */
  fallbackTimeoutMs: number;
  /** From the end of the headers to the end of the body; then 408. */
  bodyTimeoutMs: number;
  /** Bodies of all requests still being received; over it 503. */
  pendingBodyBytesMax: number;
  /**
   * A client must take some of an answer within this time, and all of it within this and a second for each
   * 8 KB; then the connection is cut.
   */
  answerTimeoutMs: number;
  /** Answers of all requests that clients have not taken yet; over it the oldest are cut. */
  pendingAnswerBytesMax: number;
  /** Unsent bytes of one WebSocket; a reader that is slower than this is dropped and counted. */
  webSocketUnsentBytesMax: number;
  webSocketsMax: number;
  /** Requests of one address per second, after a burst of ten seconds' worth; 429 over it, 0 for no limit. */
  addressRequestsPerSecond: number;
  /** WebSockets of one address; 429 over it, 0 for no limit. */
  addressWebSocketsMax: number;
  /**
   * Requests under way and WebSockets of one client together, and connections of one peer where the wire
   * shows them; over it 429, or no connection. 0 for no limit.
   */
  addressConnectionsMax: number;
  /** Connections of the port; 0 for nine tenths of the files that the process may open. */
  connectionsMax: number;
  /** How long `close` waits for answers under way. */
  closeTimeoutMs: number;
}

/** Which socket library serves: the native one, Node's own, or whichever loads (native first). */
export type WireChoice = 'auto' | 'native' | 'node';

/**
 * A second port that serves the same over TLS. It uses Node's own server, because the native library cannot
 * take another certificate while it runs.
 */
export interface SecureOptions {
  port: number;
  identity: TlsParameters;
  /** Option `beckon/strictTransportSecurity`, in seconds; 0, the default, sends no such header. */
  strictTransportSeconds?: number;
}

export interface EdgeOptions<Context extends SessionContext = SessionContext> {
  /** Address to listen on, for example `127.0.0.1` or `0.0.0.0`. */
  host: string;
  /** 0 for any free port. */
  port: number;
  secure?: SecureOptions | undefined;
  wire?: WireChoice;
  routes?: readonly HotRoute[];
  mounts?: readonly StaticMount[];
  fallback?: FallbackApp;
  bayeux?: BayeuxOptions<Context>;
  cors?: CorsOptions;
  /** Option `web/jsonp.whiteList`: paths whose JSON may be fetched as a script. */
  jsonpWhiteList?: readonly string[];
  static?: Partial<StaticOptions>;
  limits?: Partial<EdgeLimits>;
  /**
   * Proxies in front of this port whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses,
   * `network/bits` ranges, or `loopback`.
   */
  trustedProxies?: readonly string[];
  /** A defect in a handler or a file that cannot be read: for the log. Never carries a visitor's data. */
  onError?(error: unknown, where: string): void;
}

/** Totals and present sizes, for metrics. */
export interface EdgeStats {
  requests: number;
  requestsInFlight: number;
  requestsAborted: number;
  /** Long polls that wait for something to deliver. */
  pollsHeld: number;
  webSockets: number;
  webSocketsDroppedSlow: number;
  /** Answers that were cut because the client did not take them in time. */
  answersCut: number;
  /** Connections not taken, and the times that the port stopped listening: there were too many. */
  connectionsRefused: number;
  /** Requests and WebSockets answered 429. */
  requestsRefused: number;
  sessions: number;
  subscriptions: number;
  bayeux: BayeuxCounters;
}

/** One port. `publish` and `hasSubscribers` work from the start; nothing is served before `listen`. */
export interface Edge extends PushHub {
  /** Listens and gives the port. Rejects with an `AppError` when the port cannot be had. */
  listen(): Promise<number>;
  /** The port listened on; 0 before `listen`. */
  readonly port: number;
  /** Of the listener over TLS; 0 without one and before `listen`. */
  readonly securePort: number;
  readonly wire: 'native' | 'node';
  /** Sends to one session, subscribed or not. False when it is gone. */
  deliver(session: string, channel: string, data: JsonValue): boolean;
  /** What a session missed on a channel that it subscribed with a `since`; nothing when it is gone. */
  catchUp(session: string, channel: string, missed: readonly MissedMessage[]): void;
  /** Ends every session of an identity, for example after a logout. */
  endSessions(identity: string): void;
  stats(): EdgeStats;
  /** Stops listening, answers what is under way, then closes what is left. */
  close(): Promise<void>;
}
