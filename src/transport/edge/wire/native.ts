/**
 * The wire over uWebSockets.js: the library's callbacks, and nothing that outlives them. Its build of
 * version 20.30 takes at most 50 headers, and closes a connection whose headers are over 4 KB and come in
 * several pieces; where browsers send more cookies than that without a proxy in front, serve with the wire
 * of Node.
 */
import { STATUS_CODES } from 'node:http';
import type { HttpRequest, HttpResponse, TemplatedApp, us_listen_socket, WebSocket } from 'uWebSockets.js';
import { AppError } from '../../../base/index.js';
import { addressText } from './address.js';
import { expireAnswers, forgetAnswer, pendAnswer, type PendingAnswer } from './answers.js';
import { BodyReader, expireBodies } from './body.js';
import type { NativeLibrary } from './library.js';
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

/**
 * The library tells whether a socket took an answer only where it has a body. So that a client that reads
 * nothing cannot pile up the others, one in so many of them, by chance, is the last of its connection.
 */
const bodilessPerConnection = 64;

/** Seconds without a byte from a WebSocket after which it is gone; pings keep a living one. */
const idleTimeoutSeconds = 120;

/** Takes half as long as a buffer around the library's memory, which would live for this alone. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

class NativeExchange implements Exchange {
  isOpen = true;
  readonly #shared: Shared;
  readonly #response: HttpResponse;
  readonly #isHead: boolean;
  /** The library's request, only while the handler runs. */
  #request: HttpRequest | null;
  /** Inside a callback of the library all writes go out together by themselves. */
  #isCorked = true;
  #aborted: (() => void) | null = null;
  #done: (() => void) | null = null;
  #isAnswered = false;
  #isWatched = false;
  #pending: PendingAnswer | null = null;
  #body: BodyReader | null = null;
  /** Unread bytes of a refused body would be taken for the next request. */
  #mustClose = false;

  constructor(shared: Shared, response: HttpResponse, request: HttpRequest, isHead = false) {
    this.#shared = shared;
    this.#response = response;
    this.#request = request;
    this.#isHead = isHead;
    shared.counters.requests += 1;
    shared.counters.requestsInFlight += 1;
  }

  /** The handler has returned. The library demands an abort handler on what is not answered by then. */
  leaveHandler(): void {
    this.#request = null;
    this.#isCorked = false;
    if (this.isOpen && this.#body === null) this.#watch();
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#response.onAborted(() => {
      if (!this.isOpen) return;
      this.#close();
      this.#shared.counters.requestsAborted += 1;
      this.#body?.abort();
      this.#aborted?.();
    });
  }

  #close(): void {
    this.isOpen = false;
    this.#shared.counters.requestsInFlight -= 1;
    if (this.#pending !== null) forgetAnswer(this.#shared.answers, this.#pending);
    this.#done?.();
  }

  /** False when there is an answer already, or nobody to take one. */
  #begin(): boolean {
    if (!this.isOpen || this.#isAnswered) return false;
    this.#isAnswered = true;
    return true;
  }

  method(): string {
    return this.#request?.getCaseSensitiveMethod() ?? '';
  }

  path(): string {
    return this.#request?.getUrl() ?? '';
  }

  queryText(): string {
    return this.#request?.getQuery() ?? '';
  }

  segment(index: number): string {
    return this.#request?.getParameter(index) ?? '';
  }

  header(name: string): string {
    return this.#request?.getHeader(name) ?? '';
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    this.#request?.forEach((name, value) => joinHeader(headers, name, value));
    return headers;
  }

  peerAddress(): string {
    return this.isOpen ? addressText(new Uint8Array(this.#response.getRemoteAddress())) : '';
  }

  readBody(bytesMax: number, onBody: (body: Buffer) => void, onProblem: (status: BodyProblem) => void): void {
    const body = new BodyReader(this.#shared.bodies, bytesMax, performance.now(), onBody, (status) => {
      this.#mustClose = true;
      onProblem(status);
    });
    this.#body = body;
    this.#watch();
    this.#response.onData((chunk, isLast) => {
      this.#isCorked = true;
      body.take(new Uint8Array(chunk), isLast);
      this.#isCorked = false;
    });
  }

  onAborted(callback: () => void): void {
    this.#aborted = callback;
  }

  onDone(callback: () => void): void {
    this.#done = callback;
  }

  respond(status: number, headers: HeaderList, body: string | Buffer | null): void {
    if (!this.#begin()) return;
    if (this.#isCorked) this.#write(status, headers, body);
    else this.#response.cork(() => this.#write(status, headers, body));
  }

  #write(status: number, headers: HeaderList, body: string | Buffer | null): void {
    if (body === null || this.#isHead) {
      this.#writeBare(status, headers, body === null ? null : Buffer.byteLength(body));
      return;
    }
    this.#writeHead(status, headers);
    const mustClose = this.#mustClose || this.#shared.isStopping;
    if (body.length > 0 && !mustClose) {
      this.#offer(body);
      return;
    }
    this.#response.end(body, mustClose || isLastByChance());
    this.#close();
  }

  #writeHead(status: number, headers: HeaderList): void {
    const response = this.#response;
    if (status !== 200) response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    for (let index = 0; index + 1 < headers.length; index += 2) {
      response.writeHeader(headers[index] ?? '', headers[index + 1] ?? '');
    }
  }

  /**
   * Writes what the socket takes, and the rest as the client reads. A next request on a connection that has
   * not taken its answer ends it: so nobody piles up answers that he does not read.
   */
  #offer(body: string | Buffer): void {
    const size = Buffer.byteLength(body);
    const [, isDone] = this.#response.tryEnd(body, size);
    if (isDone) {
      this.#close();
      return;
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#pend(size, size);
    this.#response.onWritable((offset) => {
      const [hasRoom, isEnd] = this.#response.tryEnd(bytes.subarray(offset), size);
      if (isEnd) this.#close();
      return hasRoom;
    });
  }

  /** From here on the answer must be taken in time. */
  #pend(size: number, held: number): void {
    const cut = (): void => void this.#response.close();
    this.#pending = pendAnswer(this.#shared.answers, { size, held, cut });
  }

  respondHead(status: number, headers: HeaderList, size: number): void {
    if (!this.#begin()) return;
    if (this.#isCorked) this.#writeBare(status, headers, size);
    else this.#response.cork(() => this.#writeBare(status, headers, size));
  }

  /** An answer without a body, whose length, if any, is that of another one. */
  #writeBare(status: number, headers: HeaderList, size: number | null): void {
    const response = this.#response;
    this.#writeHead(status, headers);
    if (this.#shared.isStopping || isLastByChance()) {
      // The library waits for a body of that length, and ends the connection with the next request.
      if (size !== null && size > 0) this.#watch();
      response.endWithoutBody(size ?? 0, true);
    } else {
      if (size !== null) response.writeHeader('content-length', String(size));
      response.endWithoutBody();
    }
    this.#close();
  }

  respondStream(status: number, headers: HeaderList, size: number, read: ReadPiece): void {
    if (!this.#begin()) return;
    this.#response.cork(() => this.#writeHead(status, headers));
    // Pieces are held, never the whole.
    this.#pend(size, 0);
    this.#pump(0, size, read).catch(() => {
      if (this.isOpen) this.#response.close();
    });
  }

  async #pump(start: number, size: number, read: ReadPiece): Promise<void> {
    for (let offset = start; this.#stillOpen();) {
      const piece = await read(offset, Math.min(pieceBytes, size - offset));
      if (!this.#stillOpen()) return;
      if (piece.length === 0 && offset < size) throw new Error('the file became shorter while it was sent');
      const isTaken = this.#tryPiece(piece, size);
      if (!this.#stillOpen()) return;
      offset = isTaken ? offset + piece.length : await this.#writable();
    }
  }

  /** False when the socket takes no more now. */
  #tryPiece(piece: Buffer, size: number): boolean {
    const results: [boolean, boolean][] = [];
    this.#response.cork(() => void results.push(this.#response.tryEnd(piece, size)));
    const [isTaken, isEnd] = results[0] ?? [false, false];
    if (isEnd) this.#close();
    return isTaken;
  }

  /** A function, because the answer changes while the caller waits. */
  #stillOpen(): boolean {
    return this.isOpen;
  }

  /** Resolves, when the socket takes bytes again, to the offset to go on from. Never after an abort. */
  #writable(): Promise<number> {
    return new Promise((resolve) => {
      this.#response.onWritable((offset) => {
        resolve(offset);
        return true;
      });
    });
  }
}

