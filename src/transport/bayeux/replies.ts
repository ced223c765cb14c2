/**
 * Replies in the protocol's form: the request's `id` as a string, `subscription` as it came, never a
 * `clientId`.
 */
import type { JsonObject, JsonValue } from '../../base/index.js';
import type { BayeuxMessage, BayeuxSettings } from './types.js';
import { drainIntervalMs, multipleClientsIntervalMs } from './settings.js';

/** The `id` of a reply: only when the request had one, and always a string. */
export function replyId(message: BayeuxMessage): string | undefined {
  const id = message.id;
  if (typeof id === 'string') return id;
  return typeof id === 'number' ? String(id) : undefined;
}

function head(message: BayeuxMessage): JsonObject {
  const reply: JsonObject = {};
  if (typeof message.channel === 'string') reply.channel = message.channel;
  const id = replyId(message);
  if (id !== undefined) reply.id = id;
  if (message.subscription !== undefined && isSubscribing(message)) reply.subscription = message.subscription;
  return reply;
}

function isSubscribing(message: BayeuxMessage): boolean {
  return message.channel === '/meta/subscribe' || message.channel === '/meta/unsubscribe';
}

export function success(message: BayeuxMessage, more: JsonObject = {}): string {
  return JSON.stringify({ ...head(message), successful: true, ...more });
}

/** `error` is `code:arguments:words`, as the protocol has it. */
export function failure(message: BayeuxMessage, error: string, more: JsonObject = {}): string {
  return JSON.stringify({ ...head(message), successful: false, error, ...more });
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
