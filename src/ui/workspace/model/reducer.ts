/**
 * How the desk changes. Two sources tell the same story: pushes, in order but only while connected, and
 * snapshots, complete but as old as their request. A snapshot therefore replaces what it covers, and the
 * pushes that came since its request are applied again on top. Everything is idempotent, so nothing is lost
 * or doubled.
 */
import type { AgentView, OfferView, WorkspaceMessage, WorkspaceState } from '../../../model/index.js';
import { hasGap, isOver, lastOffset, mergeChat, newChat, newsOfView, type ChatNews } from './chats.js';
import { deskLimits, type Desk, type DeskChat, type DeskInput, type Sync } from './desk.js';
import { reduceOutbox } from './outbox.js';

export function reduce(desk: Desk, input: DeskInput): Desk {
  switch (input.kind) {
    case 'syncStarted':
      return { ...desk, sync: { syncId: input.syncId, pushes: [], endedOffers: {} } };
    case 'syncFailed':
      return desk.sync?.syncId === input.syncId ? { ...desk, sync: null } : desk;
    case 'snapshotTaken':
      return desk.sync?.syncId === input.syncId ? takeSnapshot(desk, desk.sync, input.snapshot) : desk;
    case 'pushed':
      return applyPush(rememberPush(desk, input.message), input.message);
    case 'readinessAnswered':
      return desk.agentTellCount === input.askedAtCount ? tellAgent(desk, input.agent) : desk;
    case 'offerAnswered':
      return endOffer(desk, input.chatId, input.offeredAt);
    case 'chatSeen':
      return changeChat(desk, input.chatId, seeAll);
    case 'typingLapsed':
      return changeChat(desk, input.chatId, (chat) => ({ ...chat, typing: false }));
    case 'chatClosed':
      return closeChat(desk, input.chatId);
    default: {
      const { chatId } = input;
      return changeChat(desk, chatId, (chat) => reduceOutbox(chat, input));
    }
  }
}

function rememberPush(desk: Desk, message: WorkspaceMessage): Desk {
  if (desk.sync === null) return desk;
  const { pushes } = desk.sync;
  // Too much has happened for one read: give it up, and let the next one bring all of it.
  if (pushes.length >= deskLimits.syncPushesMax) return { ...desk, sync: null, stale: true };
  return { ...desk, sync: { ...desk.sync, pushes: [...pushes, message] } };
}

function applyPush(desk: Desk, message: WorkspaceMessage): Desk {
  switch (message.kind) {
    case 'agent':
      return tellAgent(desk, message.agent);
    case 'offer':
      return addOffer(desk, message.offer);
    case 'offerGone':
      return hearOfEnd(desk, message.chatId);
    case 'chatOpened':
      return hearOfChat(desk, newsOfView(message.chat));
    case 'chatUpdated':
      return hearOfChat(desk, { ...message, opening: null });
  }
}

function takeSnapshot(desk: Desk, sync: Sync, snapshot: WorkspaceState): Desk {
  const held = new Set(snapshot.chats.map((chat) => chat.chatId));
  const chats: Record<string, DeskChat> = {};
  for (const chat of Object.values(desk.chats)) {
    chats[chat.chatId] = { ...chat, missing: !held.has(chat.chatId) && chat.state !== 'ended' };
  }
  let next = tellAgent({ ...desk, sync: null, stale: false, chats }, snapshot.agent);
  next = takeOffers(next, sync, snapshot.offers);
  for (const chat of snapshot.chats) next = hearOfChat(next, newsOfView(chat));
  for (const push of sync.pushes) next = applyAgain(next, push);
  return next;
}

/**
 * What rings now: the snapshot's offers and those that came while it was read, without those that ended
 * meanwhile.
 */
function takeOffers(desk: Desk, { pushes, endedOffers: endedSince }: Sync, read: readonly OfferView[]): Desk {
  const came = pushes.flatMap((push) => (push.kind === 'offer' ? [push.offer] : []));
  const ringing = [...read, ...came];
  const held = new Set(ringing.map((offer) => offer.chatId));
  const before = Object.fromEntries(Object.entries(desk.endedOffers).filter(([id]) => !held.has(id)));
  let next: Desk = { ...desk, offers: {}, endedOffers: { ...before, ...endedSince } };
  for (const { chatId, offeredAt } of Object.values(desk.offers)) {
    if (!held.has(chatId)) next = endOffer(next, chatId, offeredAt);
  }
  for (const offer of ringing) next = addOffer(next, offer);
  const doubtful = pushes.some((push) => push.kind === 'offerGone' && push.chatId in next.offers);
  return doubtful ? { ...next, stale: true } : next;
}

