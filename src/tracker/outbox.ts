/**
 * Keeps events until the server has acknowledged them: batched, in order, re-sent with back-off, and kept in
 * storage so that a later page of the site sends what this one could not. The server drops repeats by
 * `eventID`.
 */
import type { Answer } from './answer.js';
import { createBackoff } from './backoff.js';
import { debug } from './debug.js';
import type { VisitorEvent } from './events.js';

/** The part of `localStorage` that is used. */
export interface KeptStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface OutboxDoors {
  readonly send: (events: readonly VisitorEvent[]) => Promise<Answer>;
  /** Hands the events to the browser to send after the page has gone; nothing tells whether they arrived. */
  readonly beacon: (events: readonly VisitorEvent[]) => void;
  /** Undefined where the browser allows none: then a page's events end with it. */
  storage: KeptStorage | undefined;
}

const delayMs = 100;
/** Beyond these the oldest events are dropped. */
export const eventsMax = 500;
const ageMsMax = 24 * 3_600_000;
const batchEventsMax = 100;
/** In characters, of at most 3 bytes each: below the server's 256 KB and the browser's 64 KB for beacons. */
export const batchLengthMax = 80_000;
const beaconLengthMax = 20_000;
/** Another page's events whose record is older than this belong to a page that died without leaving. */
const abandonedMs = 300_000;

export const storagePrefix = '_gt.q.';

/** A page's events in storage; `left` when the page has gone. */
interface KeptEvents {
  at: number;
  left: boolean;
  events: VisitorEvent[];
}

export class Outbox {
  readonly #doors: OutboxDoors;
  readonly #key: string;
  readonly #backoff = createBackoff(1_000, 30_000);
  #events: VisitorEvent[] = [];
  #batchEventsMax = batchEventsMax;
  #isHeld = true;
  #isSending = false;
  /** The page has gone, or will in a moment: what it does yet must not take its events back. */
  #hasLeft = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `name` tells this page's events from those of others in storage. */
  constructor(name: string, doors: OutboxDoors) {
    this.#doors = doors;
    this.#key = storagePrefix + name;
    this.resume();
  }

  add(event: VisitorEvent): void {
    this.#events.push(event);
    // A new event does not cut a back-off short: the timer that runs stays.
    this.#schedule(delayMs);
  }

  /** Puts an event before all others; for a visit's start, which is known last and belongs first. */
  addFirst(event: VisitorEvent): void {
    this.#events.unshift(event);
  }

  /** Nothing is sent until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Lets events go, each first completed with what was not known when it was made. */
  release(complete: (event: VisitorEvent) => void): void {
    this.#events.forEach(complete);
    this.#isHeld = false;
    this.flush();
  }

  /** Tries at once, without waiting out a back-off. */
  flush(): void {
    if (this.#hasLeft) return;
    this.#settleTimer();
    this.#keep();
    if (!this.#isHeld && !this.#isSending && this.#events.length > 0) void this.#sendBatch();
  }

  /** The page goes: a last try, and what is not acknowledged stays for the next page. */
  leave(): void {
    this.#hasLeft = true;
    this.#settleTimer();
    this.#keep();
    const batch = this.#firstBatch(beaconLengthMax);
    if (!this.#isHeld && batch.length > 0) this.#doors.beacon(batch);
  }

  /** Nothing is sent or kept any more. */
  drop(): void {
    this.#events = [];
    this.leave();
  }

  /**
   * The page begins, or comes back out of the browser's cache: it takes over what pages that have gone have
   * left.
   */
  resume(): void {
    this.#hasLeft = false;
    // What this page itself left may meanwhile be another's.
    if (this.#doors.storage !== undefined) this.#events = adopt(this.#doors.storage);
  }

  #schedule(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, waitMs);
  }

  /** Ends the wait, and drops what has become too old or too much meanwhile. */
  #settleTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const oldestMs = Date.now() - ageMsMax;
    const count = this.#events.length;
    this.#events = this.#events.filter(({ timestamp }) => timestamp > oldestMs).slice(-eventsMax);
    if (this.#events.length < count) debug('events dropped:', count - this.#events.length);
  }

  #keep(): void {
    const { storage } = this.#doors;
    try {
      const kept: KeptEvents = { at: Date.now(), left: this.#hasLeft, events: this.#events };
      if (this.#events.length === 0) storage?.removeItem(this.#key);
      else storage?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      debug('events are kept in memory only');
    }
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#firstBatch(batchLengthMax);
    this.#isSending = true;
    const answer = await this.#doors.send(batch);
    this.#isSending = false;
    if (this.#hasLeft) return;
    const isProgress = this.#settle(batch, answer);
    if (isProgress) this.#backoff.reset();
    this.#keep();
    if (this.#events.length > 0) this.#schedule(isProgress ? 0 : this.#backoff.nextMs(answer.retryAfterMs));
  }

  /** Takes out of the queue what the server has decided about; true when that was anything. */
  #settle(batch: readonly VisitorEvent[], { status, body }: Answer): boolean {
    if (status === 413 && batch.length > 1) {
      this.#batchEventsMax = batch.length >> 1;
      return true;
    }
    const settled = new Set<unknown>();
    if (status === 400 || status === 413) {
      debug('the server refused', status, batch);
      for (const { eventID } of batch) settled.add(eventID);
    } else if (status === 200) {
      const { accepted = [], rejected = [] } = (body ?? {}) as {
        accepted?: unknown[];
        rejected?: { index: number }[];
      };
      for (const eventID of accepted) settled.add(eventID);
      for (const rejection of rejected) {
        const event = batch[rejection.index];
        debug('the server rejected', event, rejection);
        settled.add(event?.eventID);
      }
    }
    const count = this.#events.length;
    this.#events = this.#events.filter(({ eventID }) => !settled.has(eventID));
    return this.#events.length < count;
  }

  /** The longest head of the queue within both bounds, of at least one event. */
  #firstBatch(lengthMax: number): VisitorEvent[] {
    let length = 0;
    const end = this.#events.findIndex((event, index) => {
      length += JSON.stringify(event).length;
      return index >= this.#batchEventsMax || (index > 0 && length > lengthMax);
    });
    return this.#events.slice(0, end < 0 ? undefined : end);
  }
}

/** Takes over the events of pages that have gone, in the order in which they went. */
function adopt(storage: KeptStorage): VisitorEvent[] {
  const found: KeptEvents[] = [];
  for (let index = storage.length - 1; index >= 0; index--) {
    const key = storage.key(index);
    if (!key?.startsWith(storagePrefix)) continue;
    const kept = keptEvents(storage.getItem(key));
    if (kept?.left === false && Date.now() - kept.at < abandonedMs) continue;
    storage.removeItem(key);
    if (kept !== undefined) found.push(kept);
  }
  return found.sort((one, other) => one.at - other.at).flatMap(({ events }) => events);
}

function keptEvents(text: string | null): KeptEvents | undefined {
  try {
    const kept = JSON.parse(text ?? '') as KeptEvents;
    return Array.isArray(kept.events) ? kept : undefined;
  } catch {
    return undefined;
  }
}
