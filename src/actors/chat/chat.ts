/**
 * One chat between a visitor and an agent: transcript and participants.
 *
 *     waiting ── agent joins ──> active ── either side ends, visitor away too long ──> ended
 *        └── either ends, no agent in time, visitor away too long ──> ended
 *
 * A message is known by its sender's messageId: a repeat adds no line and gets the first one's offset.
 * Bound: `chatLimits.entriesMax` lines; a message over it is refused, the end still fits.
 */
import { type Machine, unreachable } from '../../base/index.js';
import {
  chatLimits,
  type ChatEndReason,
  type ChatEntry,
  type ChatResource,
  type ChatState,
} from '../../model/index.js';
import {
  agentAddress,
  type ChatInput,
  type Documents,
  type Effect,
  engagementAddress,
  groupAddress,
  notificationChannel,
  type WakeInput,
  workspaceChannel,
} from '../protocol/index.js';

export interface ChatProfile {
  chatId: string;
  visitID: string;
  group: string;
  rule: string;
  state: ChatState;
  startDate: number;
  endDate: number;
  agent: string | null;
  agentName: string | null;
  entries: ChatEntry[];
  /** When an unanswered chat gives up waiting; null once an agent has joined. */
  waitUntil: number | null;
  /** When a chat without a page ends; null while a page is open. */
  awayUntil: number | null;
  deadlineMs: number | null;
}

export const chatMachine: Machine<ChatProfile, ChatInput | WakeInput, Effect, Documents> = {
  initial: (chatId) => ({
    chatId,
    visitID: '',
    group: '',
    rule: '',
    state: 'waiting',
    startDate: 0,
    endDate: 0,
    agent: null,
    agentName: null,
    entries: [],
    waitUntil: null,
    awayUntil: null,
    deadlineMs: null,
  }),

  step(chat, input, nowMs, { settings }) {
    const effects: Effect[] = [];
    switch (input.kind) {
      case 'openChat':
        openChat(chat, input, nowMs, settings.chatWaitMs, effects);
        break;
      case 'agentJoined':
        agentJoined(chat, input.user, input.name, nowMs, effects);
        break;
      case 'postMessage':
        postMessage(chat, input, nowMs, effects);
        break;
      case 'endChat':
        endChat(chat, input.user, nowMs, effects);
        break;
      case 'visitorAway':
        if (chat.state !== 'ended') chat.awayUntil = nowMs + settings.chatAwayMs;
        break;
      case 'visitorBack':
        chat.awayUntil = null;
        break;
      case 'wake':
        wake(chat, nowMs, effects);
        break;
      default:
        unreachable(input, 'chat input');
    }
    chat.deadlineMs = nextDeadline(chat);
    return { state: chat, effects };
  },
};

function openChat(
  chat: ChatProfile,
  input: Extract<ChatInput, { kind: 'openChat' }>,
  nowMs: number,
  waitMs: number,
  effects: Effect[],
): void {
  if (chat.startDate !== 0) return;
  const { visitID, group, rule } = input;
  chat.visitID = visitID;
  chat.group = group;
  chat.rule = rule;
  chat.startDate = nowMs;
  chat.waitUntil = nowMs + waitMs;
  const { chatId } = chat;
  effects.push({ kind: 'observe', fact: { name: 'chatOpened' } });
  effects.push({
    kind: 'tell',
    to: groupAddress(group),
    input: { kind: 'queueChat', chatId, visitID, rule },
  });
  effects.push({ kind: 'persist', row: { entity: 'chat', value: chatResource(chat) } });
}

function agentJoined(chat: ChatProfile, user: string, name: string, nowMs: number, effects: Effect[]): void {
  if (chat.state === 'ended' || chat.startDate === 0) {
    effects.push({ kind: 'tell', to: agentAddress(user), input: { kind: 'chatEnded', chatId: chat.chatId } });
    return;
  }
  if (chat.agent !== null) return;
  chat.state = 'active';
  chat.agent = user;
  chat.agentName = name;
  chat.waitUntil = null;
  effects.push({
    kind: 'tell',
    to: engagementAddress(chat.visitID, chat.chatId),
    input: { kind: 'agentConnected' },
  });
  addEntry(chat, { at: nowMs, kind: 'joined', by: 'agent', name }, effects, false);
  effects.push({
    kind: 'push',
    channel: workspaceChannel(user),
    data: { kind: 'chatOpened', chat: chatView(chat) },
  });
}

