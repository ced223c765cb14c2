/**
 * The words of the Bayeux machine: what its shell hands in and what it gets back. Connections and exchanges
 * are numbers that the shell draws; they never repeat within one run.
 */
import type { JsonObject, JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';

export type ConnectionType = 'websocket' | 'long-polling' | 'callback-polling';

/** Who a session belongs to. A request made under another identity cannot use the session. */
export interface SessionContext {
  /** Empty for an anonymous browser; for example the user name in the agent workspace. */
  readonly identity: string;
}

/** What a session may do. Pure: the same arguments always get the same answer. */
export interface BayeuxPolicy<Context extends SessionContext> {
  /**
   * `channel` may end in a wildcard (`/a/*`, `/a/**`): grant it only if every channel under it may be read.
   */
  maySubscribe(context: Context, channel: string): boolean;
  /** `channel` is never a wildcard; service channels (`/service/…`) are asked for too. */
  mayPublish(context: Context, channel: string): boolean;
  /**
   * Whether messages on `channel` are kept in an outbox, out of which a client that says how far it has
   * seen is given what it missed. Every `subscribed` of such a channel with a `since` is answered with
   * `caughtUp`.
   */
  keepsOutbox?(channel: string): boolean;
}

/** Times of the protocol, in ms, and the bounds of what one client and all clients together may hold. */
export interface BayeuxSettings {
  /** How long a connect is held when there is nothing to deliver. */
  timeoutMs: number;
  /** Pause that a client must leave between two connects. */
  intervalMs: number;
  /** How long the server waits for the next connect before it drops the session. */
  maxIntervalMs: number;
  /** Longest time without a message other than `/meta/connect`; 0 switches the check off. */
  heartBeatTimeoutMs: number;
  /** Held polls of one browser; a negative number means no bound. */
  maxSessionsPerBrowser: number;
  transports: readonly ConnectionType[];
  /** Sessions of all clients; over it a handshake is refused. */
  sessionsMax: number;
  /** Sessions that one WebSocket may open. */
  connectionSessionsMax: number;
  subscriptionsPerSessionMax: number;
  /** Messages and UTF-8 bytes that wait for one session that cannot take them now. */
  queueMessagesMax: number;
  queueBytesMax: number;
  batchMessagesMax: number;
  channelLengthMax: number;
  dataDepthMax: number;
}

/** A message out of an outbox; without a mark when it is not one of those that are numbered. */
export interface MissedMessage {
  readonly data: JsonValue;
  readonly mark: OutboxMark | undefined;
}

/** One message of a client, as it came: every field is still to be checked. */
export type BayeuxMessage = JsonObject;

/** Where a request came from and where its replies go. */
export type Origin =
  { kind: 'websocket'; connection: number } | { kind: 'http'; exchange: number; callback: boolean };

export type BayeuxInput<Context extends SessionContext> =
  | {
      kind: 'request';
      origin: Origin;
      /**
       * Decoded by `decodeMessages`; an element that is not an object is answered with an error of its own.
       */
      messages: readonly JsonValue[];
      /** Null when the shell could not tell who asks: a handshake is refused. */
      context: Context | null;
      /** Value of the `BAYEUX_BROWSER` cookie. */
      browserId: string | null;
      /** Unguessable ids for a handshake in this request; may be empty when it has none. */
      freshSessionId: string;
      freshBrowserId: string;
    }
  /** A WebSocket closed, cleanly or not. */
  | { kind: 'closed'; connection: number }
  /** The client went away before its HTTP request was answered. */
  | { kind: 'aborted'; exchange: number }
  /** The server publishes to everybody who subscribed. */
  | { kind: 'publish'; channel: string; data: JsonValue; mark?: OutboxMark | undefined }
  /** What a session that has just subscribed with a `since` missed, oldest first. */
  | { kind: 'caughtUp'; session: string; channel: string; missed: readonly MissedMessage[] }
  /** The server sends to one session, subscribed or not. */
  | { kind: 'deliver'; session: string; channel: string; data: JsonValue }
  /** The server ends every session of an identity, for example after a logout. */
  | { kind: 'end'; identity: string }
  /** The server stops: held connects are answered so that clients come back elsewhere. */
  | { kind: 'drain' }
  /** Time passed; needed about every `tickMs`. */
  | { kind: 'tick' };

export type SessionEndReason = 'disconnected' | 'expired' | 'inactive' | 'queueFull' | 'ended';

export type BayeuxEffect<Context extends SessionContext> =
  /** One text frame for each of these WebSockets. */
  | { kind: 'send'; connections: number[]; text: string }
  /** The answer to an HTTP request. `browserId` is set when the cookie must be set. */
  | { kind: 'respond'; exchange: number; text: string; browserId: string | null }
  | { kind: 'opened'; session: string; context: Context }
  | { kind: 'ended'; session: string; context: Context; reason: SessionEndReason }
  /**
   * Also when a client is back that lost a WebSocket and does not acknowledge: it may have lost messages too.
   * `since` is how far a client that knows the outbox has seen; null when it has seen nothing yet.
   */
  | {
      kind: 'subscribed';
      session: string;
      channel: string;
      context: Context;
      since: OutboxMark | null | undefined;
    }
  | { kind: 'unsubscribed'; session: string; channel: string; context: Context }
  /** A client published; broadcasts have already been delivered. */
  | { kind: 'message'; session: string; channel: string; data: JsonValue; context: Context };

/** Totals since the start, for metrics. */
export interface BayeuxCounters {
  messagesReceived: number;
  messagesDelivered: number;
  /** Messages that left a full queue unread. */
  messagesDropped: number;
  sessionsOpened: number;
  sessionsExpired: number;
  sessionsRefused: number;
  /** Sessions ended because an acknowledged queue was full. */
  sessionsOverflowed: number;
}
