/** `/meta/subscribe` and `/meta/unsubscribe`: one channel or a list, all of it or nothing. */
import type { JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';
import { channelKind } from './channel.js';
import { failure, success } from './replies.js';
import type { Session } from './session.js';
import { beginReplay, forgetReplay, sinceOf } from './replay.js';
import { addSubscriber, removeSubscriber } from './state.js';
import type { Turn } from './turn.js';
import type { BayeuxMessage, SessionContext } from './types.js';

export function subscribe<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  message: BayeuxMessage,
): void {
  const { state, settings, policy } = turn;
  const channels = channelsOf(message.subscription, settings.channelLengthMax);
  if (typeof channels === 'string') {
    turn.parts.push(failure(message, channels));
    return;
  }
  // A subscription to a service channel succeeds and does nothing.
  const wanted = channels.filter((channel) => channelKind(channel, settings.channelLengthMax) !== 'service');
  const isDenied = wanted.some((channel) => !policy.maySubscribe(session.context, channel));
  const known = session.subscriptions;
  const added = new Set(wanted.filter((channel) => known?.has(channel) !== true));
  if (isDenied) turn.parts.push(failure(message, '403::subscribe_denied'));
  else if ((known?.size ?? 0) + added.size > settings.subscriptionsPerSessionMax) {
    turn.parts.push(failure(message, '403::subscriptions_exceeded'));
  } else {
    const since = sinceOf(message.ext);
    for (const channel of new Set(wanted)) {
      const isNew = addSubscriber(state, session, channel);
      if (since !== undefined && policy.keepsOutbox?.(channel) === true) {
        beginReplay(session, channel, since);
        tellSubscribed(turn, session, channel, since);
      } else if (isNew) tellSubscribed(turn, session, channel, undefined);
    }
    turn.parts.push(success(message));
  }
}

export function tellSubscribed<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  channel: string,
  since: OutboxMark | null | undefined,
): void {
  const { id, context } = session;
  turn.facts.push({ kind: 'subscribed', session: id, channel, context, since });
}

export function unsubscribe<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  message: BayeuxMessage,
): void {
  const channels = channelsOf(message.subscription, turn.settings.channelLengthMax);
  if (typeof channels === 'string') {
    turn.parts.push(failure(message, channels));
    return;
  }
  for (const channel of channels) {
    if (!removeSubscriber(turn.state, session, channel)) continue;
    forgetReplay(session, channel);
    turn.facts.push({ kind: 'unsubscribed', session: session.id, channel, context: session.context });
  }
  turn.parts.push(success(message));
}

/** The channels of a `subscription`, or the error that it is. */
function channelsOf(subscription: JsonValue | undefined, lengthMax: number): string[] | string {
  const list = Array.isArray(subscription) ? subscription : [subscription];
  if (subscription === undefined || list.length === 0) return '403::subscription_missing';
  const channels: string[] = [];
  for (const channel of list) {
    if (typeof channel !== 'string') return '403::subscription_invalid';
    const kind = channelKind(channel, lengthMax);
    if (kind === 'invalid') return '403::subscription_invalid';
    if (kind === 'meta') return '403::subscribe_denied';
    channels.push(channel);
  }
  return channels;
}
