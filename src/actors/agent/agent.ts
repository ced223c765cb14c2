/**
 * One agent: readiness, the chats that ring, the chats that are open.
 *
 *     notReady <── set, ring no answer, log out ──> ready
 *
 * A chat rings for `settings.ringMs`. Unanswered, it goes back to its group and the agent becomes not ready,
 * so that the next visitor does not wait for an empty chair. Bound: `capacity` chats, rings included.
 */
import { type Machine, unreachable } from '../../base/index.js';
import type { AgentReadiness, AgentView, OfferView, WorkspaceMessage } from '../../model/index.js';
import {
  type AgentInput,
  chatAddressOf,
  type Documents,
  type Effect,
  groupAddress,
  type WakeInput,
  workspaceChannel,
} from '../protocol/index.js';

export interface AgentState {
  user: string;
  name: string;
  groups: string[];
  capacity: number;
  readiness: AgentReadiness;
  notReadyReason: 'ringNoAnswer' | null;
  offers: (OfferView & { group: string })[];
  /** Chats that are open at this agent. */
  chats: string[];
  deadlineMs: number | null;
}

export const agentMachine: Machine<AgentState, AgentInput | WakeInput, Effect, Documents> = {
  initial: (user) => ({
    user,
    name: user,
    groups: [],
    capacity: 1,
    readiness: 'notReady',
    notReadyReason: null,
    offers: [],
    chats: [],
    deadlineMs: null,
  }),

  step(agent, input, nowMs, { settings }) {
    const effects: Effect[] = [];
    switch (input.kind) {
      case 'logIn':
        logIn(agent, input, effects);
        break;
      case 'logOut':
        becomeNotReady(agent, null, effects);
        effects.push({ kind: 'reply', value: {} });
        break;
      case 'setReadiness':
        setReadiness(agent, input.readiness, effects);
        break;
      case 'offerChat':
        offerChat(agent, input, nowMs, settings.ringMs, effects);
        break;
      case 'withdrawOffer':
        dropOffer(agent, input.chatId, 'ended', effects);
        break;
      case 'acceptOffer':
        acceptOffer(agent, input.chatId, effects);
        break;
      case 'declineOffer':
        declineOffer(agent, input.chatId, effects);
        break;
      case 'chatEnded':
        agent.chats = agent.chats.filter((chatId) => chatId !== input.chatId);
        dropOffer(agent, input.chatId, 'ended', effects);
        reportAvailability(agent, effects);
        break;
      case 'wake':
        ringNoAnswer(agent, nowMs, effects);
        break;
      default:
        unreachable(input, 'agent input');
    }
    agent.deadlineMs = agent.offers.reduce<number | null>(
      (soonest, offer) => Math.min(soonest ?? Infinity, offer.expiresAt),
      null,
    );
    return { state: agent, effects };
  },
};

export function agentView(agent: AgentState): AgentView {
  const { user, name, groups, readiness, notReadyReason, capacity } = agent;
  return { user, name, groups: [...groups], readiness, notReadyReason, capacity };
}

export function offerView({ chatId, visitId, rule, offeredAt, expiresAt }: OfferView): OfferView {
  return { chatId, visitId, rule, offeredAt, expiresAt };
}

function logIn(agent: AgentState, input: Extract<AgentInput, { kind: 'logIn' }>, effects: Effect[]): void {
  const left = agent.groups.filter((group) => !input.groups.includes(group));
  agent.name = input.name;
  agent.groups = input.groups;
  agent.capacity = input.capacity;
  for (const group of left) report(agent, group, 'notReady', 0, effects);
  reportAvailability(agent, effects);
  effects.push({ kind: 'reply', value: agentView(agent) });
}

function setReadiness(agent: AgentState, readiness: AgentReadiness, effects: Effect[]): void {
  if (readiness === 'notReady') becomeNotReady(agent, null, effects);
  else {
    agent.readiness = 'ready';
    agent.notReadyReason = null;
    reportAvailability(agent, effects);
    pushAgent(agent, effects);
  }
  effects.push({ kind: 'reply', value: agentView(agent) });
}

/** Rings that are not answered yet go back to their groups; open chats stay. */
function becomeNotReady(agent: AgentState, reason: 'ringNoAnswer' | null, effects: Effect[]): void {
  agent.readiness = 'notReady';
  agent.notReadyReason = reason;
  for (const offer of [...agent.offers]) {
    dropOffer(agent, offer.chatId, reason ?? 'declined', effects);
    refuse(agent, offer, effects);
  }
  reportAvailability(agent, effects);
  pushAgent(agent, effects);
}

