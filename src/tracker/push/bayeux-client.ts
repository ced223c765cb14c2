/**
 * A compact Bayeux client for one channel (spec/bayeux-semantics.md). It knows no browser: sockets and
 * requests come in.
 *
 *     idle -start-> handshaking -ok-> connected (a connect is always outstanding) -stop-> idle
 *     any failure  -> waiting (back-off) -> reconnecting with the same client id, or handshaking without one
 *     "402" or advice "handshake" -> handshaking, and subscribed again
 *
 * A WebSocket that never opens or dies young gives way to long-polling; long-polling that cannot begin gives
 * way back.
 */
import { createBackoff } from '../backoff.js';
import { debug } from '../debug.js';
import {
  carryByPolling,
  carryBySocket,
  type BayeuxAdvice,
  type BayeuxMessage,
  type Carrier,
  type CarrierEvents,
  type Outgoing,
  type Place,
  type Post,
  type Socket,
  type SocketEvents,
} from './carriers.js';

export interface BayeuxDoors {
  /** Undefined where WebSocket may not or cannot be used. */
  openSocket: ((events: SocketEvents) => Socket) | undefined;
  post: Post;
  /** Nobody sees the page: failures are retried more slowly. */
  readonly isHidden: () => boolean;
  readonly onMessage: (data: unknown) => void;
  /** The place of the last message seen on a channel, for as long as the tab remembers. */
  readonly placeOf: (channel: string) => Place | undefined;
  readonly keepPlace: (channel: string, place: Place) => void;
  /** The channel is subscribed (again): what was pushed in between may have been missed. */
  readonly onUp: () => void;
}

/** For opening and shaking hands, together. */
export const openMs = 10_000;
/** How much later than advised a connect may be answered, and how long it is held if nothing is advised. */
const graceMs = 10_000;
const holdMsDefault = 30_000;
/** A socket that closes before this has died young; after so many, long-polling it is. */
const youngMs = 10_000;
const youngDeathsMax = 2;
/** The least wait between tries while nobody sees the page. */
export const hiddenMs = 30_000;

const pollingType = 'long-polling';

export class BayeuxClient {
  readonly #doors: BayeuxDoors;
  readonly #backoff = createBackoff(500, 30_000);
  #channel = '';
  #isUp = false;
  #isPolling: boolean;
  /** The present carrier has brought a successful handshake or connect. */
  #isProven = false;
  /** A WebSocket has worked in this page, so that a lost one is no reason to give the kind up. */
  #hasSocketWorked = false;
  #openedAtMs = 0;
  #youngDeaths = 0;
  #carrier: Carrier | undefined;
  #clientId: string | undefined;
  /** Number of the last batch received, for the acknowledgement extension. */
  #acknowledged: number | undefined;
  #advice: BayeuxAdvice = {};
  #lastId = 0;
  /** The one timer: of a wait, or of an answer that is due. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void) | undefined;

  constructor(doors: BayeuxDoors) {
    this.#doors = doors;
    this.#isPolling = doors.openSocket === undefined;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isPolling(): boolean {
    return this.#isPolling;
  }

  /** Subscribes to `channel`, in place of another. */
  start(channel: string): void {
    if (channel === this.#channel) return;
    this.stop();
    this.#channel = channel;
    this.#open();
  }

  stop(): void {
    if (this.#clientId !== undefined) this.#send(openMs, this.#message('disconnect', {}));
    this.#close();
    this.#clientId = undefined;
    this.#channel = '';
  }

  /** Ends a wait between tries, as the browser is online or the page is seen again. */
  wake(): void {
    this.#waiting?.();
  }

  #after(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }

  #wait(delayMs: number, then: () => void): void {
    this.#waiting = () => {
      this.#waiting = undefined;
      then();
    };
    this.#after(delayMs, this.#waiting);
  }