function postMessage(
  chat: ChatProfile,
  input: Extract<ChatInput, { kind: 'postMessage' }>,
  nowMs: number,
  effects: Effect[],
): void {
  const { user, messageId, text } = input;
  const by = user === undefined ? 'visitor' : 'agent';
  const known = chat.entries.find((entry) => entry.messageId === messageId && entry.by === by);
  if (known !== undefined) {
    effects.push({ kind: 'reply', value: { offset: known.offset } });
    return;
  }
  if (!mayWrite(chat, user, effects)) return;
  if (chat.entries.length >= chatLimits.entriesMax) {
    effects.push({ kind: 'refuse', code: 'CONFLICT', message: 'The chat has reached its greatest length.' });
    return;
  }
  const name = by === 'agent' && chat.agentName !== null ? { name: chat.agentName } : {};
  const offset = addEntry(chat, { at: nowMs, kind: 'message', by, ...name, messageId, text }, effects);
  effects.push({ kind: 'reply', value: { offset } });
}

function mayWrite(chat: ChatProfile, user: string | undefined, effects: Effect[]): boolean {
  if (chat.startDate === 0) {
    effects.push({ kind: 'refuse', code: 'NOT_FOUND', message: 'There is no such chat.' });
    return false;
  }
  if (user !== undefined && chat.agent !== user) {
    effects.push({ kind: 'refuse', code: 'FORBIDDEN', message: 'This chat belongs to another agent.' });
    return false;
  }
  if (chat.state === 'ended') {
    effects.push({ kind: 'refuse', code: 'CONFLICT', message: 'The chat has ended.' });
    return false;
  }
  return true;
}

function endChat(chat: ChatProfile, user: string | undefined, nowMs: number, effects: Effect[]): void {
  if (chat.state !== 'ended') {
    if (!mayWrite(chat, user, effects)) return;
    finish(chat, user === undefined ? 'visitorEnded' : 'agentEnded', nowMs, effects);
  }
  effects.push({ kind: 'reply', value: {} });
}

function wake(chat: ChatProfile, nowMs: number, effects: Effect[]): void {
  if (chat.state === 'ended') return;
  if (chat.awayUntil !== null && nowMs >= chat.awayUntil) finish(chat, 'visitorLeft', nowMs, effects);
  else if (chat.waitUntil !== null && nowMs >= chat.waitUntil) finish(chat, 'noAgent', nowMs, effects);
}

function finish(chat: ChatProfile, reason: ChatEndReason, nowMs: number, effects: Effect[]): void {
  const { chatId, visitID, group, agent } = chat;
  chat.state = 'ended';
  chat.endDate = nowMs;
  chat.waitUntil = null;
  chat.awayUntil = null;
  const by = reason === 'agentEnded' ? 'agent' : reason === 'visitorEnded' ? 'visitor' : 'system';
  addEntry(chat, { at: nowMs, kind: 'ended', by, reason }, effects);
  const durationMs = nowMs - chat.startDate;
  effects.push({ kind: 'observe', fact: { name: 'chatEnded', reason, durationMs } });
  effects.push({
    kind: 'tell',
    to: engagementAddress(visitID, chatId),
    input: { kind: 'chatEnded', reason },
  });
  effects.push(
    agent === null
      ? { kind: 'tell', to: groupAddress(group), input: { kind: 'removeChat', chatId } }
      : { kind: 'tell', to: agentAddress(agent), input: { kind: 'chatEnded', chatId } },
  );
}

/** Appends a line, keeps the chat, and shows the line to both sides. Returns its offset. */
function addEntry(
  chat: ChatProfile,
  line: Omit<ChatEntry, 'offset'>,
  effects: Effect[],
  toAgent = true,
): number {
  const entry: ChatEntry = { offset: chat.entries.length, ...line };
  chat.entries.push(entry);
  const { chatId, visitID, state, agentName, agent } = chat;
  const data = { chatId, state, agentName, entries: [entry] };
  effects.push({ kind: 'persist', row: { entity: 'chat', value: chatResource(chat) } });
  effects.push({
    kind: 'push',
    channel: notificationChannel(visitID),
    data: [{ page: null, channel: 'gpe.chat', data }],
  });
  if (toAgent && agent !== null) {
    const update = { kind: 'chatUpdated', chatId, state, entries: [entry], typing: false };
    effects.push({ kind: 'push', channel: workspaceChannel(agent), data: update });
  }
  return entry.offset;
}

function nextDeadline({ waitUntil, awayUntil }: ChatProfile): number | null {
  if (waitUntil === null || awayUntil === null) return waitUntil ?? awayUntil;
  return Math.min(waitUntil, awayUntil);
}

export function chatResource(chat: ChatProfile): ChatResource {
  const { chatId, state, startDate, endDate, agent, agentName, group } = chat;
  return {
    chatId,
    visitId: chat.visitID,
    state,
    startDate,
    endDate,
    agent,
    agentName,
    group,
    entries: [...chat.entries],
  };
}

export function chatView(chat: ChatProfile) {
  const { chatId, visitID, state, startDate, entries } = chat;
  return { chatId, visitId: visitID, state, startDate, entries: [...entries], typing: false };
}