function isLastByChance(): boolean {
  return Math.random() * bodilessPerConnection < 1;
}

interface SocketData {
  handlers: FrameHandlers;
  socket: NativeSocket | null;
}

class NativeSocket implements FrameSocket {
  /** Null once closed: the library's object must not be touched then. */
  socket: WebSocket<SocketData> | null;
  readonly #counters: WireCounters;

  constructor(socket: WebSocket<SocketData>, counters: WireCounters) {
    this.socket = socket;
    this.#counters = counters;
  }

  send(text: string | Buffer): boolean {
    const socket = this.socket;
    if (socket === null) return false;
    // 2: over the limit of unsent bytes, and not sent.
    if (socket.send(text, false, false) !== 2) return true;
    this.#counters.webSocketsDroppedSlow += 1;
    socket.close();
    return false;
  }

  close(code: number, reason: string): void {
    this.socket?.end(code, reason);
  }
}

/** What the library's own types leave out. */
type NativeApp = TemplatedApp & {
  close?: () => void;
  listen(host: string, port: number, options: number, cb: (socket: us_listen_socket | false) => void): void;
};

/** Takes the port for this process alone; without it a second process could share it unnoticed. */
const exclusivePort = 1;

/** Builds the wire; nothing is opened yet. */
export function createNativeWire(library: NativeLibrary, limits: WireLimits): Wire {
  const app = library.App() as NativeApp;
  const shared = newShared(limits);
  const { counters } = shared;
  let listening: us_listen_socket | null = null;

  const stopListening = (): void => {
    if (listening !== null) library.us_listen_socket_close(listening);
    listening = null;
  };
  const serve =
    (handler: (exchange: Exchange) => void, isHead = false) =>
    (response: HttpResponse, request: HttpRequest) => {
      const exchange = new NativeExchange(shared, response, request, isHead);
      handler(exchange);
      exchange.leaveHandler();
    };
  return {
    kind: 'native',
    counters,
    route(method, pattern, handler) {
      const register = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del', PATCH: 'patch' } as const;
      app[register[method as keyof typeof register]](pattern, serve(handler));
    },
    rest(handler) {
      app.any('/*', serve(handler));
      app.head('/*', serve(handler, true));
    },
    webSocket(path, onUpgrade) {
      const behavior = frameBehavior(shared, limits, onUpgrade);
      app.ws(path, behavior);
      app.ws(`${path}/*`, behavior);
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        app.listen(host, port, exclusivePort, (socket) => {
          if (socket === false) {
            reject(
              new AppError(
                'NOT_READY',
                `cannot listen on ${host}:${port}: it is in use, or not an address of this machine`,
              ),
            );
            return;
          }
          listening = socket;
          resolve(library.us_socket_local_port(socket));
        });
      }),
    // The library shows no connection before its first request, so none can be refused but by the system.
    stopListening,
    sweep(nowMs) {
      expireBodies(shared.bodies, nowMs);
      expireAnswers(shared.answers, nowMs);
    },
    finish() {
      shared.isStopping = true;
      stopListening();
    },
    destroy: () => app.close?.(),
  };
}

