/**
 * One chat on the desk: entries merge by offset, so any order and any repetition of updates give the same
 * chat.
 */
import type { AgentChatView, ChatEntry, ChatState } from '../../../model/index.js';
import type { DeskChat, OutgoingMessage } from './desk.js';

const stateRank: Record<ChatState, number> = { waiting: 0, active: 1, ended: 2 };

/** What a push or a snapshot tells about a chat. */
export interface ChatNews {
  chatId: string;
  state: ChatState;
  entries: readonly ChatEntry[];
  typing: boolean;
  opening: DeskChat['opening'];
}

export function newsOfView(view: AgentChatView): ChatNews {
  const { chatId, state, entries, typing, visitId, startDate } = view;
  return { chatId, state, entries, typing, opening: { visitId, startDate } };
}

export function newChat(chatId: string): DeskChat {
  return {
    chatId,
    opening: null,
    state: 'waiting',
    entries: [],
    typing: false,
    outbox: [],
    seenOffset: -1,
    missing: false,
  };
}

/** A chat never goes back in its life, and an entry never changes: so late and repeated news do no harm. */
export function mergeChat(chat: DeskChat, news: ChatNews): DeskChat {
  const entries = mergeEntries(chat.entries, news.entries);
  const state = stateRank[news.state] > stateRank[chat.state] ? news.state : chat.state;
  return {
    ...chat,
    opening: chat.opening ?? news.opening,
    state,
    entries,
    typing: news.typing && state !== 'ended',
    outbox: withoutShown(chat.outbox, entries),
  };
}

/** The union of both by offset, sorted; the same array when nothing is new. */
export function mergeEntries(known: readonly ChatEntry[], news: readonly ChatEntry[]): readonly ChatEntry[] {
  const offsets = new Set(known.map((entry) => entry.offset));
  const fresh: ChatEntry[] = [];
  for (const entry of news) {
    if (offsets.has(entry.offset)) continue;
    offsets.add(entry.offset);
    fresh.push(entry);
  }
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => a.offset - b.offset);
}

/** Offsets count from 0 without gaps, so the last offset tells how many entries there must be. */
export function hasGap(chat: DeskChat): boolean {
  return lastOffset(chat) !== chat.entries.length - 1;
}

export function lastOffset(chat: DeskChat): number {
  return chat.entries.at(-1)?.offset ?? -1;
}

/** Drops the outgoing messages that the transcript shows; the same array when it shows none of them. */
export function withoutShown(
  outbox: readonly OutgoingMessage[],
  entries: readonly ChatEntry[],
): readonly OutgoingMessage[] {
  if (outbox.length === 0) return outbox;
  const ids = new Set(entries.map((entry) => entry.messageId));
  const offsets = new Set(entries.map((entry) => entry.offset));
  const left = outbox.filter(
    ({ messageId, delivery }) =>
      !ids.has(messageId) && !(delivery.kind === 'acknowledged' && offsets.has(delivery.offset)),
  );
  return left.length === outbox.length ? outbox : left;
}

/** Whether nobody can write in this chat any more. */
export function isOver(chat: DeskChat): boolean {
  return chat.state === 'ended' || chat.missing;
}

/** The visitor's messages that the agent has neither seen nor answered. */
export function unreadCount(chat: DeskChat): number {
  let count = 0;
  for (let index = chat.entries.length - 1; index >= 0; index--) {
    const entry = chat.entries[index];
    if (entry === undefined || entry.offset <= chat.seenOffset) break;
    if (entry.kind !== 'message') continue;
    if (entry.by === 'agent') break;
    if (entry.by === 'visitor') count++;
  }
  return count;
}
