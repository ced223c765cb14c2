/**
 * Replies in the protocol's form: the request's `id` as a string, `subscription` as it came, never a
 * `clientId`.
 */
import { jsonDepth, type JsonObject, type JsonValue } from '../../base/index.js';
import { quoted } from './codec.js';
import type { BayeuxMessage, BayeuxSettings } from './types.js';
import { drainIntervalMs, multipleClientsIntervalMs } from './settings.js';

/** The `id` of a reply: only when the request had one, and always a string. */
export function replyId(message: BayeuxMessage): string | undefined {
  const id = message.id;
  if (typeof id === 'string') return id;
  return typeof id === 'number' ? String(id) : undefined;
}

/**
 * The common beginning, as text: nearly every message gets a reply, and building an object first costs
 * more.
 */
function head(message: BayeuxMessage): string {
  const { channel, subscription } = message;
  let text = '{';
  if (typeof channel === 'string') text += `"channel":${quoted(channel)},`;
  const id = replyId(message);
  if (id !== undefined) text += `"id":${quoted(id)},`;
  const isSubscribing = channel === '/meta/subscribe' || channel === '/meta/unsubscribe';
  // A lawful one is a text or a list of texts; echoing what nests deeper could exhaust the stack.
  if (isSubscribing && subscription !== undefined && jsonDepth(subscription, 2) <= 1)
    text += `"subscription":${JSON.stringify(subscription)},`;
  return text;
}

/** `more` is not empty when it is given. */
export function success(message: BayeuxMessage, more?: JsonObject): string {
  const text = `${head(message)}"successful":true`;
  return more === undefined ? `${text}}` : `${text},${JSON.stringify(more).slice(1)}`;
}

/** `error` is `code:arguments:words`, as the protocol has it. */
export function failure(message: BayeuxMessage, error: string, more?: JsonObject): string {
  const text = `${head(message)}"successful":false,"error":${quoted(error)}`;
  return more === undefined ? `${text}}` : `${text},${JSON.stringify(more).slice(1)}`;
}

/** Clients shake hands again only because of this advice. */
export function unknownSession(message: BayeuxMessage): string {
  return failure(message, '402::session_unknown', { advice: { reconnect: 'handshake', interval: 0 } });
}

/** An answer to what is no message at all. */
export function noMessage(error: string): string {
  return JSON.stringify({ successful: false, error });
}

export function normalAdvice(settings: BayeuxSettings): JsonObject {
  return { interval: settings.intervalMs, timeout: settings.timeoutMs, reconnect: 'retry' };
}

/** For a poll that is not held because another session of the same browser has the place. */
export function crowdedAdvice(settings: BayeuxSettings): JsonObject {
  return { ...normalAdvice(settings), 'multiple-clients': true, interval: multipleClientsIntervalMs };
}

/** For clients of a server that stops: their next connect should find another one. */
export function drainAdvice(settings: BayeuxSettings): JsonObject {
  return { ...normalAdvice(settings), interval: drainIntervalMs };
}

/** A connect reply; `batch` is the number of the batch it closes, for a client that acknowledges. */
export function connectReply(
  id: string | undefined,
  outcome: { error?: string; advice?: JsonObject | undefined; batch?: number | undefined },
): string {
  const reply: Record<string, JsonValue> = { channel: '/meta/connect' };
  if (id !== undefined) reply.id = id;
  reply.successful = outcome.error === undefined;
  if (outcome.error !== undefined) reply.error = outcome.error;
  if (outcome.advice !== undefined) reply.advice = outcome.advice;
  if (outcome.batch !== undefined) reply.ext = { ack: outcome.batch };
  return JSON.stringify(reply);
}
