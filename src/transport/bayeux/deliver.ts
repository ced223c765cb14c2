/**
 * Getting a message to sessions: straight onto an open WebSocket, or into the queue of a client that is
 * away.
 */
import type { JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';
import { encodeDelivery, utf8Size } from './codec.js';
import { endSession } from './lifecycle.js';
import { endReplay, isHeldBack } from './replay.js';
import { enqueue, type Session } from './session.js';
import { subscribersOf } from './state.js';
import type { Turn } from './turn.js';
import type { MissedMessage, SessionContext } from './types.js';

/**
 * Delivers to every subscriber once. The message is encoded once, and its size is taken only if somebody
 * waits.
 */
export function broadcast<Context extends SessionContext>(
  turn: Turn<Context>,
  channel: string,
  data: JsonValue,
  mark?: OutboxMark,
): void {
  const sets = subscribersOf(turn.state, channel);
  if (sets.length === 0) return;
  const text = encodeDelivery(channel, data, mark);
  const deliveryNo = ++turn.state.deliveryNo;
  const connections: number[] = [];
  for (const sessions of sets) {
    for (const session of sessions) {
      if (session.deliveryNo === deliveryNo) continue;
      session.deliveryNo = deliveryNo;
      if (session.replays !== null && isHeldBack(turn, session, channel, text, mark)) continue;
      deliverText(turn, session, text, connections);
    }
  }
  sendNow(turn, text, connections);
}

/** Delivers what a session missed, then what came while that was fetched and is not among it. */
export function catchUp<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  channel: string,
  missed: readonly MissedMessage[],
): void {
  for (const text of endReplay(session, channel, missed)) {
    const connections: number[] = [];
    deliverText(turn, session, text, connections);
    sendNow(turn, text, connections);
  }
}

/** Delivers to one session, subscribed or not. */
export function deliver<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  channel: string,
  data: JsonValue,
): void {
  const connections: number[] = [];
  const text = encodeDelivery(channel, data);
  deliverText(turn, session, text, connections);
  sendNow(turn, text, connections);
}

function deliverText<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  text: string,
  connections: number[],
): void {
  if (session.connection === 0 || session.ack) queue(turn, session, text);
  else if (session.connection === turn.connection) {
    turn.parts.push(text);
    turn.state.counters.messagesDelivered += 1;
  } else connections.push(session.connection);
}

function sendNow<Context extends SessionContext>(
  turn: Turn<Context>,
  text: string,
  connections: number[],
): void {
  if (connections.length === 0) return;
  turn.state.counters.messagesDelivered += connections.length;
  turn.effects.push({ kind: 'send', connections, text: `[${text}]` });
}

/**
 * Bounds the queue. A client that acknowledges was promised every message, so over the bound its session
 * ends: it shakes hands again, subscribes again and is sent what is pending. Any other client loses its
 * oldest message.
 */
function queue<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  text: string,
): void {
  const { queueMessagesMax, queueBytesMax } = turn.settings;
  const { counters } = turn.state;
  const bytes = utf8Size(text);
  while (session.queue.length >= queueMessagesMax || session.queueBytes + bytes > queueBytesMax) {
    if (session.ack) {
      counters.sessionsOverflowed += 1;
      counters.messagesDropped += (session.held === null ? session.queue.length : 0) + 1;
      endSession(turn, session, 'queueFull');
      return;
    }
    counters.messagesDropped += 1;
    const oldest = session.queue.length === 0 ? undefined : session.queue.shift();
    if (oldest === undefined) return;
    session.queueBytes -= utf8Size(oldest);
  }
  enqueue(session, text, bytes);
  turn.waiting.add(session);
}
