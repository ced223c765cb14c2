/**
 * Runs the Bayeux machine against real sockets: draws ids, carries out effects in order, keeps time. It is
 * the server's door to browsers (`PushHub`).
 */
import { randomBytes } from 'node:crypto';
import type { JsonValue } from '../../../base/index.js';
import type { OutboxMark, PushHub } from '../../../model/index.js';
import {
  createBayeuxMachine,
  hasSubscribers,
  isHandshake,
  type BayeuxCounters,
  type BayeuxEffect,
  type BayeuxInput,
  type BayeuxMachine,
  type BayeuxState,
  type MissedMessage,
  type Origin,
  type SessionContext,
} from '../../bayeux/index.js';
import type { BayeuxOptions } from '../options.js';
import type { FrameSocket } from '../wire/wire.js';

/** How an HTTP request of the protocol is answered once the machine has the answer. */
export type SendAnswer = (text: string, browserId: string | null) => void;

export class BayeuxHub<Context extends SessionContext> implements PushHub {
  readonly #options: BayeuxOptions<Context>;
  readonly #onError: (error: unknown, where: string) => void;
  readonly #machine: BayeuxMachine<Context>;
  readonly #state: BayeuxState<Context>;
  readonly #sockets = new Map<number, FrameSocket>();
  readonly #answers = new Map<number, SendAnswer>();
  #lastNumber = 0;

  constructor(options: BayeuxOptions<Context>, onError: (error: unknown, where: string) => void) {
    this.#options = options;
    this.#onError = onError;
    this.#machine = createBayeuxMachine({ settings: options.settings, policy: options.policy });
    this.#state = this.#machine.initial('');
  }

  get sessions(): number {
    return this.#state.sessions.size;
  }

  get subscriptions(): number {
    return this.#state.subscriptionCount;
  }

  get pollsHeld(): number {
    return this.#state.exchanges.size;
  }

  get counters(): BayeuxCounters {
    return this.#state.counters;
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  publish(channel: string, data: JsonValue, mark?: OutboxMark): void {
    if (hasSubscribers(this.#state, channel)) this.#step({ kind: 'publish', channel, data, mark });
  }

  catchUp(session: string, channel: string, missed: readonly MissedMessage[]): void {
    this.#step({ kind: 'caughtUp', session, channel, missed });
  }

  hasSubscribers(channel: string): boolean {
    return hasSubscribers(this.#state, channel);
  }

  deliver(session: string, channel: string, data: JsonValue): boolean {
    if (!this.#state.sessions.has(session)) return false;
    this.#step({ kind: 'deliver', session, channel, data });
    return this.#state.sessions.has(session);
  }

  endSessions(identity: string): void {
    this.#step({ kind: 'end', identity });
  }

  /** Gives the number of the new WebSocket. */
  open(socket: FrameSocket): number {
    const connection = ++this.#lastNumber;
    this.#sockets.set(connection, socket);
    return connection;
  }

  closed(connection: number): void {
    this.#sockets.delete(connection);
    this.#step({ kind: 'closed', connection });
  }

  frame(
    connection: number,
    messages: readonly JsonValue[],
    context: Context,
    browserId: string | null,
  ): void {
    this.#request({ kind: 'websocket', connection }, messages, context, browserId);
  }

  /** Gives the number of the exchange, for `aborted`. `send` is called once, now or later. */
  exchange(
    isCallback: boolean,
    messages: readonly JsonValue[],
    context: Context | null,
    browserId: string | null,
    send: SendAnswer,
  ): number {
    const exchange = ++this.#lastNumber;
    this.#answers.set(exchange, send);
    this.#request({ kind: 'http', exchange, callback: isCallback }, messages, context, browserId);
    return exchange;
  }

  aborted(exchange: number): void {
    if (this.#answers.delete(exchange)) this.#step({ kind: 'aborted', exchange });
  }

  tick(): void {
    if (this.#state.sessions.size > 0) this.#step({ kind: 'tick' });
  }

  drain(): void {
    this.#step({ kind: 'drain' });
  }

  closeSockets(code: number, reason: string): void {
    for (const socket of [...this.#sockets.values()]) socket.close(code, reason);
  }

  #request(
    origin: Origin,
    messages: readonly JsonValue[],
    context: Context | null,
    browserId: string | null,
  ): void {
    const needsIds = messages.some(isHandshake);
    this.#step({
      kind: 'request',
      origin,
      messages,
      context,
      browserId,
      freshSessionId: needsIds ? unguessable() : '',
      freshBrowserId: needsIds ? unguessable() : '',
    });
  }

  #step(input: BayeuxInput<Context>): void {
    const { effects } = this.#machine.step(this.#state, input, performance.now(), undefined);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: BayeuxEffect<Context>): void {
    switch (effect.kind) {
      case 'send': {
        // Encoded once for all of them.
        const bytes = effect.connections.length > 1 ? Buffer.from(effect.text) : effect.text;
        for (const connection of effect.connections) this.#sockets.get(connection)?.send(bytes);
        return;
      }
      case 'respond': {
        const send = this.#answers.get(effect.exchange);
        this.#answers.delete(effect.exchange);
        send?.(effect.text, effect.browserId);
        return;
      }
      default:
        this.#tell(effect);
    }
  }

  /** The server's own code runs here: its mistakes must not break the protocol. */
  #tell(effect: Exclude<BayeuxEffect<Context>, { kind: 'send' | 'respond' }>): void {
    const options = this.#options;
    try {
      if (effect.kind === 'subscribed') {
        options.onSubscribed?.(effect.channel, effect.context, effect.session, effect.since);
      } else if (effect.kind === 'unsubscribed') {
        options.onUnsubscribed?.(effect.channel, effect.context, effect.session);
      } else if (effect.kind === 'message') {
        options.onMessage?.(effect.channel, effect.data, effect.context, effect.session);
      }
    } catch (error) {
      this.#onError(error, `bayeux ${effect.kind}`);
    }
  }
}

const idBytes = 24;

function unguessable(): string {
  return randomBytes(idBytes).toString('base64url');
}
