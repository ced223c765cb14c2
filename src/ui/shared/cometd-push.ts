/** The push over the CometD client: WebSocket, or long-polling where WebSocket does not pass. */
import { CometD, type Message, type SubscriptionHandle } from 'cometd';
import type { ChannelListener, ConnectionState, PushClient, PushListener } from './push.js';

interface Subscription {
  listener: ChannelListener;
  handle: SubscriptionHandle | null;
  /** The server has confirmed it in the present session. */
  confirmed: boolean;
}

const timing = {
  connectTimeout: 5_000,
  maxNetworkDelay: 10_000,
  backoffIncrement: 500,
  maxBackoff: 8_000,
  /**
   * After the server advised to give up: a signed-out page is stopped by its owner, so what is left is a
   * fault.
   */
  refusedRetryMs: 5_000,
} as const;

export function createPushClient(path = '/server/cometd'): PushClient {
  return new CometdPushClient(path);
}

class CometdPushClient implements PushClient {
  readonly #url: string;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #cometd = new CometD();
  #listener: PushListener | null = null;
  #state: ConnectionState = 'stopped';
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #handshaken = false;

  constructor(path: string) {
    this.#url = new URL(path, location.href).href;
    this.#cometd.addListener('/meta/handshake', (message) => this.#onHandshake(message));
    this.#cometd.addListener('/meta/connect', (message) => this.#onConnect(message));
  }

  start(listener: PushListener): void {
    if (this.#listener !== null) return;
    this.#listener = listener;
    const { connectTimeout, maxNetworkDelay, backoffIncrement, maxBackoff } = timing;
    this.#cometd.configure({
      url: this.#url,
      connectTimeout,
      maxNetworkDelay,
      backoffIncrement,
      maxBackoff,
      logLevel: 'warn',
      // It would start a worker from a blob, which the content-security policy forbids.
      useWorkerScheduler: false,
    });
    this.#cometd.unregisterTransport('callback-polling');
    this.#changeState('connecting');
    this.#cometd.handshake();
  }

  stop(): void {
    clearTimeout(this.#retryTimer);
    this.#listener = null;
    this.#state = 'stopped';
    this.#handshaken = false;
    if (!this.#cometd.isDisconnected()) this.#cometd.disconnect();
  }

  subscribe(channel: string, listener: ChannelListener): () => void {
    const subscription: Subscription = { listener, handle: null, confirmed: false };
    this.#subscriptions.set(channel, subscription);
    if (this.#handshaken) this.#request(channel, subscription);
    return () => {
      if (this.#subscriptions.get(channel) !== subscription) return;
      this.#subscriptions.delete(channel);
      if (this.#handshaken && subscription.handle !== null) this.#cometd.unsubscribe(subscription.handle);
    };
  }

  #onHandshake(message: Message): void {
    if (this.#listener === null) return;
    this.#handshaken = message.successful === true;
    for (const subscription of this.#subscriptions.values()) subscription.confirmed = false;
    if (this.#handshaken) {
      this.#cometd.batch(() => {
        for (const [channel, subscription] of this.#subscriptions) this.#request(channel, subscription);
      });
      return;
    }
    this.#changeState('reconnecting');
    this.#listener.refused();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#handshakeAgain(), timing.refusedRetryMs);
  }

  /** Only where the client itself has given up, on the server's advice. */
  #handshakeAgain(): void {
    if (this.#listener !== null && this.#cometd.isDisconnected()) this.#cometd.handshake();
  }

  #onConnect(message: Message): void {
    if (this.#listener === null) return;
    const mended = this.#state !== 'connected';
    this.#changeState(message.successful === true ? 'connected' : 'reconnecting');
    if (!mended || message.successful !== true) return;
    for (const { confirmed, listener } of [...this.#subscriptions.values()])
      if (confirmed) listener.caughtUp();
  }

  #request(channel: string, subscription: Subscription): void {
    const { listener } = subscription;
    const told = (reply: Message) => {
      if (this.#listener === null || this.#subscriptions.get(channel) !== subscription) return;
      subscription.confirmed = reply.successful === true;
      if (!subscription.confirmed) this.#listener.refused();
      // Before the first connect is answered, `#onConnect` tells it.
      else if (this.#state === 'connected') listener.caughtUp();
    };
    subscription.handle = this.#cometd.subscribe(channel, ({ data }) => listener.receive(data), told);
  }

  #changeState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener?.stateChanged(state);
  }
}
