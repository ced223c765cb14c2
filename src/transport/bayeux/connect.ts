/** `/meta/connect` and `/meta/disconnect`: holding, superseding and ending. */
import type { JsonObject, JsonValue } from '../../base/index.js';
import { utf8Size } from './codec.js';
import { transportOf } from './handshake.js';
import { connectParts, endSession, forgetHeld, hold, unbind } from './lifecycle.js';
import { connectReply, crowdedAdvice, drainAdvice, failure, replyId, success } from './replies.js';
import { acknowledge, type Session } from './session.js';
import { tellSubscribed } from './subscribe.js';
import { answer, type BayeuxRequest, type Turn } from './turn.js';
import type { BayeuxMessage, SessionContext } from './types.js';

export function connect<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  session: Session<Context>,
  message: BayeuxMessage,
): void {
  const { origin, messages } = request;
  const { connectionType } = message;
  if (connectionType !== undefined && connectionType !== transportOf(origin)) {
    turn.parts.push(failure(message, '400::connection_type_invalid'));
    return;
  }
  supersede(turn, session);
  if (origin.kind === 'http') unbind(turn.state, session);
  if (session.ack) acknowledge(session, ackOf(message.ext), utf8Size);

  if (session.lost) tellAgain(turn, session);
  const wasConnected = session.connected;
  session.connected = true;
  const crowded = origin.kind === 'http' && isCrowded(turn, session);
  // A client that got the place back is told that it need not pause any more.
  if (session.crowded && !crowded) session.advise = true;
  session.crowded = crowded;

  const timeoutMs = holdMs(turn, message.advice);
  // Only a connect that came alone is held: the replies beside it would have to wait for it.
  const mayHold = messages.length === 1 && wasConnected && !crowded && !turn.state.draining;
  const waits = session.queue.length > 0 && (session.ack || origin.kind === 'http');
  if (!mayHold || waits || timeoutMs === 0) {
    turn.parts.push(...connectParts(turn, session, replyId(message), adviceNow(turn, crowded)));
    return;
  }
  hold(turn, session, {
    origin: origin.kind === 'http' ? { kind: 'http', exchange: origin.exchange } : origin,
    id: replyId(message),
    untilMs: turn.nowMs + timeoutMs,
  });
}

/**
 * The newest connect is the one that counts. The older is answered as failed, because a success would make
 * a client that runs twice supersede itself for ever; messages wait for the newer.
 */
function supersede<Context extends SessionContext>(turn: Turn<Context>, session: Session<Context>): void {
  const held = forgetHeld(turn.state, session);
  if (held === null) return;
  const reply = connectReply(held.id, { error: '408::connect_superseded' });
  if (held.origin.kind === 'websocket' && held.origin.connection === turn.connection) turn.parts.push(reply);
  else answer(turn, held.origin, [reply]);
}

function isCrowded<Context extends SessionContext>(turn: Turn<Context>, session: Session<Context>): boolean {
  const { maxSessionsPerBrowser } = turn.settings;
  if (maxSessionsPerBrowser < 0 || session.browserId === null) return false;
  return (turn.state.heldPolls.get(session.browserId) ?? 0) >= maxSessionsPerBrowser;
}

function adviceNow<Context extends SessionContext>(
  turn: Turn<Context>,
  crowded: boolean,
): JsonObject | undefined {
  if (turn.state.draining) return drainAdvice(turn.settings);
  return crowded ? crowdedAdvice(turn.settings) : undefined;
}

/**
 * The client is back. What was on its way when its WebSocket broke is lost to it, and it does not know:
 * whoever keeps an outbox may tell it again what still holds.
 */
function tellAgain<Context extends SessionContext>(turn: Turn<Context>, session: Session<Context>): void {
  session.lost = false;
  for (const channel of session.subscriptions ?? []) {
    if (turn.policy.keepsOutbox?.(channel) === true) tellSubscribed(turn, session, channel, undefined);
  }
}

/** The client may ask for less than the server's timeout, never for more. */
function holdMs<Context extends SessionContext>(turn: Turn<Context>, advice: JsonValue | undefined): number {
  const wanted = isObject(advice) ? advice.timeout : undefined;
  if (typeof wanted !== 'number' || !(wanted >= 0)) return turn.settings.timeoutMs;
  return Math.min(wanted, turn.settings.timeoutMs);
}

/** The batch that the client has seen; -1 when it does not say. */
function ackOf(ext: JsonValue | undefined): number {
  return isObject(ext) && typeof ext.ack === 'number' ? ext.ack : -1;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function disconnect<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  message: BayeuxMessage,
): void {
  endSession(turn, session, 'disconnected');
  turn.requester = null;
  turn.parts.push(success(message));
}
