/**
 * The Bayeux protocol as CometD servers speak it, as a machine. The numbers in comments are the rules of
 * spec/bayeux-semantics.md.
 *
 *            handshake          connect            connect
 *     (none) ---------> shaken ---------> connected -------> held --+
 *                         |                  ^  |                   | message, timeout,
 *                         |                  |  +-------------------+ newer connect, abort
 *                         |                  |  |
 *                         +-- maxInterval ---+--+--> ended
 *                             disconnect, heartBeatTimeout, full queue
 *
 * Bounds: sessions, sessions of a WebSocket, subscriptions, queued messages and bytes of a session, messages
 * of a batch, length of a channel name, depth of data.
 */
import { unreachable, type JsonValue, type Machine } from '../../base/index.js';
import { connect, disconnect } from './connect.js';
import { broadcast, catchUp, deliver } from './deliver.js';
import { shakeHands } from './handshake.js';
import { bind, endByServer, forgetHeld, postponeExpiry, release, wake } from './lifecycle.js';
import { drainAdvice, failure, noMessage, unknownSession } from './replies.js';
import { takeQueue, type Session } from './session.js';
import { defaultBayeuxSettings } from './settings.js';
import { initialState, type BayeuxState } from './state.js';
import { subscribe, unsubscribe } from './subscribe.js';
import { publish } from './publish.js';
import { answer, type BayeuxRequest, type Turn } from './turn.js';
import { takeDue } from './wheel.js';
import type {
  BayeuxEffect,
  BayeuxInput,
  BayeuxMessage,
  BayeuxPolicy,
  BayeuxSettings,
  SessionContext,
} from './types.js';

export type BayeuxMachine<Context extends SessionContext> = Machine<
  BayeuxState<Context>,
  BayeuxInput<Context>,
  BayeuxEffect<Context>
>;

/** Settings left out keep their defaults. `nowMs` of `step` may be any clock that never goes back. */
export function createBayeuxMachine<Context extends SessionContext>(options: {
  settings?: Partial<BayeuxSettings>;
  policy: BayeuxPolicy<Context>;
}): BayeuxMachine<Context> {
  const settings = { ...defaultBayeuxSettings, ...options.settings };
  // Empty between steps; most steps put nothing into it.
  const waiting = new Set<Session<Context>>();
  return {
    initial: () => initialState(),
    step(state, input, nowMs) {
      const request = input.kind === 'request' ? input : null;
      const turn: Turn<Context> = {
        state,
        settings,
        policy: options.policy,
        nowMs,
        effects: [],
        facts: [],
        request,
        parts: [],
        connection: request?.origin.kind === 'websocket' ? request.origin.connection : 0,
        requester: null,
        handshaken: false,
        setBrowserId: null,
        waiting,
      };
      take(turn, input);
      releaseWaiting(turn);
      if (turn.facts.length > 0) turn.effects.push(...turn.facts);
      return { state, effects: turn.effects };
    },
  };
}

function take<Context extends SessionContext>(turn: Turn<Context>, input: BayeuxInput<Context>): void {
  const { state } = turn;
  switch (input.kind) {
    case 'request':
      takeRequest(turn, input);
      return;
    case 'closed': {
      for (const session of state.connections.get(input.connection) ?? []) leave(turn, session);
      state.connections.delete(input.connection);
      return;
    }
    case 'aborted': {
      const session = state.exchanges.get(input.exchange);
      if (session === undefined) return;
      forgetHeld(state, session);
      postponeExpiry(turn, session);
      return;
    }
    case 'publish':
      broadcast(turn, input.channel, input.data, input.mark);
      return;
    case 'deliver': {
      const session = state.sessions.get(input.session);
      if (session !== undefined) deliver(turn, session, input.channel, input.data);
      return;
    }
    case 'caughtUp': {
      const session = state.sessions.get(input.session);
      if (session !== undefined) catchUp(turn, session, input.channel, input.missed);
      return;
    }
    case 'end': {
      for (const session of [...state.sessions.values()]) {
        if (session.context.identity === input.identity) endByServer(turn, session, 'ended');
      }
      return;
    }
    case 'drain': {
      state.draining = true;
      for (const session of state.sessions.values()) release(turn, session, drainAdvice(turn.settings));
      return;
    }
    case 'tick': {
      for (const session of takeDue(state.wheel, turn.nowMs)) wake(turn, session);
      return;
    }
    default:
      return unreachable(input, 'Bayeux input');
  }
}

