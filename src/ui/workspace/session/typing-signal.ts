/** Tells the visitor that the agent types: at most once in a while during it, and once when it stops. */

export const typingTimes = { repeatMs: 3_000, idleMs: 5_000 } as const;

export class TypingSignal {
  readonly #tell: (chatId: string, typing: boolean) => void;
  readonly #chats = new Map<string, { toldAt: number; idleTimer: ReturnType<typeof setTimeout> }>();

  constructor(tell: (chatId: string, typing: boolean) => void) {
    this.#tell = tell;
  }

  /** The agent has changed the text; `nowMs` is any steady clock. */
  typed(chatId: string, nowMs: number): void {
    const known = this.#chats.get(chatId);
    clearTimeout(known?.idleTimer);
    const due = known === undefined || nowMs - known.toldAt >= typingTimes.repeatMs;
    if (due) this.#tell(chatId, true);
    const idleTimer = setTimeout(() => this.paused(chatId), typingTimes.idleMs);
    this.#chats.set(chatId, { toldAt: due ? nowMs : known.toldAt, idleTimer });
  }

  /** The text was emptied or left alone. */
  paused(chatId: string): void {
    if (this.#chats.has(chatId)) this.#tell(chatId, false);
    this.sent(chatId);
  }

  /** The message itself says that typing is over. */
  sent(chatId: string): void {
    clearTimeout(this.#chats.get(chatId)?.idleTimer);
    this.#chats.delete(chatId);
  }

  stop(): void {
    for (const chatId of [...this.#chats.keys()]) this.sent(chatId);
  }
}
