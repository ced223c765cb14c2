/** The agent's own messages on their way: shown at once, kept until the transcript holds them. */
import { withoutShown } from './chats.js';
import type { Desk, DeskChat, DeskInput, OutgoingMessage } from './desk.js';

type OutboxInput = Extract<DeskInput, { messageId: string }>;

export function reduceOutbox(chat: DeskChat, input: OutboxInput): DeskChat {
  switch (input.kind) {
    case 'messageWritten': {
      if (chat.outbox.some((message) => message.messageId === input.messageId)) return chat;
      const { messageId, text, at } = input;
      const message: OutgoingMessage = { messageId, text, at, delivery: { kind: 'sending' } };
      return { ...chat, outbox: withoutShown([...chat.outbox, message], chat.entries) };
    }
    case 'messageAcknowledged': {
      const delivery = { kind: 'acknowledged', offset: input.offset } as const;
      const delivered = deliver(chat, input.messageId, delivery);
      return { ...delivered, outbox: withoutShown(delivered.outbox, chat.entries) };
    }
    case 'messageRefused':
      return deliver(chat, input.messageId, { kind: 'refused' });
    case 'messageRetried':
      return deliver(chat, input.messageId, { kind: 'sending' });
    case 'messageDiscarded':
      return { ...chat, outbox: chat.outbox.filter((message) => message.messageId !== input.messageId) };
  }
}

function deliver(chat: DeskChat, messageId: string, delivery: OutgoingMessage['delivery']): DeskChat {
  const outbox = chat.outbox.map((message) =>
    message.messageId === messageId ? { ...message, delivery } : message,
  );
  return { ...chat, outbox };
}

/**
 * The message that may go next in each chat: one at a time, so that they arrive in the order they were
 * written.
 */
export function nextToSend(desk: Desk): { chatId: string; messageId: string; text: string }[] {
  return Object.values(desk.chats).flatMap(({ chatId, outbox }) => {
    const next = outbox.find((message) => message.delivery.kind === 'sending');
    return next === undefined ? [] : [{ chatId, messageId: next.messageId, text: next.text }];
  });
}
