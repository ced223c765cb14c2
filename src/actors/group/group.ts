/**
 * One agent group: who is ready with how many free slots, which invitations hold a slot, which chats wait.
 *
 * A slot is free when no chat, ring, waiting chat or open invitation needs it: so an invitation that a
 * visitor accepts finds an agent. Waiting chats are served in order; a chat is offered to the ready agent
 * with the most free slots who has not refused it while ready. Bounds: `waitingMax` chats and `heldMax` held
 * slots; over the first the chat keeps waiting at its own deadline only, over the second capacity is not
 * granted.
 */
import { type Machine, unreachable } from '../../base/index.js';
import {
  agentAddress,
  type Documents,
  type Effect,
  engagementAddress,
  type GroupInput,
  type WakeInput,
} from '../protocol/index.js';

const waitingMax = 10_000;
const heldMax = 10_000;

interface WaitingChat {
  chatId: string;
  visitID: string;
  rule: string;
  /** Who it rings at now, or null. */
  ringsAt: string | null;
  /** Who has refused it; asked again only after having been not ready in between. */
  refusedBy: string[];
}

export interface GroupState {
  name: string;
  /** The agents that are ready. */
  agents: Record<string, { freeSlots: number }>;
  waiting: WaitingChat[];
  /** Slots held for open invitations: interactionId to the time when the hold ends by itself. */
  held: Record<string, number>;
  deadlineMs: number | null;
}

export const groupMachine: Machine<GroupState, GroupInput | WakeInput, Effect, Documents> = {
  initial: (name) => ({ name, agents: {}, waiting: [], held: {}, deadlineMs: null }),

  step(group, input, nowMs) {
    const effects: Effect[] = [];
    switch (input.kind) {
      case 'reportAvailability':
        reportAvailability(group, input, effects);
        break;
      case 'requestCapacity':
        requestCapacity(group, input, nowMs, effects);
        break;
      case 'releaseCapacity':
        delete group.held[input.interactionId];
        break;
      case 'queueChat':
        queueChat(group, input, effects);
        break;
      case 'takeOffer':
        group.waiting = group.waiting.filter((chat) => chat.chatId !== input.chatId);
        break;
      case 'refuseOffer':
        refuseOffer(group, input.chatId, input.user, effects);
        break;
      case 'removeChat':
        removeChat(group, input.chatId, effects);
        break;
      case 'wake':
        for (const [id, until] of Object.entries(group.held)) if (nowMs >= until) delete group.held[id];
        break;
      default:
        unreachable(input, 'group input');
    }
    group.deadlineMs = soonestHold(group);
    return { state: group, effects };
  },
};

function reportAvailability(
  group: GroupState,
  input: Extract<GroupInput, { kind: 'reportAvailability' }>,
  effects: Effect[],
): void {
  const { user, readiness, freeSlots } = input;
  if (readiness === 'notReady') delete group.agents[user];
  else {
    if (!(user in group.agents)) forgetRefusals(group, user);
    group.agents[user] = { freeSlots };
  }
  offerWaiting(group, effects);
}

function forgetRefusals(group: GroupState, user: string): void {
  for (const chat of group.waiting) chat.refusedBy = chat.refusedBy.filter((other) => other !== user);
}

function requestCapacity(
  group: GroupState,
  input: Extract<GroupInput, { kind: 'requestCapacity' }>,
  nowMs: number,
  effects: Effect[],
): void {
  const { visitID, interactionId, holdMs } = input;
  const { readyAgents, freeSlots } = capacityOf(group);
  const granted = interactionId in group.held || (freeSlots > 0 && Object.keys(group.held).length < heldMax);
  if (granted) group.held[interactionId] = nowMs + holdMs;
  effects.push({
    kind: 'tell',
    to: engagementAddress(visitID, interactionId),
    input: { kind: 'capacityAnswered', granted, readyAgents, freeSlots },
  });
}

/** Agents that are ready, and slots that nothing needs yet. */
export function capacityOf(group: GroupState): { readyAgents: number; freeSlots: number } {
  let readyAgents = 0;
  let slots = 0;
  for (const { freeSlots } of Object.values(group.agents)) {
    readyAgents++;
    slots += freeSlots;
  }
  const unserved = group.waiting.filter((chat) => chat.ringsAt === null).length;
  return { readyAgents, freeSlots: Math.max(0, slots - unserved - Object.keys(group.held).length) };
}

function queueChat(
  group: GroupState,
  input: Extract<GroupInput, { kind: 'queueChat' }>,
  effects: Effect[],
): void {
  const { chatId, visitID, rule } = input;
  // The chat carries its interaction's id: the slot held for the invitation now serves the chat.
  delete group.held[chatId];
  if (group.waiting.length >= waitingMax || group.waiting.some((chat) => chat.chatId === chatId)) return;
  group.waiting.push({ chatId, visitID, rule, ringsAt: null, refusedBy: [] });
  offerWaiting(group, effects);
}

function refuseOffer(group: GroupState, chatId: string, user: string, effects: Effect[]): void {
  const chat = group.waiting.find((candidate) => candidate.chatId === chatId);
  if (chat?.ringsAt !== user) return;
  chat.ringsAt = null;
  if (!chat.refusedBy.includes(user)) chat.refusedBy.push(user);
  offerWaiting(group, effects);
}

function removeChat(group: GroupState, chatId: string, effects: Effect[]): void {
  const chat = group.waiting.find((candidate) => candidate.chatId === chatId);
  if (chat === undefined) return;
  group.waiting = group.waiting.filter((candidate) => candidate !== chat);
  if (chat.ringsAt === null) return;
  effects.push({ kind: 'tell', to: agentAddress(chat.ringsAt), input: { kind: 'withdrawOffer', chatId } });
}

function offerWaiting(group: GroupState, effects: Effect[]): void {
  for (const chat of group.waiting) {
    if (chat.ringsAt !== null) continue;
    const user = bestAgentFor(group, chat);
    if (user === undefined) continue;
    const { chatId, visitID, rule } = chat;
    const slots = group.agents[user];
    if (slots !== undefined) slots.freeSlots--;
    chat.ringsAt = user;
    const input = { kind: 'offerChat', chatId, visitID, rule, group: group.name } as const;
    effects.push({ kind: 'tell', to: agentAddress(user), input });
  }
}

function bestAgentFor(group: GroupState, chat: WaitingChat): string | undefined {
  const free = Object.entries(group.agents)
    .filter(([, { freeSlots }]) => freeSlots > 0)
    .sort(([userA, a], [userB, b]) => b.freeSlots - a.freeSlots || (userA < userB ? -1 : 1));
  return free.find(([user]) => !chat.refusedBy.includes(user))?.[0];
}

function soonestHold(group: GroupState): number | null {
  let soonest: number | null = null;
  for (const until of Object.values(group.held)) soonest = Math.min(soonest ?? Infinity, until);
  return soonest;
}
