/** The wire over Node's own HTTP server and `ws`: slower, and there on every platform. */
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { AppError } from '../../../base/index.js';
import { plainAddress } from './address.js';
import { cutAnswer, expireAnswers, forgetAnswer, pendAnswer } from './answers.js';
import { BodyReader, expireBodies } from './body.js';
import { matchPattern } from './pattern.js';
import { newShared, type Shared } from './shared.js';
import {
  joinHeader,
  pieceBytes,
  type BodyProblem,
  type Exchange,
  type FrameHandlers,
  type FrameSocket,
  type HeaderList,
  type ReadPiece,
  type OnUpgrade,
  type Wire,
  type WireCounters,
  type WireLimits,
} from './wire.js';

const headersBytesMax = 16_384;
const headersTimeoutMs = 10_000;
/** How often Node looks for headers that are too slow. */
const checkIntervalMs = 2_000;
const pingIntervalMs = 30_000;

interface NodeShared extends Shared {
  /** Of every answer. */
  readonly headers: HeaderList;
}

class NodeExchange implements Exchange {
  isOpen = true;
  readonly #shared: NodeShared;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse | null;
  readonly #segments: readonly string[];
  #aborted: (() => void) | null = null;
  #done: (() => void) | null = null;
  #body: BodyReader | null = null;
  /** Unread bytes of a refused body would be taken for the next request. */
  #mustClose = false;

  /** `response` is null for an upgrade request, whose answer is written elsewhere. */
  constructor(
    shared: NodeShared,
    request: IncomingMessage,
    response: ServerResponse | null,
    segments: readonly string[],
  ) {
    this.#shared = shared;
    this.#request = request;
    this.#response = response;
    this.#segments = segments;
    shared.counters.requests += 1;
    shared.counters.requestsInFlight += 1;
    response?.on('close', () => {
      if (!this.isOpen) return;
      this.close();
      shared.counters.requestsAborted += 1;
      this.#body?.abort();
      this.#aborted?.();
    });
  }

  close(): void {
    this.isOpen = false;
    this.#shared.counters.requestsInFlight -= 1;
    this.#done?.();
  }

  method(): string {
    return this.#request.method ?? '';
  }

  path(): string {
    return pathOf(this.#request);
  }

  queryText(): string {
    const url = this.#request.url ?? '';
    const mark = url.indexOf('?');
    return mark < 0 ? '' : url.slice(mark + 1);
  }

  segment(index: number): string {
    return this.#segments[index] ?? '';
  }

  header(name: string): string {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    const raw = this.#request.rawHeaders;
    for (let index = 0; index + 1 < raw.length; index += 2) {
      joinHeader(headers, (raw[index] ?? '').toLowerCase(), raw[index + 1] ?? '');
    }
    return headers;
  }

  peerAddress(): string {
    return plainAddress(this.#request.socket.remoteAddress ?? '');
  }

  readBody(bytesMax: number, onBody: (body: Buffer) => void, onProblem: (status: BodyProblem) => void): void {
    const body = new BodyReader(this.#shared.bodies, bytesMax, performance.now(), onBody, (status) => {
      this.#mustClose = true;
      onProblem(status);
    });
    this.#body = body;
    this.#request.on('data', (chunk: Buffer) => body.take(chunk, false));
    this.#request.on('end', () => body.take(new Uint8Array(0), true));
  }

  onAborted(callback: () => void): void {
    this.#aborted = callback;
  }

  onDone(callback: () => void): void {
    this.#done = callback;
  }

  respond(status: number, headers: HeaderList, body: string | Buffer | null): void {
    const size = body === null ? null : Buffer.byteLength(body);
    const response = this.#begin(status, headers, size);
    if (response === null) return;
    this.close();
    response.end(body ?? undefined);
    if (response.writableLength > 0) this.#pend(response, size ?? 0, size ?? 0);
  }

  /** From here on the client must take the answer in time. */
  #pend(response: ServerResponse, size: number, held: number): void {
    const { answers } = this.#shared;
    const pending = pendAnswer(answers, { size, held, cut: () => response.destroy() });
    response.once('close', () => forgetAnswer(answers, pending));
    // Node's timer begins anew whenever the client took some of it.
    response.setTimeout(answers.limits.answerTimeoutMs, () => cutAnswer(answers, pending));
  }

