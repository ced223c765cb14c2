/** The Bayeux endpoint on the wire: frames, polls and script callbacks on the way to the hub and back. */
import { isUtf8 } from 'node:buffer';
import { decodeMessages, isCallbackName, wrapCallback, type SessionContext } from '../../bayeux/index.js';
import type { Cors } from '../http/cors.js';
import type { Gate } from '../http/gate.js';
import { copyNamed, type CopiedRequest } from '../http/request.js';
import { errorBody, isCompressed, jsonHeaders } from '../http/respond.js';
import type { BayeuxOptions, EdgeOptions } from '../options.js';
import type {
  Exchange,
  FrameHandlers,
  FrameSocket,
  HeaderList,
  UpgradeDecision,
  Wire,
} from '../wire/wire.js';
import type { BayeuxHub } from './hub.js';

export interface EndpointContext {
  readonly cors: Cors;
  readonly gate: Gate;
  readonly messageBytesMax: number;
  readonly webSocketsMax: number;
  isClosing(): boolean;
  readonly onError: NonNullable<EdgeOptions['onError']>;
}

const browserCookie = 'BAYEUX_BROWSER';
/** All that is read of a request's headers: a poll is held long, so nothing else is kept of it. */
const headerNames = ['cookie', 'origin', 'content-encoding', 'x-forwarded-for', 'x-forwarded-proto'];
/**
 * A script that another site may run by a `script` tag; `nosniff` keeps it from being taken for anything
 * else.
 */
const scriptHeaders: HeaderList = [
  'content-type',
  'text/javascript;charset=UTF-8',
  'x-content-type-options',
  'nosniff',
  'cache-control',
  'no-store',
];
const messageHeaders: HeaderList = [
  'content-type',
  'application/json;charset=UTF-8',
  'x-content-type-options',
  'nosniff',
  'cache-control',
  'no-store',
];

export class BayeuxEndpoint<Context extends SessionContext> {
  readonly #options: BayeuxOptions<Context>;
  readonly #hub: BayeuxHub<Context>;
  readonly #context: EndpointContext;

  constructor(options: BayeuxOptions<Context>, hub: BayeuxHub<Context>, context: EndpointContext) {
    this.#options = options;
    this.#hub = hub;
    this.#context = context;
  }

  /** Whether `path` is the endpoint's or under it: clients append `/handshake` and the like (13). */
  covers(path: string): boolean {
    const { path: own } = this.#options;
    return path === own || path.startsWith(`${own}/`);
  }