/** A closed WebSocket, clean or not, leaves its session until `maxInterval` is over (8). */
function leave<Context extends SessionContext>(turn: Turn<Context>, session: Session<Context>): void {
  session.connection = 0;
  session.lost = !session.ack;
  if (forgetHeld(turn.state, session) !== null) postponeExpiry(turn, session);
}

/** A batch is answered in the order of its messages, with their effects in order (12). */
function takeRequest<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
): void {
  const { messages } = request;
  const { state, parts } = turn;
  if (messages.length === 0) parts.push(noMessage('400::message_missing'));
  else if (messages.length > turn.settings.batchMessagesMax) parts.push(noMessage('400::batch_too_long'));
  else for (const message of messages) takeMessage(turn, request, message);

  state.counters.messagesReceived += messages.length;
  const queued = takeWaiting(turn);
  releaseWaiting(turn);
  if (queued.length + parts.length > 0) {
    const { origin } = request;
    const to = origin.kind === 'http' ? { kind: 'http' as const, exchange: origin.exchange } : origin;
    answer(turn, to, queued.length === 0 ? parts : [...queued, ...parts], turn.setBrowserId);
  }
}

/** A message for a held connect ends the hold; on the request's own WebSocket it joins the answer. */
function releaseWaiting<Context extends SessionContext>(turn: Turn<Context>): void {
  if (turn.waiting.size === 0) return;
  for (const session of turn.waiting) release(turn, session);
  turn.waiting.clear();
}

/**
 * What waits for the requester travels before the replies; to a client that acknowledges, in connect
 * replies only (3).
 */
function takeWaiting<Context extends SessionContext>(turn: Turn<Context>): readonly string[] {
  const session = turn.requester;
  if (session === null || session.ack || session.ended) return [];
  turn.waiting.delete(session);
  const messages = takeQueue(session);
  turn.state.counters.messagesDelivered += messages.length;
  return messages;
}

function takeMessage<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  value: JsonValue,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    turn.parts.push(noMessage('400::message_invalid'));
    return;
  }
  const message: BayeuxMessage = value;
  const { channel } = message;
  if (typeof channel !== 'string' || channel === '') {
    turn.parts.push(failure(message, '400::channel_missing'));
    return;
  }
  if (channel === '/meta/handshake') {
    shakeHands(turn, request, message);
    return;
  }
  const session = sessionOf(turn, request, message);
  if (session === undefined) {
    turn.parts.push(unknownSession(message));
    return;
  }
  turn.requester = session;
  if (channel === '/meta/connect') {
    connect(turn, request, session, message);
    return;
  }
  session.activeMs = turn.nowMs;
  postponeExpiry(turn, session);
  if (channel === '/meta/disconnect') disconnect(turn, session, message);
  else if (channel === '/meta/subscribe') subscribe(turn, session, message);
  else if (channel === '/meta/unsubscribe') unsubscribe(turn, session, message);
  else publish(turn, session, message, channel);
}

/**
 * The session that a message may speak for: known, of the same identity, and of the browser whose cookie the
 * handshake set (5). A WebSocket that opened its session without a cookie cannot move to HTTP.
 */
function sessionOf<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  message: BayeuxMessage,
): Session<Context> | undefined {
  const { origin, context, browserId } = request;
  if (typeof message.clientId !== 'string' || context === null) return undefined;
  const session = turn.state.sessions.get(message.clientId);
  if (session?.context.identity !== context.identity) return undefined;
  if (origin.kind === 'http') {
    return session.browserId !== null && session.browserId === browserId ? session : undefined;
  }
  if (session.connection === origin.connection) return session;
  if (session.browserId !== null && session.browserId !== browserId) return undefined;
  bind(turn.state, session, origin.connection);
  return session;
}
