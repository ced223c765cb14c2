/** A client's publish: checked, delivered to the subscribers, and told to the server. */
import { jsonDepth } from '../../base/index.js';
import { channelKind } from './channel.js';
import { broadcast } from './deliver.js';
import { failure, success } from './replies.js';
import type { Session } from './session.js';
import type { Turn } from './turn.js';
import type { BayeuxMessage, SessionContext } from './types.js';

export function publish<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  message: BayeuxMessage,
  channel: string,
): void {
  const { settings, policy, parts } = turn;
  const kind = channelKind(channel, settings.channelLengthMax);
  const { data } = message;
  if (kind === 'invalid' || kind === 'wildcard' || channel.endsWith('*')) {
    parts.push(failure(message, '405::channel_invalid'));
  } else if (kind === 'meta' || !policy.mayPublish(session.context, channel)) {
    parts.push(failure(message, '403::publish_denied'));
  } else if (data === undefined) parts.push(failure(message, '400::data_missing'));
  else if (jsonDepth(data, settings.dataDepthMax + 1) > settings.dataDepthMax) {
    parts.push(failure(message, '400::data_too_deep'));
  } else {
    if (kind === 'broadcast') broadcast(turn, channel, data);
    turn.facts.push({ kind: 'message', session: session.id, channel, data, context: session.context });
    parts.push(success(message));
  }
}