  respondHead(status: number, headers: HeaderList, size: number): void {
    const response = this.#begin(status, headers, size);
    if (response === null) return;
    this.close();
    response.end();
  }

  respondStream(status: number, headers: HeaderList, size: number, read: ReadPiece): void {
    const response = this.#begin(status, headers, size);
    if (response === null) return;
    // Pieces are held, never the whole.
    this.#pend(response, size, 0);
    this.#pump(response, size, read).catch(() => response.destroy());
  }

  async #pump(response: ServerResponse, size: number, read: ReadPiece): Promise<void> {
    for (let offset = 0; offset < size;) {
      const piece = await read(offset, Math.min(pieceBytes, size - offset));
      if (!this.isOpen) return;
      if (piece.length === 0) throw new Error('the file became shorter while it was sent');
      offset += piece.length;
      if (response.write(piece)) continue;
      await writable(response);
    }
    this.close();
    response.end();
  }

  #begin(status: number, headers: HeaderList, size: number | null): ServerResponse | null {
    const response = this.#response;
    if (!this.isOpen || response === null) return null;
    const list: string[] = [...headers, ...this.#shared.headers];
    if (size !== null) list.push('content-length', String(size));
    if (this.#mustClose || this.#shared.isStopping) list.push('connection', 'close');
    response.writeHead(status, list);
    return response;
  }
}

/** Resolves when the response takes more, or is gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

class NodeSocket implements FrameSocket {
  readonly #socket: WebSocket;
  readonly #limits: WireLimits;
  readonly #counters: WireCounters;
  isAlive = true;

  constructor(socket: WebSocket, limits: WireLimits, counters: WireCounters) {
    this.#socket = socket;
    this.#limits = limits;
    this.#counters = counters;
  }

  send(text: string | Buffer): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount + text.length <= this.#limits.unsentBytesMax) {
      this.#socket.send(text, { binary: false });
      return true;
    }
    this.#counters.webSocketsDroppedSlow += 1;
    this.#socket.terminate();
    return false;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** A peer that did not answer the last ping is gone. */
  ping(): void {
    if (!this.isAlive) {
      this.#socket.terminate();
      return;
    }
    this.isAlive = false;
    this.#socket.ping();
  }
}

interface NodeRoute {
  method: string;
  pattern: readonly string[];
  handler: (exchange: Exchange) => void;
}

const serverOptions = {
  maxHeaderSize: headersBytesMax,
  headersTimeout: headersTimeoutMs,
  connectionsCheckingInterval: checkIntervalMs,
  // Bodies have a limit of their own, and a held poll is no slow request.
  requestTimeout: 0,
};
const tlsOptions = { handshakeTimeout: headersTimeoutMs };

/**
 * Builds the wire, over TLS when it is given an identity; nothing is opened yet. `headers` go with every
 * answer.
 */
