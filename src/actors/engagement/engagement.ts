/**
 * The life of one engagement (spec/engagement.md section 1), from an actionable event to its end:
 *
 *     QUALIFIED ── engage ──> ENGAGED ── accept ──> ACCEPTED ── agent joins ──> MEDIA_STARTED ──> FINISHED
 *         │                      │                      └── chat ends without an agent ──> FINISHED, FAILED
 *         ├── noengage ──> CANCELLED
 *         ├── expired, page left ──> MISSED
 *         │                      ├── reject ──> REJECTED
 *         │                      ├── time is up ──> TIMEOUT when it was shown, else MISSED
 *         │                      └── page left ──> MISSED
 *
 * A final state answers every further input with itself.
 */
import { type Machine, unreachable } from '../../base/index.js';
import type { DispositionCode, EngagementQueue, EngagementState, InvitationData } from '../../model/index.js';
import type { PolicyDecision } from '../../strategy/index.js';
import {
  chatAddress,
  type Documents,
  type Effect,
  type EngagementInput,
  groupAddress,
  notificationChannel,
  type Qualification,
  visitAddress,
  type WakeInput,
} from '../protocol/index.js';
import { type EngagementProfile, isFinal, queueOfState, toResource } from './state.js';

type Input = EngagementInput | WakeInput;

/**
 * How much later than the browser the server ends an invitation, so that the browser's own answer comes
 * first.
 */
const answerGraceMs = 3_000;

export const engagementMachine: Machine<EngagementProfile, Input, Effect, Documents> = {
  initial: (interactionId) => ({
    interactionId,
    visitID: '',
    pageID: '',
    rule: '',
    actionableEventId: '',
    group: '',
    state: 'QUALIFIED',
    reason: null,
    startDate: 0,
    endDate: 0,
    queues: [],
    userData: {},
    invitation: null,
    shownAt: null,
    expiresAt: 0,
    holdsCapacity: false,
    deadlineMs: null,
  }),

  step(state, input, nowMs, documents) {
    const effects: Effect[] = [];
    switch (input.kind) {
      case 'qualify':
        qualify(state, input.visitID, input.qualification, nowMs, documents, effects);
        break;
      case 'capacityAnswered':
        decide(state, input, nowMs, documents, effects);
        break;
      case 'takeDisposition':
        takeDisposition(state, input.code, nowMs, effects);
        break;
      case 'pageLeft':
        if (input.pageID === state.pageID && (state.state === 'QUALIFIED' || state.state === 'ENGAGED')) {
          end(state, 'MISSED', 'pageLeft', nowMs, effects);
        }
        break;
      case 'agentConnected':
        if (state.state === 'ACCEPTED') enter(state, 'MEDIA_STARTED', null, nowMs, effects);
        break;
      case 'chatEnded':
        chatEnded(state, input.reason, nowMs, effects);
        break;
      case 'wake':
        wake(state, nowMs, effects);
        break;
      default:
        unreachable(input, 'engagement input');
    }
    return { state, effects };
  },
};

function qualify(
  profile: EngagementProfile,
  visitID: string,
  qualification: Qualification,
  nowMs: number,
  { settings }: Documents,
  effects: Effect[],
): void {
  profile.visitID = visitID;
  profile.pageID = qualification.pageID;
  profile.rule = qualification.rule;
  profile.actionableEventId = qualification.actionableEventId;
  profile.group = qualification.group;
  profile.userData = qualification.userData;
  profile.startDate = nowMs;
  profile.deadlineMs = nowMs + settings.engagementExpirationMs;
  const holdMs = settings.engagementExpirationMs + settings.invitation.displayMs + answerGraceMs;
  // Until the group answers, it may hold a slot already.
  profile.holdsCapacity = true;
  enter(profile, 'QUALIFIED', null, nowMs, effects);
  effects.push({
    kind: 'tell',
    to: groupAddress(profile.group),
    input: { kind: 'requestCapacity', visitID, interactionId: profile.interactionId, holdMs },
  });
}

function decide(
  profile: EngagementProfile,
  capacity: { granted: boolean; readyAgents: number; freeSlots: number },
  nowMs: number,
  { policy, settings }: Documents,
  effects: Effect[],
): void {
  if (profile.state !== 'QUALIFIED') {
    // The answer came after the end: give the held capacity back.
    if (isFinal(profile.state) && capacity.granted) releaseCapacity(profile, effects);
    return;
  }
  const { visitID, pageID, rule, userData } = profile;
  const decision = policy.decide({ visitID, pageID, rule, userData, capacity });
  if (decision.kind === 'noengage') {
    profile.holdsCapacity = capacity.granted;
    end(profile, 'CANCELLED', decision.reason, nowMs, effects);
    return;
  }
  engage(profile, decision, nowMs, settings.invitation.displayMs, effects);
}

function engage(
  profile: EngagementProfile,
  decision: Extract<PolicyDecision, { kind: 'engage' }>,
  nowMs: number,
  displayMs: number,
  effects: Effect[],
): void {
  const { title, text, acceptLabel, rejectLabel } = decision;
  profile.invitation = { title, text, acceptLabel, rejectLabel };
  profile.expiresAt = nowMs + displayMs;
  profile.deadlineMs = profile.expiresAt + answerGraceMs;
  enter(profile, 'ENGAGED', null, nowMs, effects);
  const invitation = invitationOf(profile, nowMs);
  if (invitation !== undefined)
    pushToVisitor(profile, profile.pageID, 'gpe.invite', { ...invitation }, effects);
}