/** What is pushed about the agent and chats while the state is read is as new as the snapshot, or newer. */
function applyAgain(desk: Desk, push: WorkspaceMessage): Desk {
  switch (push.kind) {
    case 'agent':
      return applyPush(desk, push);
    case 'chatOpened':
      return applyPush(present(desk, push.chat.chatId), push);
    case 'chatUpdated':
      return applyPush(present(desk, push.chatId), push);
    default:
      return desk;
  }
}

function present(desk: Desk, chatId: string): Desk {
  return changeChat(desk, chatId, (chat) => (chat.missing ? { ...chat, missing: false } : chat));
}

function tellAgent(desk: Desk, agent: AgentView): Desk {
  return { ...desk, agent, agentTellCount: desk.agentTellCount + 1 };
}

function addOffer(desk: Desk, offer: OfferView): Desk {
  const { chatId } = offer;
  const told = { ...desk, rules: { ...desk.rules, [chatId]: offer.rule } };
  const endedAt = desk.endedOffers[chatId];
  if (endedAt !== undefined && offer.offeredAt <= endedAt) return told;
  return { ...told, offers: { ...desk.offers, [chatId]: offer } };
}

/**
 * An end does not say of which offer it is, and the same chat may ring more than once. Unless the end is
 * known already (the agent's own answer), the server is asked whether the chat still rings.
 */
function hearOfEnd(desk: Desk, chatId: string): Desk {
  const offer = desk.offers[chatId];
  if (offer === undefined) return chatId in desk.endedOffers ? desk : { ...desk, stale: true };
  return { ...endOffer(desk, chatId, offer.offeredAt), stale: true };
}

function endOffer(desk: Desk, chatId: string, offeredAt: number): Desk {
  const until = Math.max(desk.endedOffers[chatId] ?? offeredAt, offeredAt);
  const endedOffers = lastOf({ ...without(desk.endedOffers, chatId), [chatId]: until });
  const offer = desk.offers[chatId];
  const over = offer !== undefined && offer.offeredAt <= until;
  const sync =
    desk.sync === null ? null : { ...desk.sync, endedOffers: { ...desk.sync.endedOffers, [chatId]: until } };
  return { ...desk, sync, endedOffers, offers: over ? without(desk.offers, chatId) : desk.offers };
}

function hearOfChat(desk: Desk, news: ChatNews): Desk {
  if (desk.closedChats.includes(news.chatId)) return desk;
  const chat = mergeChat(desk.chats[news.chatId] ?? newChat(news.chatId), news);
  // News of a chat that is thought to be over may be a late repeat: the server has to say.
  const stale = desk.stale || chat.opening === null || chat.missing || hasGap(chat);
  return { ...desk, stale, chats: { ...desk.chats, [chat.chatId]: chat } };
}

function changeChat(desk: Desk, chatId: string, change: (chat: DeskChat) => DeskChat): Desk {
  const chat = desk.chats[chatId];
  if (chat === undefined) return desk;
  const changed = change(chat);
  return changed === chat ? desk : { ...desk, chats: { ...desk.chats, [chatId]: changed } };
}

function seeAll(chat: DeskChat): DeskChat {
  const seenOffset = lastOffset(chat);
  return seenOffset === chat.seenOffset ? chat : { ...chat, seenOffset };
}

function closeChat(desk: Desk, chatId: string): Desk {
  const chat = desk.chats[chatId];
  if (chat === undefined || !isOver(chat)) return desk;
  return {
    ...desk,
    chats: without(desk.chats, chatId),
    rules: without(desk.rules, chatId),
    closedChats: [...desk.closedChats, chatId].slice(-deskLimits.closedChatsMax),
  };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _removed, ...rest } = record;
  return rest;
}

function lastOf<T>(record: Record<string, T>): Record<string, T> {
  const entries = Object.entries(record);
  if (entries.length <= deskLimits.endedOffersMax) return record;
  return Object.fromEntries(entries.slice(-deskLimits.endedOffersMax));
}