  attach(wire: Wire): void {
    wire.webSocket(this.#options.path, (exchange) => this.#upgrade(exchange));
  }

  #upgrade(exchange: Exchange): UpgradeDecision {
    const { transports } = this.#options.settings;
    if (transports?.includes('websocket') === false) return { kind: 'refuse', status: 400 };
    if (this.#context.isClosing() || this.#hub.sockets >= this.#context.webSocketsMax) {
      return { kind: 'refuse', status: 503 };
    }
    // Browsers do not apply cross-origin rules to WebSockets; so they are applied here.
    const isAllowed = this.#context.cors.isOriginAllowed(exchange.header('origin'), exchange.header('host'));
    if (!isAllowed) return { kind: 'refuse', status: 403 };
    const request = copyNamed(exchange, this.#context.gate, headerNames);
    const context = this.#contextOf(request);
    if (context === null) return { kind: 'refuse', status: 403 };
    const browserId = request.cookie(browserCookie) ?? null;
    const { gate } = this.#context;
    const address = request.remoteAddress;
    if (!gate.admits(address) || !gate.hasRoom(address)) return { kind: 'refuse', status: 429 };
    const client = {
      count: () => gate.countWebSocket(address),
      // A frame is a request like any other.
      admits: () => gate.admits(address),
    };
    return { kind: 'accept', handlers: new Connection(this.#hub, context, browserId, client) };
  }

  /** Serves an HTTP request of the protocol. */
  serve(exchange: Exchange): void {
    const request = copyNamed(exchange, this.#context.gate, headerNames);
    const cors = this.#context.cors.headersFor(request.header('origin') ?? '', request.path);
    if (request.method === 'GET') {
      this.#serveCallback(exchange, request, cors);
      return;
    }
    if (request.method !== 'POST') {
      exchange.respond(405, [...jsonHeaders, 'allow', 'GET, POST', ...cors], errorBody(405));
      return;
    }
    if (isCompressed(request.header('content-encoding') ?? '')) {
      exchange.respond(415, [...jsonHeaders, ...cors], errorBody(415));
      return;
    }
    exchange.readBody(
      this.#context.messageBytesMax,
      (body) => {
        // Frames are checked by the wires.
        if (isUtf8(body)) this.#take(exchange, request, body.toString('utf8'), cors, null);
        else exchange.respond(400, [...jsonHeaders, ...cors], errorBody(400));
      },
      (status) => exchange.respond(status, [...jsonHeaders, ...cors], errorBody(status)),
    );
  }

  /** Callback-polling (14). A hostile callback name would be a script of the attacker's. */
  #serveCallback(exchange: Exchange, request: CopiedRequest, cors: HeaderList): void {
    const text = request.query('message');
    const callback = request.query('jsonp') ?? 'jsonp';
    const isTooLarge = request.queryText.length > this.#context.messageBytesMax;
    if (isTooLarge) exchange.respond(413, [...jsonHeaders, ...cors], errorBody(413));
    else if (text === undefined || !isCallbackName(callback)) {
      exchange.respond(400, [...jsonHeaders, ...cors], errorBody(400));
    } else this.#take(exchange, request, text, cors, callback);
  }

  #take(
    exchange: Exchange,
    request: CopiedRequest,
    text: string,
    cors: HeaderList,
    callback: string | null,
  ): void {
    const decoded = decodeMessages(text);
    if (decoded.kind === 'malformed') {
      exchange.respond(400, [...jsonHeaders, ...cors], errorBody(400));
      return;
    }
    const { isSecure } = request;
    const number = this.#hub.exchange(
      callback !== null,
      decoded.messages,
      this.#contextOf(request),
      request.cookie(browserCookie) ?? null,
      (answer, browserId) => {
        const own = callback === null ? messageHeaders : scriptHeaders;
        const headers = cors.length === 0 ? own : [...own, ...cors];
        const cookie = browserId === null ? [] : ['set-cookie', cookieText(browserId, isSecure)];
        const body = callback === null ? answer : wrapCallback(callback, answer);
        exchange.respond(200, cookie.length === 0 ? headers : [...headers, ...cookie], body);
      },
    );
    if (exchange.isOpen) exchange.onAborted(() => this.#hub.aborted(number));
  }

  /** A request that the server's own code stumbles over belongs to nobody. */
  #contextOf(request: CopiedRequest): Context | null {
    try {
      return this.#options.contextOf(request);
    } catch (error) {
      this.#context.onError(error, 'bayeux context');
      return null;
    }
  }
}

/**
 * Over TLS the cookie must also travel from a site on another domain; without, browsers would drop such a
 * cookie.
 */
function cookieText(browserId: string, isSecure: boolean): string {
  return `${browserCookie}=${browserId}; Path=/; HttpOnly${isSecure ? '; Secure; SameSite=None' : ''}`;
}

/** The address behind a WebSocket, to the gate. */
interface Client {
  count(): () => void;
  admits(): boolean;
}

/** One WebSocket of the protocol. */
class Connection<Context extends SessionContext> implements FrameHandlers {
  readonly #hub: BayeuxHub<Context>;
  readonly #context: Context;
  readonly #browserId: string | null;
  readonly #client: Client;
  #uncount: (() => void) | null = null;
  #number = 0;

  constructor(hub: BayeuxHub<Context>, context: Context, browserId: string | null, client: Client) {
    this.#hub = hub;
    this.#context = context;
    this.#browserId = browserId;
    this.#client = client;
  }

  onOpen(socket: FrameSocket): void {
    this.#uncount = this.#client.count();
    this.#number = this.#hub.open(socket);
  }

  onFrame(text: string, socket: FrameSocket): void {
    if (!this.#client.admits()) {
      socket.close(1008, 'too many messages');
      return;
    }
    const decoded = decodeMessages(text);
    if (decoded.kind === 'malformed') socket.close(1011, 'malformed JSON');
    else this.#hub.frame(this.#number, decoded.messages, this.#context, this.#browserId);
  }

  onClose(): void {
    this.#uncount?.();
    this.#hub.closed(this.#number);
  }
}
