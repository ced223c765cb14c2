/**
 * The narrow waist between the edge and the library that owns the sockets. Two stand behind it:
 * uWebSockets.js, and Node's own HTTP server with `ws` where the native library does not load.
 */

import type { SecureContextOptions } from 'node:tls';

/** Name and value in turn. Names are lower case. */
export type HeaderList = readonly string[];

export type BodyProblem = 408 | 413 | 503;

/** One HTTP request and its answer. What it reads from the request is there only while the handler runs. */
export interface Exchange {
  /** False once answered or aborted; then every call does nothing. */
  readonly isOpen: boolean;
  /** Upper case. */
  method(): string;
  path(): string;
  queryText(): string;
  /** A named segment of the route's pattern, still encoded, by its position. */
  segment(index: number): string;
  /** Empty when absent. */
  header(name: string): string;
  /** All headers; a repeated one is joined as its grammar asks. */
  headers(): Record<string, string>;
  /** As long as the exchange is open; empty afterwards. */
  peerAddress(): string;
  /** Reads the body to its end, copied. On a problem what still comes is thrown away before the answer. */
  readBody(bytesMax: number, onBody: (body: Buffer) => void, onProblem: (status: BodyProblem) => void): void;
  /** Called at most once, and not after an answer. */
  onAborted(callback: () => void): void;
  /** Called once, when the exchange is over: answered or aborted. */
  onDone(callback: () => void): void;
  /** `null` for an answer without a body and without a length. */
  respond(status: number, headers: HeaderList, body: string | Buffer | null): void;
  /** The headers of a GET without its body. */
  respondHead(status: number, headers: HeaderList, size: number): void;
  /**
   * An answer of known size, read piece by piece as the client takes it. A failed read cuts the connection.
   */
  respondStream(status: number, headers: HeaderList, size: number, read: ReadPiece): void;
}

/** At most `length` bytes from `offset`; an empty piece is the end. */
export type ReadPiece = (offset: number, length: number) => Promise<Buffer>;

export const pieceBytes = 131_072;

/** One WebSocket. It is forgotten the moment it closes; calls after that do nothing. */
export interface FrameSocket {
  /** Sends one text frame. False when the reader is too slow: the socket has then been dropped. */
  send(text: string | Buffer): boolean;
  close(code: number, reason: string): void;
}

export interface FrameHandlers {
  onOpen(socket: FrameSocket): void;
  onFrame(text: string, socket: FrameSocket): void;
  onClose(socket: FrameSocket): void;
}

/** The answer to an upgrade request: handlers for the new socket, or an HTTP status. */
export type UpgradeDecision =
  { kind: 'accept'; handlers: FrameHandlers } | { kind: 'refuse'; status: number };

export type OnUpgrade = (exchange: Exchange) => UpgradeDecision;

export interface WireLimits {
  /** Notes a connection of an address until the result is called; undefined when it has too many. */
  holdConnection(address: string): (() => void) | undefined;
  bodyTimeoutMs: number;
  pendingBodyBytesMax: number;
  answerTimeoutMs: number;
  pendingAnswerBytesMax: number;
  connectionsMax: number;
  frameBytesMax: number;
  unsentBytesMax: number;
}

export interface WireCounters {
  requests: number;
  requestsInFlight: number;
  requestsAborted: number;
  webSockets: number;
  webSocketsDroppedSlow: number;
  /** Answers whose reader was too slow. */
  answersCut: number;
  /** Connections that were ended as soon as they came: there are too many. */
  connectionsRefused: number;
}

export function newCounters(): WireCounters {
  return {
    requests: 0,
    requestsInFlight: 0,
    requestsAborted: 0,
    webSockets: 0,
    webSocketsDroppedSlow: 0,
    answersCut: 0,
    connectionsRefused: 0,
  };
}

export interface Wire {
  readonly kind: 'native' | 'node';
  readonly counters: WireCounters;
  /** `pattern` is exact or has `:name` segments. */
  route(method: string, pattern: string, handler: (exchange: Exchange) => void): void;
  /** Everything that no route takes. */
  rest(handler: (exchange: Exchange) => void): void;
  /** Upgrade requests at `path` and under it. */
  webSocket(path: string, onUpgrade: OnUpgrade): void;
  /** Gives the port; rejects when it cannot be had. */
  listen(host: string, port: number): Promise<number>;
  /** Ends bodies that are too slow; called about once a second. */
  sweep(nowMs: number): void;
  /** Another key and certificate for the connections to come, on a wire over TLS. */
  renew?(identity: SecureContextOptions): void;
  /**
   * Takes no more connections until `listen` is called again with the same port. Absent on a wire that counts
   * its connections by itself.
   */
  stopListening?(): void;
  /** Takes no more connections; those that are there end with their next answer. */
  finish(): void;
  /** Closes every connection that is left. */
  destroy(): void;
}

/** Headers that may come twice, as one value. */
export function joinHeader(headers: Record<string, string>, name: string, value: string): void {
  const before = headers[name];
  headers[name] = before === undefined ? value : before + (name === 'cookie' ? '; ' : ', ') + value;
}

/**
 * Discarded beyond a body's limit before the connection is cut, so that most clients get to read their 413.
 */
export const discardBytesMax = 1_048_576;
