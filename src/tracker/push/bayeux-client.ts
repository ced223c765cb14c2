/**
 * A compact Bayeux client for one channel (spec/bayeux-semantics.md). It knows no browser: sockets, requests and time come in.
 *
 *     idle -start-> handshaking -ok-> connected (a connect is always outstanding) -stop-> idle
 *     any failure  -> waiting (back-off) -> reconnecting with the same client id, or handshaking without one
 *     "402" or advice "handshake" -> handshaking, and subscribed again
 *
 * A WebSocket that never opens or dies young gives way to long-polling; long-polling that cannot begin gives way back.
 */
import { createBackoff } from '../backoff.js';
import type { Answer } from '../http.js';

export interface BayeuxMessage {
  channel: string;
  successful?: boolean;
  clientId?: string;
  data?: unknown;
  error?: string;
  advice?: { reconnect?: 'retry' | 'handshake' | 'none'; interval?: number; timeout?: number };
  ext?: { ack?: boolean | number };
}

type Outgoing = Record<string, unknown> & { channel: string };

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  closed(): void;
}

export interface BayeuxDoors {
  /** Undefined where WebSocket may not or cannot be used. */
  openSocket: ((events: SocketEvents) => Socket) | undefined;
  /** Posts messages to the meta channel's own path, `handshake` or `connect`. */
  post(
    path: string,
    messages: readonly Outgoing[],
    timeoutMs: number,
    abort: AbortController,
  ): Promise<Answer>;
  /** Nobody sees the page: failures are retried more slowly. */
  isHidden(): boolean;
  nowMs(): number;
  random(): number;
  onMessage(data: unknown): void;
  /** The channel is subscribed (again): what was pushed in between may have been missed. */
  onUp(): void;
  debug(...parts: unknown[]): void;
}

export interface BayeuxClient {
  start(channel: string): void;
  stop(): void;
  /** Ends a wait between tries, as the browser is online or the page is seen again. */
  wake(): void;
  isUp(): boolean;
  isPolling(): boolean;
}

export const bayeuxLimits = {
  /** For opening and shaking hands, together. */
  openMs: 10_000,
  /** How much later than advised a connect may be answered. */
  graceMs: 10_000,
  holdMs: 30_000,
  /** A socket that closes before this has died young; after so many, long-polling it is. */
  youngMs: 10_000,
  youngDeathsMax: 2,
  backoffMs: 500,
  backoffMsMax: 30_000,
  hiddenMsMin: 30_000,
} as const;

/** One way to carry messages; after `fail` it is over. */
interface Carrier {
  send(...messages: Outgoing[]): void;
  close(): void;
}

