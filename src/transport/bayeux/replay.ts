/**
 * Giving a client what it missed. A client that knows the outbox sends `ext.replay` with its subscription:
 * the `{epoch, offset}` of the last message that it has seen, or an empty object when it has seen none.
 * Until the server has looked up what came after, new messages wait, so that all come in order and each
 * comes once.
 */
import type { JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';
import { encodeDelivery } from './codec.js';
import type { Session } from './session.js';
import type { Turn } from './turn.js';
import type { MissedMessage, SessionContext } from './types.js';

const epochLengthMax = 64;
const nothing: OutboxMark = { epoch: '', offset: -1 };

/**
 * What a subscription says; undefined for a client that knows no outbox, null for one that has seen
 * nothing.
 */
export function sinceOf(ext: JsonValue | undefined): OutboxMark | null | undefined {
  const replay = isObject(ext) ? ext.replay : undefined;
  if (!isObject(replay)) return undefined;
  const { epoch, offset } = replay;
  if (typeof epoch !== 'string' || epoch.length > epochLengthMax) return null;
  return typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0 ? { epoch, offset } : null;
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** From now on messages on `channel` wait for `endReplay`. */
export function beginReplay(
  session: Session<SessionContext>,
  channel: string,
  since: OutboxMark | null,
): void {
  session.replays ??= new Map();
  session.replays.set(channel, { waiting: [], seen: since ?? nothing });
}

export function forgetReplay(session: Session<SessionContext>, channel: string): void {
  session.replays?.delete(channel);
}

/** Whether a message waits, or has been delivered out of the outbox already. */
export function isHeldBack<Context extends SessionContext>(
  turn: Turn<Context>,
  session: Session<Context>,
  channel: string,
  text: string,
  mark: OutboxMark | undefined,
): boolean {
  const replay = session.replays?.get(channel);
  if (replay === undefined) return false;
  if (replay.waiting === null) return wasSeen(replay.seen, mark);
  replay.waiting.push({ text, mark });
  if (replay.waiting.length > turn.settings.queueMessagesMax) {
    replay.waiting.shift();
    turn.state.counters.messagesDropped += 1;
  }
  return true;
}

function wasSeen(seen: OutboxMark, mark: OutboxMark | undefined): boolean {
  return mark?.epoch === seen.epoch && mark.offset <= seen.offset;
}

/** The texts to deliver, in order. Nothing when no replay is under way, as after an unsubscription. */
export function endReplay(
  session: Session<SessionContext>,
  channel: string,
  missed: readonly MissedMessage[],
): string[] {
  const replay = session.replays?.get(channel);
  const waiting = replay?.waiting;
  if (!replay || !waiting) return [];
  const texts: string[] = [];
  for (const { data, mark } of missed) {
    texts.push(encodeDelivery(channel, data, mark));
    if (mark !== undefined) replay.seen = mark;
  }
  replay.waiting = null;
  return [...texts, ...waiting.filter(({ mark }) => !wasSeen(replay.seen, mark)).map(({ text }) => text)];
}
