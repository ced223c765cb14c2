/**
 * A world of clients around the machine: no sockets, no clock, everything that was sent kept for the tests.
 */
import type { JsonObject, JsonValue } from '../../../src/base/index.js';
import {
  createBayeuxMachine,
  decodeMessages,
  type BayeuxEffect,
  type BayeuxInput,
  type BayeuxPolicy,
  type BayeuxSettings,
  type BayeuxState,
  type Origin,
  type SessionContext,
} from '../../../src/transport/bayeux/index.js';

export type Message = JsonObject;

export const open: BayeuxPolicy<SessionContext> = { maySubscribe: () => true, mayPublish: () => true };

export interface World {
  nowMs: number;
  state: BayeuxState<SessionContext>;
  /** Frames of each WebSocket and answers of each exchange, decoded. */
  frames: Map<number, Message[][]>;
  answers: Map<number, Message[]>;
  cookies: Map<number, string>;
  facts: BayeuxEffect<SessionContext>[];
  step(input: BayeuxInput<SessionContext>): BayeuxEffect<SessionContext>[];
  wait(ms: number): void;
  /** Sends on a WebSocket and gives what came back on it at once. */
  frame(connection: number, messages: JsonValue, about?: About): Message[];
  /** Sends by HTTP; undefined while the answer is held. */
  post(messages: JsonValue, about?: About): { exchange: number; answer: Message[] | undefined };
  handshakeFrame(connection: number, more?: JsonObject, about?: About): string;
  handshakePost(more?: JsonObject, about?: About): { clientId: string; browserId: string };
}

interface About {
  identity?: string | null;
  browserId?: string | null;
  callback?: boolean;
}

export function messagesOf(text: string): Message[] {
  const decoded = decodeMessages(text);
  if (decoded.kind === 'malformed') throw new Error(`the machine sent ${text}`);
  return decoded.messages as Message[];
}

export function newWorld(
  settings: Partial<BayeuxSettings> = {},
  policy: BayeuxPolicy<SessionContext> = open,
): World {
  const machine = createBayeuxMachine({ settings, policy });
  let lastExchange = 1_000_000;
  let lastId = 0;
  const world: World = {
    nowMs: 1_000,
    state: machine.initial(''),
    frames: new Map(),
    answers: new Map(),
    cookies: new Map(),
    facts: [],
    step(input) {
      const { effects } = machine.step(world.state, input, world.nowMs, undefined);
      for (const effect of effects) record(world, effect);
      return effects;
    },
    wait(ms) {
      for (const end = world.nowMs + ms; world.nowMs < end;) {
        world.nowMs = Math.min(end, world.nowMs + 50);
        world.step({ kind: 'tick' });
      }
    },
    frame(connection, messages, about = {}) {
      const before = world.frames.get(connection)?.length ?? 0;
      request({ kind: 'websocket', connection }, messages, about);
      return (world.frames.get(connection) ?? []).slice(before).flat();
    },
    post(messages, about = {}) {
      const exchange = ++lastExchange;
      request({ kind: 'http', exchange, callback: about.callback ?? false }, messages, about);
      return { exchange, answer: world.answers.get(exchange) };
    },
    handshakeFrame(connection, more = {}, about = {}) {
      const [reply] = world.frame(connection, [{ ...handshake, ...more }], about);
      return text(reply?.clientId);
    },
    handshakePost(more = {}, about = {}) {
      const { exchange, answer } = world.post([{ ...handshake, ...more }], about);
      const browserId = world.cookies.get(exchange) ?? about.browserId ?? '';
      return { clientId: text(answer?.[0]?.clientId), browserId };
    },
  };
  const request = (origin: Origin, messages: JsonValue, about: About): void => {
    const { identity = '', browserId = null } = about;
    world.step({
      kind: 'request',
      origin,
      messages: Array.isArray(messages) ? messages : [messages],
      context: identity === null ? null : { identity },
      browserId,
      freshSessionId: `session-${String(++lastId)}`,
      freshBrowserId: `browser-${String(lastId)}`.padEnd(20, 'x'),
    });
  };
  return world;
}

/** A field that must be a text. */
export function text(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw new Error(`not a text: ${JSON.stringify(value)}`);
  return value;
}

const handshake = {
  channel: '/meta/handshake',
  version: '1.0',
  supportedConnectionTypes: ['websocket', 'long-polling', 'callback-polling'],
};

function record(world: World, effect: BayeuxEffect<SessionContext>): void {
  if (effect.kind === 'send') {
    for (const connection of effect.connections) {
      const frames = world.frames.get(connection);
      if (frames === undefined) world.frames.set(connection, [messagesOf(effect.text)]);
      else frames.push(messagesOf(effect.text));
    }
  } else if (effect.kind === 'respond') {
    if (world.answers.has(effect.exchange)) throw new Error(`exchange ${effect.exchange} answered twice`);
    world.answers.set(effect.exchange, messagesOf(effect.text));
    if (effect.browserId !== null) world.cookies.set(effect.exchange, effect.browserId);
  } else world.facts.push(effect);
}

/** A client on HTTP that has shaken hands and been through its first connect. */
export function connectedPoll(
  world: World,
  more: JsonObject = {},
  known: About = {},
): {
  clientId: string;
  browserId: string;
  about: About;
  connect: (more?: JsonObject) => ReturnType<World['post']>;
} {
  const { clientId, browserId } = world.handshakePost(more, known);
  const about = { ...known, browserId };
  const connect = (extra: JsonObject = {}): ReturnType<World['post']> =>
    world.post([{ channel: '/meta/connect', clientId, connectionType: 'long-polling', ...extra }], about);
  connect();
  return { clientId, browserId, about, connect };
}

/** A client on a WebSocket that has shaken hands and been through its first connect. */
export function connectedSocket(world: World, connection: number, more: JsonObject = {}): string {
  const clientId = world.handshakeFrame(connection, more);
  world.frame(connection, connectMessage(clientId));
  return clientId;
}

export function connectMessage(clientId: string, more: JsonObject = {}): JsonObject {
  return { channel: '/meta/connect', clientId, connectionType: 'websocket', ...more };
}