export function createBayeuxClient(doors: BayeuxDoors): BayeuxClient {
  const { debug } = doors;
  const backoff = createBackoff(bayeuxLimits.backoffMs, bayeuxLimits.backoffMsMax, doors.random);
  let channel = '';
  let isUp = false;
  let isPolling = doors.openSocket === undefined;
  /** The present carrier has brought a successful handshake or connect. */
  let isProven = false;
  /** A WebSocket has worked in this page, so that a lost one is no reason to give the kind up. */
  let hasSocketWorked = false;
  let youngDeaths = 0;
  let carrier: Carrier | undefined;
  let clientId: string | undefined;
  let acknowledged: number | undefined;
  let advice: NonNullable<BayeuxMessage['advice']> = {};
  let lastId = 0;
  /** The one timer: of a wait, or of an answer that is due. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void) | undefined;

  function after(delayMs: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, delayMs);
  }

  function wait(delayMs: number, then: () => void): void {
    waiting = () => {
      waiting = undefined;
      then();
    };
    after(delayMs, waiting);
  }

  function message(name: string, fields: object): Outgoing {
    return { channel: `/meta/${name}`, id: String(++lastId), clientId, ...fields };
  }

  function holdMs(): number {
    return (advice.timeout ?? bayeuxLimits.holdMs) + bayeuxLimits.graceMs;
  }

  function handshake(): void {
    clientId = acknowledged = undefined;
    expectAnswer(bayeuxLimits.openMs);
    carrier?.send(
      message('handshake', {
        version: '1.0',
        supportedConnectionTypes: [isPolling ? 'long-polling' : 'websocket'],
        ext: { ack: true },
      }),
    );
  }

  function connectMessage(isFirst?: boolean): Outgoing {
    return message('connect', {
      // The answer to the first tells that the session lives; it must not be held.
      ...(isFirst && { advice: { timeout: 0 } }),
      connectionType: isPolling ? 'long-polling' : 'websocket',
      ...(acknowledged !== undefined && { ext: { ack: acknowledged } }),
    });
  }

  function connect(): void {
    expectAnswer(holdMs());
    carrier?.send(connectMessage());
  }

  function expectAnswer(withinMs: number): void {
    after(withinMs, () => {
      fail('no answer');
    });
  }

  function open(): void {
    isProven = false;
    try {
      carrier = isPolling ? pollingCarrier() : socketCarrier();
    } catch {
      fail('not allowed');
      return;
    }
    if (clientId === undefined) handshake();
    else {
      expectAnswer(bayeuxLimits.openMs);
      carrier.send(connectMessage(true));
    }
  }

  function receive(from: Carrier, messages: unknown): void {
    if (!Array.isArray(messages)) {
      fail('not Bayeux');
      return;
    }
    for (const each of messages as BayeuxMessage[]) if (from === carrier) take(each);
  }

  function take(each: BayeuxMessage): void {
    if (each.advice !== undefined) advice = { ...advice, ...each.advice };
    const meta = /^\/meta\/(.*)/.exec(each.channel)?.[1];
    if (meta === undefined) {
      if (each.channel === channel && 'data' in each) doors.onMessage(each.data);
    } else if (each.successful === true) succeeded(meta, each);
    else refused(meta, each);
  }

  function succeeded(meta: string, each: BayeuxMessage): void {
    if (meta === 'handshake') {
      clientId = each.clientId;
      if (each.ext?.ack === true) acknowledged = -1;
      isProven = true;
      expectAnswer(holdMs());
      carrier?.send(message('subscribe', { subscription: channel }), connectMessage(true));
    } else if (meta === 'connect') {
      if (typeof each.ext?.ack === 'number') acknowledged = each.ext.ack;
      isProven = true;
      hasSocketWorked ||= !isPolling;
      backoff.reset();
      const wasUp = isUp;
      isUp = true;
      after(advice.interval ?? 0, connect);
      if (!wasUp) doors.onUp();
    }
  }

  function refused(meta: string, each: BayeuxMessage): void {
    debug(`push: ${meta} refused`, each.error);
    const wasUp = isUp;
    isUp = false;
    const { reconnect, interval = 0 } = each.advice ?? advice;
    if (reconnect === 'none') stop();
    else if (reconnect === 'handshake' || meta !== 'connect') {
      // Several refusals of one batch start one handshake.
      clientId = undefined;
      if (waiting === undefined) wait(wasUp ? interval : backoff.nextMs(interval), handshake);
    } else wait(backoff.nextMs(interval), connect);
  }

  function fail(reason: string, retryAfterMs = 0): void {
    debug(`push: ${isPolling ? 'long-polling' : 'WebSocket'} failed: ${reason}`);
    const wasProven = isProven;
    close();
    let delayMs = backoff.nextMs(retryAfterMs);
    if (!wasProven && !hasSocketWorked && doors.openSocket !== undefined) {
      isPolling = !isPolling;
      clientId = undefined;
      if (isPolling) delayMs = 0;
    }
    if (doors.isHidden()) delayMs = Math.max(delayMs, bayeuxLimits.hiddenMsMin);
    wait(delayMs, open);
  }

  function close(): void {
    const old = carrier;
    carrier = undefined;
    isUp = false;
    clearTimeout(timer);
    waiting = undefined;
    old?.close();
  }

  function stop(): void {
    if (carrier !== undefined && clientId !== undefined) carrier.send(message('disconnect', {}));
    close();
    clientId = undefined;
    channel = '';
  }

  function socketCarrier(): Carrier {
    const early: string[] = [];
    let openedAtMs = 0;
    const socket = doors.openSocket?.({
      opened() {
        openedAtMs = doors.nowMs();
        for (const text of early.splice(0)) socket?.send(text);
      },
      received(text) {
        let messages: unknown;
        try {
          messages = JSON.parse(text);
        } catch {
          // `receive` calls it what it is.
        }
        if (self === carrier) receive(self, messages);
      },
      closed() {
        if (self !== carrier) return;
        const isYoung = openedAtMs > 0 && doors.nowMs() - openedAtMs < bayeuxLimits.youngMs;
        youngDeaths = isYoung ? youngDeaths + 1 : 0;
        if (youngDeaths >= bayeuxLimits.youngDeathsMax) isProven = hasSocketWorked = false;
        fail('closed');
      },
    });
    const self: Carrier = {
      send(...messages) {
        const text = JSON.stringify(messages);
        if (openedAtMs > 0) socket?.send(text);
        else early.push(text);
      },
      close: () => socket?.close(),
    };
    return self;
  }

  function pollingCarrier(): Carrier {
    const aborts = new Set<AbortController>();
    const self: Carrier = {
      send(...messages) {
        const abort = new AbortController();
        const path = messages.at(-1)?.channel.slice(6) ?? '';
        // The last word is let go, even as the carrier is closed.
        if (path !== 'disconnect') aborts.add(abort);
        void doors.post(path, messages, holdMs(), abort).then((answer) => {
          aborts.delete(abort);
          if (self !== carrier) return;
          if (answer.status === 200) receive(self, answer.body);
          else fail(`status ${answer.status}`, answer.retryAfterMs);
        });
      },
      close() {
        for (const abort of aborts) abort.abort();
      },
    };
    return self;
  }

  return {
    start(wanted) {
      if (wanted === channel) return;
      stop();
      channel = wanted;
      open();
    },
    stop,
    wake() {
      waiting?.();
    },
    isUp: () => isUp,
    isPolling: () => isPolling,
  };
}