const upgradeRequired = { kind: 'refuse', status: 426 } as const;

function frameBehavior(
  shared: Shared,
  limits: WireLimits,
  onUpgrade: OnUpgrade,
): Parameters<TemplatedApp['ws']>[1] {
  const { counters } = shared;
  const behavior: Parameters<TemplatedApp['ws']>[1] = {
    maxPayloadLength: limits.frameBytesMax,
    maxBackpressure: limits.unsentBytesMax,
    idleTimeout: idleTimeoutSeconds,
    sendPingsAutomatically: true,
    upgrade(response, request, context) {
      const exchange = new NativeExchange(shared, response, request);
      // The library looks at the key alone; a proxy that knows no WebSocket takes only the other header away.
      const isAsked = request.getHeader('upgrade').toLowerCase() === 'websocket';
      const decision = isAsked ? onUpgrade(exchange) : upgradeRequired;
      if (decision.kind === 'refuse') {
        exchange.respond(decision.status, [], '');
        exchange.leaveHandler();
        return;
      }
      // The first offer is taken: a browser that offers one and is given none gives up.
      const protocol = request.getHeader('sec-websocket-protocol').split(',', 1)[0]?.trim() ?? '';
      const key = request.getHeader('sec-websocket-key');
      const extensions = request.getHeader('sec-websocket-extensions');
      exchange.isOpen = false;
      counters.requestsInFlight -= 1;
      const data: SocketData = { handlers: decision.handlers, socket: null };
      response.upgrade(data, key, protocol, extensions, context);
    },
    open(socket) {
      const data = (socket as WebSocket<SocketData>).getUserData();
      data.socket = new NativeSocket(socket as WebSocket<SocketData>, counters);
      counters.webSockets += 1;
      data.handlers.onOpen(data.socket);
    },
    message(socket, message, isBinary) {
      const data = (socket as WebSocket<SocketData>).getUserData();
      if (data.socket === null) return;
      if (isBinary) data.socket.close(1003, 'text frames only');
      else data.handlers.onFrame(decoder.decode(message), data.socket);
    },
    close(socket) {
      const data = (socket as WebSocket<SocketData>).getUserData();
      counters.webSockets -= 1;
      if (data.socket === null) return;
      data.socket.socket = null;
      data.handlers.onClose(data.socket);
    },
  };
  return behavior;
}