/** What the browser must paint now; undefined when no invitation is open. */
export function invitationOf(profile: EngagementProfile, nowMs: number): InvitationData | undefined {
  if (profile.state !== 'ENGAGED' || profile.invitation === null || nowMs >= profile.expiresAt)
    return undefined;
  return {
    engagementID: profile.interactionId,
    ...profile.invitation,
    expiresAt: profile.expiresAt,
    remainingMs: profile.expiresAt - nowMs,
  };
}

function takeDisposition(
  profile: EngagementProfile,
  code: DispositionCode,
  nowMs: number,
  effects: Effect[],
): void {
  if (profile.state === 'ENGAGED') answerInvitation(profile, code, nowMs, effects);
  effects.push({ kind: 'reply', value: { state: profile.state, chatId: chatIdOf(profile) } });
}

/** The chat that an accepted engagement has; it carries the interaction's own id. */
export function chatIdOf(profile: EngagementProfile): string | null {
  const { state, queues, interactionId } = profile;
  if (state === 'ACCEPTED' || state === 'MEDIA_STARTED') return interactionId;
  return queues.some((entry) => entry.queue === 'queueAccepted') ? interactionId : null;
}

function answerInvitation(
  profile: EngagementProfile,
  code: DispositionCode,
  nowMs: number,
  effects: Effect[],
): void {
  switch (code) {
    case 'shown':
      profile.shownAt ??= nowMs;
      return;
    case 'accept':
      accept(profile, nowMs, effects);
      return;
    case 'reject':
      end(profile, 'REJECTED', null, nowMs, effects);
      return;
    case 'timeout':
      end(profile, 'TIMEOUT', null, nowMs, effects);
      return;
    case 'missed':
      end(profile, 'MISSED', 'notShown', nowMs, effects);
      return;
    default:
      unreachable(code, 'disposition code');
  }
}

function accept(profile: EngagementProfile, nowMs: number, effects: Effect[]): void {
  const { visitID, interactionId, group, rule } = profile;
  profile.invitation = null;
  profile.deadlineMs = null;
  // The chat takes the slot over.
  profile.holdsCapacity = false;
  profile.queues.push({ queue: 'webengagementChatQueue', at: nowMs });
  enter(profile, 'ACCEPTED', null, nowMs, effects);
  effects.push(observeQueue('webengagementChatQueue', null));
  effects.push({
    kind: 'tell',
    to: chatAddress(visitID, interactionId),
    input: { kind: 'openChat', visitID, group, rule },
  });
  pushToVisitor(profile, null, 'gpe.openChat', { chatId: interactionId }, effects);
}

function chatEnded(profile: EngagementProfile, reason: string, nowMs: number, effects: Effect[]): void {
  if (profile.state !== 'ACCEPTED' && profile.state !== 'MEDIA_STARTED') return;
  const failed = profile.state === 'ACCEPTED' && reason === 'noAgent';
  end(profile, failed ? 'FAILED' : 'FINISHED', reason, nowMs, effects);
}

function wake(profile: EngagementProfile, nowMs: number, effects: Effect[]): void {
  if (profile.deadlineMs === null || nowMs < profile.deadlineMs) return;
  if (profile.state === 'QUALIFIED') end(profile, 'MISSED', 'expired', nowMs, effects);
  else if (profile.state === 'ENGAGED') {
    if (profile.shownAt === null) end(profile, 'MISSED', 'notShown', nowMs, effects);
    else end(profile, 'TIMEOUT', null, nowMs, effects);
  } else profile.deadlineMs = null;
}

/** Moves to `next`, enters its queue, and keeps the profile. */
function enter(
  profile: EngagementProfile,
  next: EngagementState,
  reason: string | null,
  nowMs: number,
  effects: Effect[],
): void {
  profile.state = next;
  profile.reason = reason;
  const queue = queueOfState[next];
  if (queue !== undefined) {
    profile.queues.push({ queue, at: nowMs });
    effects.push(observeQueue(queue, reason));
  }
  effects.push({ kind: 'persist', row: { entity: 'engagement', value: toResource(profile) } });
}

/**
 * Enters a final state: the invitation goes from the screen, held capacity is given back, the visit is told.
 */
function end(
  profile: EngagementProfile,
  next: EngagementState,
  reason: string | null,
  nowMs: number,
  effects: Effect[],
): void {
  const before = profile.state;
  profile.endDate = nowMs;
  profile.deadlineMs = null;
  profile.invitation = null;
  enter(profile, next, reason, nowMs, effects);
  const { interactionId, visitID } = profile;
  if (before === 'ENGAGED')
    pushToVisitor(profile, null, 'gpe.revoke', { engagementID: interactionId }, effects);
  if (profile.holdsCapacity) releaseCapacity(profile, effects);
  effects.push({
    kind: 'tell',
    to: visitAddress(visitID),
    input: { kind: 'engagementEnded', interactionId },
  });
}

function releaseCapacity({ group, interactionId }: EngagementProfile, effects: Effect[]): void {
  effects.push({ kind: 'tell', to: groupAddress(group), input: { kind: 'releaseCapacity', interactionId } });
}

function observeQueue(queue: EngagementQueue, reason: string | null): Effect {
  return { kind: 'observe', fact: { name: 'queueEntered', queue, reason } };
}

function pushToVisitor(
  profile: EngagementProfile,
  page: string | null,
  channel: string,
  data: Record<string, string | number>,
  effects: Effect[],
): void {
  effects.push({
    kind: 'push',
    channel: notificationChannel(profile.visitID),
    data: [{ page, channel, data }],
  });
}
