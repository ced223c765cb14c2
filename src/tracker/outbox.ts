/**
 * Keeps events until the server has acknowledged them: batched, in order, re-sent with back-off, and kept in storage so
 * that a later page of the site sends what this one could not. The server drops repeats by `eventID`.
 */
import { createBackoff } from './backoff.js';
import type { VisitorEvent } from './events.js';
import type { Answer } from './http.js';

/** The part of `localStorage` that is used. */
export interface KeptStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface OutboxDoors {
  send(events: readonly VisitorEvent[]): Promise<Answer>;
  /** Hands the events to the browser to send after the page has gone; nothing tells whether they arrived. */
  beacon(events: readonly VisitorEvent[]): void;
  /** Undefined where the browser allows none: then a page's events end with it. */
  storage: KeptStorage | undefined;
  /** Names this page's events in storage. */
  name: string;
  nowMs(): number;
  random(): number;
  debug(...parts: unknown[]): void;
}

export interface Outbox {
  add(event: VisitorEvent): void;
  /** Puts an event before all others; for a visit's start, which is known last and belongs first. */
  addFirst(event: VisitorEvent): void;
  /** Nothing is sent until `release`. */
  hold(): void;
  /** Lets events go, each first completed with what was not known when it was made. */
  release(complete: (event: VisitorEvent) => void): void;
  /** Tries at once, without waiting out a back-off. */
  flush(): void;
  /** The page goes: a last try, and what is not acknowledged stays for the next page. */
  leave(): void;
  /** The page came back out of the browser's cache. */
  resume(): void;
}

export const outboxLimits = {
  delayMs: 100,
  /** Beyond this the oldest events are dropped. */
  eventsMax: 500,
  ageMsMax: 24 * 3_600_000,
  batchEventsMax: 100,
  /** In characters, of at most 3 bytes each: below the server's 256 KB and the browser's 64 KB for beacons. */
  batchLengthMax: 80_000,
  beaconLengthMax: 20_000,
  backoffMs: 1_000,
  backoffMsMax: 30_000,
  /** Another page's events whose record is older than this belong to a page that died without leaving. */
  abandonedMs: 300_000,
} as const;

export const storagePrefix = '_gt.q.';

interface KeptEvents {
  at: number;
  left: boolean;
  events: VisitorEvent[];
}

export function createOutbox(doors: OutboxDoors): Outbox {
  const { storage, nowMs, debug } = doors;
  const key = storagePrefix + doors.name;
  const backoff = createBackoff(outboxLimits.backoffMs, outboxLimits.backoffMsMax, doors.random);
  let events = storage === undefined ? [] : adopt(storage, nowMs());
  let batchEventsMax: number = outboxLimits.batchEventsMax;
  let isHeld = true;
  let isSending = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function keep(left: boolean): void {
    try {
      if (events.length === 0) storage?.removeItem(key);
      else storage?.setItem(key, JSON.stringify({ at: nowMs(), left, events } satisfies KeptEvents));
    } catch {
      debug('storage is full or refused; events are kept in memory only');
    }
  }

  function schedule(delayMs: number): void {
    timer ??= setTimeout(flush, delayMs);
  }

  function bound(): void {
    const oldestMs = nowMs() - outboxLimits.ageMsMax;
    const count = events.length;
    events = events.filter((event) => event.timestamp > oldestMs).slice(-outboxLimits.eventsMax);
    if (events.length < count) debug(`${count - events.length} events dropped: too old or too many`);
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    bound();
    keep(false);
    if (!isHeld && !isSending && events.length > 0) void sendBatch();
  }

  async function sendBatch(): Promise<void> {
    const batch = firstBatch(events, batchEventsMax, outboxLimits.batchLengthMax);
    isSending = true;
    const answer = await doors.send(batch);
    isSending = false;
    const isProgress = settle(batch, answer);
    if (isProgress) backoff.reset();
    keep(false);
    if (events.length > 0) schedule(isProgress ? 0 : backoff.nextMs(answer.retryAfterMs));
  }

  /** Takes out of the queue what the server has decided about; true when that was anything. */
  function settle(batch: readonly VisitorEvent[], { status, body }: Answer): boolean {
    const settled = new Set<unknown>();
    if (status === 413 && batch.length > 1) {
      batchEventsMax = batch.length >> 1;
      return true;
    }
    if (status === 400 || status === 413) {
      debug(`the server refused a batch with ${status}`, batch);
      for (const { eventID } of batch) settled.add(eventID);
    } else if (status === 200) {
      const { accepted, rejected } = listsOf(body);
      for (const eventID of accepted) settled.add(eventID);
      for (const rejection of rejected) {
        const event = batch[rejection.index];
        debug('the server rejected an event', event, rejection);
        if (event !== undefined) settled.add(event.eventID);
      }
    }
    const count = events.length;
    events = events.filter(({ eventID }) => !settled.has(eventID));
    return events.length < count;
  }

  return {
    add(event) {
      events.push(event);
      // A new event does not cut a back-off short: the timer that runs stays.
      schedule(outboxLimits.delayMs);
    },
    addFirst(event) {
      events.unshift(event);
    },
    hold() {
      isHeld = true;
    },
    release(complete) {
      events.forEach(complete);
      isHeld = false;
      flush();
    },
    flush,
    leave() {
      clearTimeout(timer);
      timer = undefined;
      bound();
      keep(true);
      const batch = firstBatch(events, batchEventsMax, outboxLimits.beaconLengthMax);
      if (!isHeld && batch.length > 0) doors.beacon(batch);
    },
    resume() {
      // What was left is taken back, unless another page has meanwhile taken it over.
      if (storage !== undefined) events = adopt(storage, nowMs());
    },
  };
}

/** Takes over the events of pages that have gone, in the order in which they went. */
function adopt(storage: KeptStorage, nowMs: number): VisitorEvent[] {
  const found: KeptEvents[] = [];
  for (let index = storage.length - 1; index >= 0; index--) {
    const key = storage.key(index);
    if (!key?.startsWith(storagePrefix)) continue;
    const kept = keptEvents(storage.getItem(key));
    if (kept !== undefined && !kept.left && nowMs - kept.at < outboxLimits.abandonedMs) continue;
    storage.removeItem(key);
    if (kept !== undefined) found.push(kept);
  }
  return found.sort((one, other) => one.at - other.at).flatMap((kept) => kept.events);
}

function keptEvents(text: string | null): KeptEvents | undefined {
  try {
    const kept = JSON.parse(text ?? '') as KeptEvents;
    return Array.isArray(kept.events) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The longest head of `events` within both bounds, of at least one event. */
function firstBatch(events: readonly VisitorEvent[], eventsMax: number, lengthMax: number): VisitorEvent[] {
  let length = 0;
  const batch: VisitorEvent[] = [];
  for (const event of events) {
    length += JSON.stringify(event).length;
    if (batch.length >= eventsMax || (batch.length > 0 && length > lengthMax)) break;
    batch.push(event);
  }
  return batch;
}

function listsOf(body: unknown): { accepted: unknown[]; rejected: { index: number }[] } {
  const { accepted, rejected } = (body ?? {}) as Record<string, unknown>;
  return {
    accepted: Array.isArray(accepted) ? accepted : [],
    rejected: Array.isArray(rejected) ? (rejected as { index: number }[]) : [],
  };
}
