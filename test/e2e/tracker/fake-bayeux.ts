/** The Bayeux end of the fake server: sessions over WebSocket and long-polling, without the ack extension. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

type Message = Record<string, unknown> & { channel: string };

interface Session {
  clientId: string;
  cookie: string;
  channels: Set<string>;
  socket: WebSocket | undefined;
  queued: Message[];
  /** Answers the held connect. */
  held: (() => void) | undefined;
  connects: number;
}

export interface FakeBayeux {
  publish(channel: string, data: unknown): void;
  hasSubscriber(channel: string): boolean;
  /** Which way each session that shook hands wanted to go. */
  transports: string[];
  subscriptions: string[];
  addSocket(socket: WebSocket): void;
  answerPost(body: unknown, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Forgets all sessions, as a server does that has been started anew. */
  forgetSessions(): void;
  closeSockets(): void;
}

const holdMs = 5_000;

export function createFakeBayeux(): FakeBayeux {
  const sessions = new Map<string, Session>();
  const sockets = new Set<WebSocket>();

  function deliver(session: Session): void {
    if (session.socket !== undefined) {
      const messages = session.queued.splice(0);
      if (messages.length > 0) session.socket.send(JSON.stringify(messages));
    } else session.held?.();
  }

  function handshake(
    message: Message,
    socket: WebSocket | undefined,
    setCookie: (cookie: string) => void,
  ): Message {
    const session: Session = {
      clientId: randomUUID(),
      cookie: randomUUID(),
      channels: new Set(),
      socket,
      queued: [],
      held: undefined,
      connects: 0,
    };
    sessions.set(session.clientId, session);
    fake.transports.push(String((message.supportedConnectionTypes as string[])[0]));
    setCookie(session.cookie);
    return { channel: message.channel, successful: true, clientId: session.clientId, version: '1.0' };
  }

  async function answerOne(
    message: Message,
    socket: WebSocket | undefined,
    cookie: string,
    setCookie: (cookie: string) => void,
  ): Promise<Message> {
    if (message.channel === '/meta/handshake') return handshake(message, socket, setCookie);
    const session = sessions.get(String(message.clientId));
    const { channel } = message;
    if (session === undefined || (socket === undefined && session.cookie !== cookie)) {
      const advice = { reconnect: 'handshake', interval: 0 };
      return { channel, successful: false, error: '402::session_unknown', advice };
    }
    if (channel === '/meta/subscribe') {
      const subscription = String(message.subscription);
      session.channels.add(subscription);
      fake.subscriptions.push(subscription);
      return { channel, successful: true, subscription };
    }
    if (channel === '/meta/disconnect') {
      session.held?.();
      sessions.delete(session.clientId);
      return { channel, successful: true };
    }
    session.socket = socket;
    const isHeld =
      session.connects++ > 0 && (message.advice as { timeout?: number } | undefined)?.timeout !== 0;
    if (isHeld && session.queued.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, holdMs);
        session.held = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      session.held = undefined;
    }
    return { channel, successful: true, advice: { reconnect: 'retry', interval: 0, timeout: holdMs } };
  }

  const fake: FakeBayeux = {
    transports: [],
    subscriptions: [],
    publish(channel, data) {
      for (const session of sessions.values()) {
        if (!session.channels.has(channel)) continue;
        session.queued.push({ channel, data });
        deliver(session);
      }
    },
    hasSubscriber: (channel) =>
      [...sessions.values()].some((session) => session.channels.has(channel) && session.connects > 0),
    addSocket(socket) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        for (const session of sessions.values()) if (session.socket === socket) session.socket = undefined;
      });
      socket.on('message', (data: Buffer) => {
        for (const message of JSON.parse(data.toString()) as Message[]) {
          void answerOne(message, socket, '', () => undefined).then((reply) => {
            socket.send(JSON.stringify([{ ...reply, id: message.id }]));
            const session = sessions.get(String(message.clientId));
            if (session !== undefined) deliver(session);
          });
        }
      });
    },
    async answerPost(body, request, response) {
      const cookie = /BAYEUX_BROWSER=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      const replies: Message[] = [];
      for (const message of body as Message[]) {
        const reply = await answerOne(message, undefined, cookie, (given) => {
          headers['set-cookie'] = `BAYEUX_BROWSER=${given}; Path=/; HttpOnly`;
        });
        const session = sessions.get(String(message.clientId));
        if (message.channel === '/meta/connect' && session !== undefined)
          replies.push(...session.queued.splice(0));
        replies.push({ ...reply, id: message.id });
      }
      response.writeHead(200, headers).end(JSON.stringify(replies));
    },
    forgetSessions() {
      const old = [...sessions.values()];
      sessions.clear();
      for (const session of old) session.held?.();
    },
    closeSockets() {
      for (const session of sessions.values()) session.socket = undefined;
      for (const socket of sockets) socket.terminate();
    },
  };
  return fake;
}