  #open(): void {
    const { openSocket, post } = this.#doors;
    this.#isProven = false;
    this.#openedAtMs = 0;
    const events: CarrierEvents = {
      opened: () => {
        this.#openedAtMs = Date.now();
      },
      received: (messages) => {
        if (!Array.isArray(messages)) events.failed('not Bayeux');
        else for (const each of messages as BayeuxMessage[]) if (carrier === this.#carrier) this.#take(each);
      },
      failed: (reason, retryAfterMs) => {
        if (carrier === this.#carrier) this.#fail(reason, retryAfterMs);
      },
    };
    let carrier: Carrier | undefined;
    try {
      carrier =
        this.#isPolling || openSocket === undefined
          ? carryByPolling(post, events)
          : carryBySocket(openSocket, events);
    } catch (error) {
      // A content-security policy or mixed content forbids the socket.
      this.#fail(error);
      return;
    }
    this.#carrier = carrier;
    if (this.#clientId === undefined) this.#handshake();
    else this.#send(openMs, this.#connectMessage(true));
  }

  /** Sends, and fails if nothing comes back in time. */
  #send(withinMs: number, ...messages: Outgoing[]): void {
    this.#after(withinMs, () => {
      this.#fail('no answer');
    });
    this.#carrier?.send(withinMs, ...messages);
  }

  #message(name: string, fields: object): Outgoing {
    return { channel: `/meta/${name}`, id: String(++this.#lastId), clientId: this.#clientId, ...fields };
  }

  #handshake(): void {
    this.#clientId = this.#acknowledged = undefined;
    const supportedConnectionTypes = [this.#isPolling ? pollingType : 'websocket'];
    this.#send(
      openMs,
      this.#message('handshake', { version: '1.0', supportedConnectionTypes, ext: { ack: true } }),
    );
  }

  #connectMessage(isFirst?: boolean): Outgoing {
    return this.#message('connect', {
      connectionType: this.#isPolling ? pollingType : 'websocket',
      // The answer to the first tells that the session lives; it must not be held.
      ...(isFirst && { advice: { timeout: 0 } }),
      ...(this.#acknowledged !== undefined && { ext: { ack: this.#acknowledged } }),
    });
  }

  #holdMs(): number {
    return (this.#advice.timeout ?? holdMsDefault) + graceMs;
  }

  #take(each: BayeuxMessage): void {
    this.#advice = { ...this.#advice, ...each.advice };
    const { channel } = each;
    if (!channel.startsWith('/meta/')) {
      if (channel === this.#channel && 'data' in each) this.#receive(each);
    } else if (each.successful !== true) this.#refused(channel, each);
    else if (channel === '/meta/handshake') this.#shook(each);
    else if (channel === '/meta/connect') this.#connected(each);
  }

  /** What comes a second time, as after a move to another server, is recognised by its place. */
  #receive({ data, ext }: BayeuxMessage): void {
    const { onMessage, placeOf, keepPlace } = this.#doors;
    const seen = placeOf(this.#channel);
    const place = ext?.replay;
    if (place !== undefined && place.epoch === seen?.epoch && place.offset <= seen.offset) return;
    if (place !== undefined) keepPlace(this.#channel, place);
    onMessage(data);
  }

  #shook({ clientId, ext }: BayeuxMessage): void {
    this.#clientId = clientId;
    if (ext?.ack === true) this.#acknowledged = -1;
    this.#isProven = true;
    const subscribe = this.#message('subscribe', {
      subscription: this.#channel,
      ext: { replay: this.#doors.placeOf(this.#channel) ?? {} },
    });
    this.#send(this.#holdMs(), subscribe, this.#connectMessage(true));
  }

  #connected({ ext }: BayeuxMessage): void {
    if (typeof ext?.ack === 'number') this.#acknowledged = ext.ack;
    this.#isProven = true;
    this.#hasSocketWorked ||= !this.#isPolling;
    this.#backoff.reset();
    this.#after(this.#advice.interval ?? 0, () => {
      this.#send(this.#holdMs(), this.#connectMessage());
    });
    if (this.#isUp) return;
    this.#isUp = true;
    this.#doors.onUp();
  }

  #refused(channel: string, { advice = {}, error }: BayeuxMessage): void {
    debug('push refused', channel, error);
    const { reconnect, interval = 0 } = advice;
    if (reconnect === 'none') this.stop();
    // Several refusals of one batch are one reason to begin anew.
    else if (this.#waiting === undefined) {
      const isNew = reconnect === 'handshake' || channel !== '/meta/connect';
      const delayMs = this.#isUp && isNew ? interval : this.#backoff.nextMs(interval);
      this.#wait(delayMs, () => {
        if (isNew) this.#handshake();
        else this.#send(this.#holdMs(), this.#connectMessage());
      });
    }
    this.#isUp = false;
  }

  #fail(reason: unknown, retryAfterMs?: number): void {
    const { isHidden, openSocket } = this.#doors;
    debug('push failed', this.#isPolling ? pollingType : 'websocket', reason);
    if (!this.#isPolling && this.#openedAtMs > 0) {
      const isYoung = Date.now() - this.#openedAtMs < youngMs;
      this.#youngDeaths = isYoung ? this.#youngDeaths + 1 : 0;
      if (this.#youngDeaths >= youngDeathsMax) this.#isProven = this.#hasSocketWorked = false;
    }
    let delayMs = this.#backoff.nextMs(retryAfterMs);
    if (!this.#isProven && !this.#hasSocketWorked && openSocket !== undefined) {
      this.#isPolling = !this.#isPolling;
      this.#clientId = undefined;
      if (this.#isPolling) delayMs = 0;
    }
    if (isHidden()) delayMs = Math.max(delayMs, hiddenMs);
    this.#close();
    this.#wait(delayMs, () => {
      this.#open();
    });
  }

  #close(): void {
    const old = this.#carrier;
    this.#carrier = undefined;
    this.#isUp = false;
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    old?.close();
  }
}
