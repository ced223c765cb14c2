/**
 * The two ways that carry Bayeux messages, made alike: messages go out, arrays of messages come in, or it is
 * over.
 */
import type { Answer } from '../answer.js';

export interface BayeuxMessage {
  channel: string;
  successful?: boolean;
  clientId?: string;
  data?: unknown;
  error?: string;
  advice?: BayeuxAdvice;
  ext?: { ack?: boolean | number; replay?: Place };
}

/** Where a message stands in the visit's outbox. */
export interface Place {
  epoch: string;
  offset: number;
}

export interface BayeuxAdvice {
  reconnect?: 'retry' | 'handshake' | 'none';
  interval?: number;
  timeout?: number;
}

export type Outgoing = Record<string, unknown> & { channel: string };

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  readonly closed: () => void;
}

/** Posts messages to the path of a meta channel, such as `connect`. */
export type Post = (
  path: string,
  messages: readonly Outgoing[],
  timeoutMs: number,
  abort: AbortController,
) => Promise<Answer>;

export interface CarrierEvents {
  readonly opened: () => void;
  /** What came, whatever it is. */
  received(messages: unknown): void;
  failed(reason: unknown, retryAfterMs?: number): void;
}

export interface Carrier {
  /** Sends messages, to be answered within `timeoutMs`. */
  send(timeoutMs: number, ...messages: Outgoing[]): void;
  close(): void;
}

export function carryBySocket(openSocket: (events: SocketEvents) => Socket, events: CarrierEvents): Carrier {
  let early: string[] | undefined = [];
  const socket = openSocket({
    opened() {
      for (const text of early ?? []) socket.send(text);
      early = undefined;
      events.opened();
    },
    received(text) {
      try {
        events.received(JSON.parse(text));
      } catch (error) {
        events.failed(error);
      }
    },
    closed: () => events.failed('closed'),
  });
  return {
    send(_, ...messages) {
      const text = JSON.stringify(messages);
      if (early === undefined) socket.send(text);
      else early.push(text);
    },
    close: () => socket.close(),
  };
}

export function carryByPolling(post: Post, events: CarrierEvents): Carrier {
  const aborts = new Set<AbortController>();
  return {
    send(timeoutMs, ...messages) {
      const abort = new AbortController();
      const path = messages.at(-1)?.channel.slice(6) ?? '';
      // The last word is let go, even as the carrier is closed.
      if (path !== 'disconnect') aborts.add(abort);
      void post(path, messages, timeoutMs, abort).then(({ status, body, retryAfterMs }) => {
        aborts.delete(abort);
        if (status === 200) events.received(body);
        else events.failed(status, retryAfterMs);
      });
    },
    close() {
      for (const abort of aborts) abort.abort();
    },
  };
}
