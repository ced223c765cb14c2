/**
 * What a visit's browsers were pushed lately, numbered, so that one that was away is given what it missed and
 * nothing else, on whichever node it comes back and whichever serves the visit by then.
 *
 * Bounds: messages, bytes and age. Over one, the oldest goes; a browser that lacks it is told what is pending
 * instead.
 */
import type { NotificationMessage, OutboxMark } from '../../model/index.js';

export const outboxBounds = {
  entriesMax: 64,
  bytesMax: 32_768,
  /** Longer than a page load, a node's restart and a client's longest pause between two tries together. */
  ageMsMax: 180_000,
} as const;

interface OutboxEntry {
  offset: number;
  at: number;
  /** Characters of the messages as JSON, about their bytes. */
  size: number;
  messages: NotificationMessage[];
}

export interface Outbox {
  epoch: string;
  /** Of the last message. */
  offset: number;
  size: number;
  entries: OutboxEntry[];
}

/** What a browser that has seen everything up to `since` lacks. */
export interface Missed {
  /** The place after all of it. */
  mark: OutboxMark;
  entries: { mark: OutboxMark; messages: NotificationMessage[] }[];
  /** Whether anything between `since` and the first entry is gone: then pending things must be told again. */
  hasGap: boolean;
}

/** Numbers `messages` and keeps them. The epoch of a new outbox is the time of its first message. */
export function keepInOutbox(
  known: Outbox | null,
  messages: NotificationMessage[],
  nowMs: number,
): { outbox: Outbox; mark: OutboxMark } {
  const outbox = known ?? { epoch: nowMs.toString(36), offset: 0, size: 0, entries: [] };
  const offset = ++outbox.offset;
  const size = JSON.stringify(messages).length;
  outbox.entries.push({ offset, at: nowMs, size, messages });
  outbox.size += size;
  pruneOutbox(outbox, nowMs);
  return { outbox, mark: { epoch: outbox.epoch, offset } };
}

export function pruneOutbox(outbox: Outbox, nowMs: number): void {
  const { entriesMax, bytesMax, ageMsMax } = outboxBounds;
  const { entries } = outbox;
  let gone = 0;
  for (const { at, size } of entries) {
    const isTooMuch = entries.length - gone > entriesMax || outbox.size > bytesMax;
    if (!isTooMuch && nowMs - at <= ageMsMax) break;
    outbox.size -= size;
    gone += 1;
  }
  if (gone > 0) entries.splice(0, gone);
}

/** `since` is what a client says: any epoch and any number. */
export function missedSince(outbox: Outbox | null, since: OutboxMark): Missed {
  const mark = outbox === null ? { epoch: '', offset: 0 } : { epoch: outbox.epoch, offset: outbox.offset };
  const isStart = since.epoch === '' && since.offset === 0;
  if (outbox === null) return { mark, entries: [], hasGap: !isStart };
  if (!isStart && since.epoch !== outbox.epoch) return { mark, entries: [], hasGap: true };
  const entries = outbox.entries
    .filter(({ offset }) => offset > since.offset)
    .map(({ offset, messages }) => ({ mark: { epoch: outbox.epoch, offset }, messages }));
  const next = entries[0]?.mark.offset ?? outbox.offset + 1;
  return { mark, entries, hasGap: next > since.offset + 1 };
}
