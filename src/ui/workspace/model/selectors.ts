/** What the pages read from the desk. */
import type { OfferView } from '../../../model/index.js';
import { unreadCount } from './chats.js';
import type { Desk, DeskChat } from './desk.js';

export type OpenedChat = DeskChat & { opening: NonNullable<DeskChat['opening']> };

/** Chats that can be shown, the oldest first, so that a list does not jump while one reads it. */
export function openedChats(desk: Desk): OpenedChat[] {
  return Object.values(desk.chats)
    .filter((chat): chat is OpenedChat => chat.opening !== null)
    .sort((a, b) => a.opening.startDate - b.opening.startDate || (a.chatId < b.chatId ? -1 : 1));
}

/** Ringing offers, the most urgent first. */
export function ringingOffers(offers: Desk['offers']): OfferView[] {
  return Object.values(offers).sort((a, b) => a.expiresAt - b.expiresAt || (a.chatId < b.chatId ? -1 : 1));
}

/** What waits for the agent: ringing offers and unread messages. */
export function waitingCount(desk: Desk): number {
  const unread = Object.values(desk.chats).reduce((sum, chat) => sum + unreadCount(chat), 0);
  return Object.keys(desk.offers).length + unread;
}