function offerChat(
  agent: AgentState,
  input: Extract<AgentInput, { kind: 'offerChat' }>,
  nowMs: number,
  ringMs: number,
  effects: Effect[],
): void {
  const { chatId, visitID, rule, group } = input;
  if (agent.offers.some((offer) => offer.chatId === chatId) || agent.chats.includes(chatId)) return;
  const offer = { chatId, visitId: visitID, rule, group, offeredAt: nowMs, expiresAt: nowMs + ringMs };
  if (agent.readiness !== 'ready' || freeSlotsOf(agent) <= 0) {
    refuse(agent, offer, effects);
    reportAvailability(agent, effects);
    return;
  }
  agent.offers.push(offer);
  push(agent, { kind: 'offer', offer: offerView(offer) }, effects);
}

function acceptOffer(agent: AgentState, chatId: string, effects: Effect[]): void {
  const { user, name, chats } = agent;
  const offer = agent.offers.find((candidate) => candidate.chatId === chatId);
  const chat = chatAddressOf(chatId);
  if (chats.includes(chatId)) {
    effects.push({ kind: 'reply', value: {} });
    return;
  }
  if (offer === undefined || chat === undefined) {
    effects.push({ kind: 'refuse', code: 'CONFLICT', message: 'The chat no longer rings here.' });
    return;
  }
  dropOffer(agent, chatId, 'accepted', effects);
  chats.push(chatId);
  effects.push({ kind: 'tell', to: chat, input: { kind: 'agentJoined', user, name } });
  effects.push({ kind: 'tell', to: groupAddress(offer.group), input: { kind: 'takeOffer', chatId, user } });
  reportAvailability(agent, effects);
  effects.push({ kind: 'reply', value: {} });
}

function declineOffer(agent: AgentState, chatId: string, effects: Effect[]): void {
  const offer = agent.offers.find((candidate) => candidate.chatId === chatId);
  if (offer !== undefined) {
    dropOffer(agent, chatId, 'declined', effects);
    refuse(agent, offer, effects);
    reportAvailability(agent, effects);
  }
  effects.push({ kind: 'reply', value: {} });
}

function ringNoAnswer(agent: AgentState, nowMs: number, effects: Effect[]): void {
  const unanswered = agent.offers.filter((offer) => nowMs >= offer.expiresAt);
  if (unanswered.length === 0) return;
  becomeNotReady(agent, 'ringNoAnswer', effects);
}

function refuse(agent: AgentState, offer: { chatId: string; group: string }, effects: Effect[]): void {
  const { chatId, group } = offer;
  effects.push({
    kind: 'tell',
    to: groupAddress(group),
    input: { kind: 'refuseOffer', chatId, user: agent.user },
  });
}

type GoneReason = Extract<WorkspaceMessage, { kind: 'offerGone' }>['reason'];

function dropOffer(agent: AgentState, chatId: string, reason: GoneReason, effects: Effect[]): void {
  if (!agent.offers.some((offer) => offer.chatId === chatId)) return;
  agent.offers = agent.offers.filter((offer) => offer.chatId !== chatId);
  push(agent, { kind: 'offerGone', chatId, reason }, effects);
}

function freeSlotsOf(agent: AgentState): number {
  return agent.capacity - agent.chats.length - agent.offers.length;
}

function reportAvailability(agent: AgentState, effects: Effect[]): void {
  const freeSlots = Math.max(0, freeSlotsOf(agent));
  for (const group of agent.groups) report(agent, group, agent.readiness, freeSlots, effects);
}

function report(
  agent: AgentState,
  group: string,
  readiness: AgentReadiness,
  freeSlots: number,
  effects: Effect[],
): void {
  const input = { kind: 'reportAvailability', user: agent.user, readiness, freeSlots } as const;
  effects.push({ kind: 'tell', to: groupAddress(group), input });
}

function pushAgent(agent: AgentState, effects: Effect[]): void {
  push(agent, { kind: 'agent', agent: agentView(agent) }, effects);
}

function push(agent: AgentState, message: WorkspaceMessage, effects: Effect[]): void {
  effects.push({ kind: 'push', channel: workspaceChannel(agent.user), data: message });
}
