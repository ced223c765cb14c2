/** The ends of things: deadlines, connects that are let go, sessions that close. */
import type { JsonObject } from '../../base/index.js';
import { connectReply, normalAdvice } from './replies.js';
import { nextBatch, takeQueue, type HeldConnect, type Session } from './session.js';
import { multipleClientsIntervalMs } from './settings.js';
import { removeSubscriber, type BayeuxState } from './state.js';
import { answer, type Turn } from './turn.js';
import type { SessionContext, SessionEndReason } from './types.js';
import { wakeAt } from './wheel.js';

/** When the machine must look at a session again. */
export function deadlineOf(session: Session<SessionContext>, heartBeatTimeoutMs: number): number {
  const deadlineMs = session.held === null ? session.expiresMs : session.held.untilMs;
  return heartBeatTimeoutMs > 0 ? Math.min(deadlineMs, session.activeMs + heartBeatTimeoutMs) : deadlineMs;
}

/** The client has from now on the pause it was told and `maxInterval` to come back. */
export function postponeExpiry<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
): void {
  const { intervalMs, maxIntervalMs, heartBeatTimeoutMs } = turn.settings;
  const pauseMs = session.crowded ? multipleClientsIntervalMs : intervalMs;
  session.expiresMs = turn.nowMs + pauseMs + maxIntervalMs;
  wakeAt(turn.state.wheel, session, deadlineOf(session, heartBeatTimeoutMs));
}

/** Notes that a connect waits here. */
export function hold<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  held: HeldConnect,
): void {
  session.held = held;
  if (held.origin.kind === 'http') {
    turn.state.exchanges.set(held.origin.exchange, session);
    if (session.browserId !== null) {
      const { heldPolls } = turn.state;
      heldPolls.set(session.browserId, (heldPolls.get(session.browserId) ?? 0) + 1);
    }
  }
  wakeAt(turn.state.wheel, session, deadlineOf(session, turn.settings.heartBeatTimeoutMs));
}

/** Takes a held connect out of the books, without an answer. */
export function forgetHeld<Context extends SessionContext>(
  state: BayeuxState<Context>,
  session: Session<Context>,
): HeldConnect | null {
  const held = session.held;
  if (held === null) return null;
  session.held = null;
  if (held.origin.kind === 'http') {
    state.exchanges.delete(held.origin.exchange);
    if (session.browserId !== null) {
      const count = (state.heldPolls.get(session.browserId) ?? 1) - 1;
      if (count === 0) state.heldPolls.delete(session.browserId);
      else state.heldPolls.set(session.browserId, count);
    }
  }
  return held;
}

/** The reply to a connect and everything that may travel with it, the reply last. */
export function connectParts<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  id: string | undefined,
  advice?: JsonObject,
): string[] {
  let told = advice;
  if (told === undefined && session.advise) {
    told = normalAdvice(turn.settings);
    session.advise = false;
  }
  postponeExpiry(turn, session);
  const messages = session.ack ? nextBatch(session) : takeQueue(session);
  turn.state.counters.messagesDelivered += messages.length;
  const batch = session.ack ? session.batch : undefined;
  return [...messages, connectReply(id, { advice: told, batch })];
}

/** Answers a held connect with what waits. */
export function release<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  advice?: JsonObject,
): void {
  const held = forgetHeld(turn.state, session);
  if (held === null) return;
  const parts = connectParts(turn, session, held.id, advice);
  if (held.origin.kind === 'websocket' && held.origin.connection === turn.connection)
    turn.parts.push(...parts);
  else answer(turn, held.origin, parts);
}

/** Binds a session to the WebSocket that now speaks for it. */
export function bind<Context extends SessionContext>(
  state: BayeuxState<Context>,
  session: Session<Context>,
  connection: number,
): void {
  if (session.connection === connection) return;
  unbind(state, session);
  session.connection = connection;
  const bound = state.connections.get(connection);
  if (bound === undefined) state.connections.set(connection, [session]);
  else bound.push(session);
}

export function unbind<Context extends SessionContext>(
  state: BayeuxState<Context>,
  session: Session<Context>,
): void {
  if (session.connection === 0) return;
  const bound = state.connections.get(session.connection);
  const rest = bound?.filter((other) => other !== session) ?? [];
  if (rest.length === 0) state.connections.delete(session.connection);
  else state.connections.set(session.connection, rest);
  session.connection = 0;
}

/** Ends a session: its connect is answered for good, its subscriptions die with it. */
export function endSession<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  reason: SessionEndReason,
): void {
  if (session.ended) return;
  const { state } = turn;
  // A session that overflowed must shake hands again; all others are asked to stay away.
  const reconnect = reason === 'queueFull' ? 'handshake' : 'none';
  release(turn, session, { reconnect, interval: 0 });
  session.ended = true;
  state.sessions.delete(session.id);
  unbind(state, session);
  turn.waiting.delete(session);
  for (const channel of session.subscriptions ?? []) {
    removeSubscriber(state, session, channel);
    turn.facts.push({ kind: 'unsubscribed', session: session.id, channel, context: session.context });
  }
  takeQueue(session);
  turn.facts.push({ kind: 'ended', session: session.id, context: session.context, reason });
}

/**
 * A client on a WebSocket that holds no connect must be told that its session is over; others ask and see
 * 402.
 */
export function endByServer<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  reason: SessionEndReason,
): void {
  if (session.held === null && session.connection !== 0) {
    const reply = connectReply(undefined, {
      error: '402::session_unknown',
      advice: { reconnect: 'none', interval: 0 },
    });
    answer(turn, { kind: 'websocket', connection: session.connection }, [reply]);
  }
  endSession(turn, session, reason);
}

/** Looks at a session whose slot has come. */
export function wake<Context extends SessionContext>(turn: Turn<Context>, session: Session<Context>): void {
  if (session.ended) return;
  const { nowMs, state } = turn;
  const { heartBeatTimeoutMs } = turn.settings;
  const isInactive = heartBeatTimeoutMs > 0 && session.activeMs + heartBeatTimeoutMs <= nowMs;
  if (isInactive) endByServer(turn, session, 'inactive');
  else if (session.held === null && session.expiresMs <= nowMs) {
    state.counters.sessionsExpired += 1;
    endSession(turn, session, 'expired');
  } else {
    if (session.held !== null && session.held.untilMs <= nowMs) release(turn, session);
    wakeAt(state.wheel, session, deadlineOf(session, heartBeatTimeoutMs));
  }
}