export function createNodeWire(
  limits: WireLimits,
  identity?: SecureContextOptions,
  headers: HeaderList = [],
): Wire {
  const shared: NodeShared = { ...newShared(limits), headers };
  const { counters } = shared;
  const routes: NodeRoute[] = [];
  let rest: (exchange: Exchange) => void = (exchange) => exchange.respond(404, [], '');
  const frames = new FrameServer(shared, limits);

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request).split('/');
    for (const route of routes) {
      const segments = route.method === request.method ? matchPattern(route.pattern, path) : undefined;
      if (segments === undefined) continue;
      route.handler(new NodeExchange(shared, request, response, segments));
      return;
    }
    rest(new NodeExchange(shared, request, response, []));
  };
  const secure =
    identity === undefined ? null : createTlsServer({ ...serverOptions, ...tlsOptions, ...identity }, serve);
  const server = secure ?? createServer(serverOptions, serve);
  limitConnections(server, limits, counters);
  server.on('upgrade', (request, socket, head) => frames.upgrade(request, socket, head));
  const pings = setInterval(() => frames.ping(), pingIntervalMs);
  pings.unref();
  return {
    kind: 'node',
    counters,
    route: (method, pattern, handler) => void routes.push({ method, pattern: pattern.split('/'), handler }),
    rest: (handler) => void (rest = handler),
    webSocket: (path, onUpgrade) => frames.serve(path, onUpgrade),
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', (cause) =>
          reject(new AppError('NOT_READY', `cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
        );
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      }),
    sweep(nowMs) {
      expireBodies(shared.bodies, nowMs);
      expireAnswers(shared.answers, nowMs);
    },
    renew: (next) => secure?.setSecureContext(next),
    finish() {
      shared.isStopping = true;
      server.close();
    },
    destroy() {
      clearInterval(pings);
      frames.destroy();
      server.closeAllConnections();
    },
  };
}

/** Ends connections that are too many, in all or of one address, as they come. */
function limitConnections(server: Server, limits: WireLimits, counters: WireCounters): void {
  server.maxConnections = limits.connectionsMax;
  server.on('drop', () => void (counters.connectionsRefused += 1));
  server.on('connection', (socket: Socket) => {
    const release = limits.holdConnection(plainAddress(socket.remoteAddress ?? ''));
    if (release !== undefined) {
      socket.once('close', release);
      return;
    }
    counters.connectionsRefused += 1;
    socket.destroy();
  });
}

/** The WebSocket side of the Node wire. */
class FrameServer {
  readonly #shared: NodeShared;
  readonly #limits: WireLimits;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<NodeSocket>();
  #endpoint: { path: string; onUpgrade: OnUpgrade } | null = null;

  constructor(shared: NodeShared, limits: WireLimits) {
    this.#shared = shared;
    this.#limits = limits;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.frameBytesMax,
      perMessageDeflate: false,
      clientTracking: true,
    });
  }

  serve(path: string, onUpgrade: OnUpgrade): void {
    this.#endpoint = { path, onUpgrade };
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const endpoint = this.#endpoint;
    const path = pathOf(request);
    const isOurs = endpoint !== null && (path === endpoint.path || path.startsWith(`${endpoint.path}/`));
    if (!isOurs) {
      refuse(socket, 404);
      return;
    }
    const exchange = new NodeExchange(this.#shared, request, null, []);
    const decision = endpoint.onUpgrade(exchange);
    exchange.close();
    if (decision.kind === 'refuse') refuse(socket, decision.status);
    else {
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        this.#open(webSocket, decision.handlers);
      });
    }
  }

  #open(webSocket: WebSocket, handlers: FrameHandlers): void {
    const socket = new NodeSocket(webSocket, this.#limits, this.#shared.counters);
    this.#sockets.add(socket);
    this.#shared.counters.webSockets += 1;
    webSocket.on('message', (data: Buffer, isBinary) => {
      socket.isAlive = true;
      if (isBinary) socket.close(1003, 'text frames only');
      else handlers.onFrame(data.toString('utf8'), socket);
    });
    webSocket.on('pong', () => void (socket.isAlive = true));
    // A broken frame or a reset: `close` follows.
    webSocket.on('error', () => undefined);
    webSocket.on('close', () => {
      this.#sockets.delete(socket);
      this.#shared.counters.webSockets -= 1;
      handlers.onClose(socket);
    });
    handlers.onOpen(socket);
  }

  ping(): void {
    for (const socket of this.#sockets) socket.ping();
  }

  destroy(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
    this.#server.close();
  }
}

/** Nobody else owns the socket of a refused upgrade, so it must not wait for its client to close it. */
function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    () => socket.destroy(),
  );
}
