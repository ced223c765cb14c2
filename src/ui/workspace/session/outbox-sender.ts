/**
 * Sends the agent's messages until each is acknowledged. One message per chat is on its way, so they arrive
 * in order; a repeat carries the same messageId, and the server adds it once.
 */
import { HttpError } from '../../shared/http.js';
import { nextToSend, type Desk, type DeskInput } from '../model/index.js';

const delay = { firstMs: 500, maxMs: 10_000 } as const;

export interface OutboxSenderOptions {
  send(chatId: string, messageId: string, text: string): Promise<{ offset: number }>;
  dispatch(input: DeskInput): void;
  /** The session is over; sending stops until `pump` is called again. */
  unauthenticated(): void;
}

export class OutboxSender {
  readonly #options: OutboxSenderOptions;
  /** Chats with a message on its way or waiting to be repeated: at most one of each chat. */
  readonly #busy = new Map<string, ReturnType<typeof setTimeout> | null>();
  #stopped = false;

  constructor(options: OutboxSenderOptions) {
    this.#options = options;
  }

  /** Starts what can go now. Called after every change of the desk. */
  pump(desk: Desk): void {
    this.#stopped = false;
    for (const { chatId, messageId, text } of nextToSend(desk)) {
      if (!this.#busy.has(chatId)) void this.#send(chatId, messageId, text, 0);
    }
  }

  /** Stops repeating; what was not acknowledged stays in the outbox. */
  stop(): void {
    this.#stopped = true;
    for (const [chatId, timer] of this.#busy) {
      if (timer === null) continue;
      clearTimeout(timer);
      this.#busy.delete(chatId);
    }
  }

  async #send(chatId: string, messageId: string, text: string, attempt: number): Promise<void> {
    this.#busy.set(chatId, null);
    try {
      const { offset } = await this.#options.send(chatId, messageId, text);
      this.#busy.delete(chatId);
      this.#options.dispatch({ kind: 'messageAcknowledged', chatId, messageId, offset });
    } catch (error) {
      this.#busy.delete(chatId);
      this.#failed(error, chatId, messageId, text, attempt);
    }
  }

  #failed(error: unknown, chatId: string, messageId: string, text: string, attempt: number): void {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 401) this.#options.unauthenticated();
    else if (!error.passing) this.#options.dispatch({ kind: 'messageRefused', chatId, messageId });
    if (this.#stopped || error.status === 401 || !error.passing) return;
    const backoffMs = Math.min(delay.firstMs * 2 ** attempt, delay.maxMs) * (0.75 + Math.random() / 2);
    const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs);
    const repeat = () => void this.#send(chatId, messageId, text, attempt + 1);
    this.#busy.set(chatId, setTimeout(repeat, waitMs));
  }
}
