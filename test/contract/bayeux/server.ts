/** Real servers on loopback, one of each wire, and the ways that the tests speak to them. */
import { WebSocket } from 'ws';
import {
  createEdge,
  type BayeuxOptions,
  type Edge,
  type EdgeOptions,
} from '../../../src/transport/edge/index.js';
import type { JsonObject, JsonValue } from '../../../src/base/index.js';
import type { BayeuxSettings, SessionContext } from '../../../src/transport/bayeux/index.js';

export const wires = ['native', 'node'] as const;
export type WireName = (typeof wires)[number];

export interface TestServer {
  edge: Edge;
  base: string;
  url: string;
  stop(): Promise<void>;
}

/** Every channel is open; the identity is the request's `user` cookie, and `banned` is refused. */
export async function startServer(
  wire: WireName,
  settings: Partial<BayeuxSettings> = {},
  bayeux: Partial<BayeuxOptions<SessionContext>> = {},
  options: Partial<EdgeOptions> = {},
): Promise<TestServer> {
  const edge = createEdge({
    host: '127.0.0.1',
    port: 0,
    wire,
    limits: { closeTimeoutMs: 500 },
    ...options,
    bayeux: {
      path: '/server/cometd',
      settings,
      policy: { maySubscribe: () => true, mayPublish: () => true },
      contextOf: (request) => {
        const identity = request.cookie('user') ?? '';
        return identity === 'banned' ? null : { identity };
      },
      onMessage: (channel, data, _context, session) => {
        if (channel === '/service/echo') edge.deliver(session, channel, data);
      },
      ...bayeux,
    },
  });
  const port = await edge.listen();
  const base = `http://127.0.0.1:${port}`;
  return { edge, base, url: `${base}/server/cometd`, stop: () => edge.close() };
}

export type Message = JsonObject;

export interface Answer {
  status: number;
  headers: Headers;
  messages: Message[];
  text: string;
}

/** A client by hand on HTTP, with a cookie jar of one. */
export class HandClient {
  readonly #url: string;
  cookie = '';
  clientId = '';

  constructor(url: string) {
    this.#url = url;
  }

  async send(messages: JsonValue | string, signal?: AbortSignal): Promise<Answer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.cookie === '' ? {} : { cookie: this.cookie }) },
      body: typeof messages === 'string' ? messages : JSON.stringify(messages),
      ...(signal === undefined ? {} : { signal }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) this.cookie = [this.cookie, cookie].filter((part) => part !== '').join('; ');
    return answerOf(response);
  }

  async handshake(more: JsonObject = {}): Promise<Answer> {
    const answer = await this.send([
      { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'], ...more },
    ]);
    this.clientId = answer.messages[0]?.clientId as string;
    return answer;
  }

  connect(more: JsonObject = {}, signal?: AbortSignal): Promise<Answer> {
    const message = { channel: '/meta/connect', clientId: this.clientId, connectionType: 'long-polling' };
    return this.send([{ ...message, ...more }], signal);
  }

  subscribe(subscription: JsonValue): Promise<Answer> {
    return this.send([{ channel: '/meta/subscribe', clientId: this.clientId, subscription }]);
  }

  publish(channel: string, data: JsonValue): Promise<Answer> {
    return this.send([{ channel, clientId: this.clientId, data }]);
  }

  /** Handshake and first connect. */
  async start(more: JsonObject = {}): Promise<this> {
    await this.handshake(more);
    await this.connect();
    return this;
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let messages: Message[] = [];
  if (text.startsWith('[')) messages = JSON.parse(text) as Message[];
  return { status: response.status, headers: response.headers, messages, text };
}

/** A client by hand on a WebSocket. */
export class FrameClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  closeCode: number | null = null;
  clientId = '';

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), { headers });
    this.socket.on('message', (data: Buffer) =>
      this.messages.push(...(JSON.parse(data.toString()) as Message[])),
    );
    this.socket.on('close', (code) => void (this.closeCode = code));
    this.socket.on('error', () => void (this.closeCode ??= -1));
  }

  async opened(): Promise<this> {
    await until(() => this.socket.readyState !== WebSocket.CONNECTING);
    return this;
  }

  send(messages: JsonValue | string): void {
    this.socket.send(typeof messages === 'string' ? messages : JSON.stringify(messages));
  }

  async handshake(more: JsonObject = {}): Promise<void> {
    this.send([
      { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'], ...more },
    ]);
    await until(() => this.messages.length > 0);
    this.clientId = this.messages.shift()?.clientId as string;
  }

  /** Handshake and first connect. */
  async start(more: JsonObject = {}): Promise<this> {
    await this.opened();
    await this.handshake(more);
    this.connect();
    await until(() => this.messages.length > 0);
    this.messages.length = 0;
    return this;
  }

  connect(more: JsonObject = {}): void {
    this.send([{ channel: '/meta/connect', clientId: this.clientId, connectionType: 'websocket', ...more }]);
  }

  async ask(messages: JsonValue): Promise<Message[]> {
    this.messages.length = 0;
    this.send(messages);
    await until(() => this.messages.length > 0);
    return this.messages;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Waits for a condition, at most `boundMs`. */
export async function until(condition: () => boolean, boundMs = 5_000): Promise<void> {
  const endMs = Date.now() + boundMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`nothing within ${boundMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What `promise` gave, or `pending` if it has not settled once `meanwhile` has. */
export async function pendingAfter(promise: Promise<unknown>, meanwhile: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.then(
    () => void (isSettled = true),
    () => void (isSettled = true),
  );
  await meanwhile;
  return !isSettled;
}
