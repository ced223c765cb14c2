/** One Bayeux session: what the server remembers of a client between its messages. */
import type { OutboxMark } from '../../model/index.js';
import type { SessionContext } from './types.js';

/** A connect that waits for something to deliver. */
export interface HeldConnect {
  origin: { kind: 'websocket'; connection: number } | { kind: 'http'; exchange: number };
  /** The request's `id`, already in the form of the reply. */
  id: string | undefined;
  untilMs: number;
}

/** A subscription of a client that says how far it has seen. */
export interface Replay {
  /** Messages that came while the missed ones were fetched; null once they have been delivered. */
  waiting: { text: string; mark: OutboxMark | undefined }[] | null;
  /** What has been delivered by then. */
  seen: OutboxMark;
}

export interface Session<Context extends SessionContext> {
  readonly id: string;
  readonly context: Context;
  /** The browser's cookie at the handshake; null when a WebSocket came without one. */
  readonly browserId: string | null;
  /**
   * Whether the client acknowledges: then messages travel only in connect replies and stay until
   * acknowledged.
   */
  readonly ack: boolean;
  /** False until the first connect, which is never held. */
  connected: boolean;
  ended: boolean;
  /** The open WebSocket of the client; 0 for none. */
  connection: number;
  held: HeldConnect | null;
  /** The next connect reply carries the advice. */
  advise: boolean;
  /** Polls are not held because another session of the same browser has the place. */
  crowded: boolean;
  subscriptions: Set<string> | null;
  /** By channel; null for a client that knows no outbox. */
  replays: Map<string, Replay> | null;
  /** A WebSocket of this client closed, and with it what it had not taken. */
  lost: boolean;
  /** Encoded messages, oldest first. */
  queue: string[];
  queueBytes: number;
  /** How many of the oldest messages travelled in batch `batch` and wait for its acknowledgement. */
  sentCount: number;
  batch: number;
  expiresMs: number;
  /** The last message other than a connect. */
  activeMs: number;
  /** The slot of the wheel that will look at this session; 0 for none. */
  wakeSlot: number;
  /** Number of the last delivery, so that overlapping subscriptions give one copy. */
  deliveryNo: number;
}

export function newSession<Context extends SessionContext>(
  id: string,
  context: Context,
  browserId: string | null,
  ack: boolean,
  nowMs: number,
): Session<Context> {
  return {
    id,
    context,
    browserId,
    ack,
    connected: false,
    ended: false,
    connection: 0,
    held: null,
    advise: true,
    crowded: false,
    subscriptions: null,
    replays: null,
    lost: false,
    queue: noMessages,
    queueBytes: 0,
    sentCount: 0,
    batch: 0,
    expiresMs: nowMs,
    activeMs: nowMs,
    wakeSlot: 0,
    deliveryNo: 0,
  };
}

/** Shared by all sessions with nothing to wait for, which are most; never written to. */
const noMessages: string[] = [];
Object.freeze(noMessages);

export function enqueue(session: Session<SessionContext>, text: string, bytes: number): void {
  if (session.queue.length === 0) session.queue = [text];
  else session.queue.push(text);
  session.queueBytes += bytes;
}

/** Takes everything that waits for a client that does not acknowledge. */
export function takeQueue(session: Session<SessionContext>): string[] {
  const messages = session.queue;
  session.queue = noMessages;
  session.queueBytes = 0;
  return messages;
}

/**
 * Starts the next batch of a client that acknowledges: everything that is not acknowledged travels (again).
 */
export function nextBatch(session: Session<SessionContext>): string[] {
  session.batch += 1;
  session.sentCount = session.queue.length;
  return session.queue;
}

/** Forgets what the client acknowledges. A number beyond the last batch can only mean that one. */
export function acknowledge(
  session: Session<SessionContext>,
  batch: number,
  sizeOf: (text: string) => number,
): void {
  if (batch < session.batch) return;
  const kept = session.queue.slice(session.sentCount);
  session.sentCount = 0;
  session.queue = kept.length === 0 ? noMessages : kept;
  session.queueBytes = kept.reduce((sum, text) => sum + sizeOf(text), 0);
}
