/**
 * Unsent messages outlive a reload of the page: kept in the tab's session storage, never beyond the tab or a
 * log-out.
 */
import type { Desk, DeskInput } from '../model/index.js';

type Written = Extract<DeskInput, { kind: 'messageWritten' }>;

/** The part of `Storage` that is needed; every call may throw where storage is switched off. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

const keyOf = (user: string) => `beckon.workspace.outbox.${user}`;

export function saveOutbox(storage: TextStorage, user: string, desk: Desk): void {
  const written = Object.values(desk.chats).flatMap(({ chatId, outbox }) =>
    outbox
      .filter((message) => message.delivery.kind === 'sending')
      .map(({ messageId, text, at }): Written => ({ kind: 'messageWritten', chatId, messageId, text, at })),
  );
  quietly(() =>
    written.length === 0
      ? storage.removeItem(keyOf(user))
      : storage.setItem(keyOf(user), JSON.stringify(written)),
  );
}

export function forgetOutbox(storage: TextStorage, user: string): void {
  quietly(() => storage.removeItem(keyOf(user)));
}

/** The messages to write again, for chats of the desk; repeating them is harmless. */
export function restoreOutbox(storage: TextStorage, user: string): Written[] {
  let stored: unknown;
  quietly(() => {
    stored = JSON.parse(storage.getItem(keyOf(user)) ?? '[]');
  });
  return Array.isArray(stored) ? stored.filter(isWritten) : [];
}

function isWritten(item: unknown): item is Written {
  if (typeof item !== 'object' || item === null) return false;
  const { kind, chatId, messageId, text, at } = item as Record<string, unknown>;
  const texts = [chatId, messageId, text].every((value) => typeof value === 'string');
  return kind === 'messageWritten' && texts && typeof at === 'number';
}

/** Without storage the page works on; only a reload would lose what was not sent. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    return;
  }
}
