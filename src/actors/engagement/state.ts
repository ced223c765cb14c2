/** The interaction profile: what an engagement remembers from the actionable event to its end. */
import type { EngagementQueue, EngagementResource, EngagementState, QueueEntry } from '../../model/index.js';

export interface EngagementProfile {
  interactionId: string;
  visitID: string;
  pageID: string;
  rule: string;
  actionableEventId: string;
  group: string;
  state: EngagementState;
  reason: string | null;
  startDate: number;
  endDate: number;
  queues: QueueEntry[];
  userData: Record<string, string>;
  /** The invitation as sent, while it may have to be sent again. */
  invitation: { title: string; text: string; acceptLabel: string; rejectLabel: string } | null;
  /** When the browser said that the invitation is on the screen; null when it never did. */
  shownAt: number | null;
  expiresAt: number;
  /** Whether the group may hold a slot for this engagement. */
  holdsCapacity: boolean;
  /** When the engagement must be woken; null for never. */
  deadlineMs: number | null;
}

const finalStates: ReadonlySet<EngagementState> = new Set([
  'FINISHED',
  'CANCELLED',
  'REJECTED',
  'TIMEOUT',
  'MISSED',
  'FAILED',
]);

export function isFinal(state: EngagementState): boolean {
  return finalStates.has(state);
}

/** The queue that a state's interaction stands in; undefined where the state has none of its own. */
export const queueOfState: Partial<Record<EngagementState, EngagementQueue>> = {
  QUALIFIED: 'queueQualified',
  ENGAGED: 'queueEngaged',
  ACCEPTED: 'queueAccepted',
  REJECTED: 'queueRejected',
  TIMEOUT: 'queueTimeout',
  MISSED: 'queueMissed',
  FAILED: 'queueFailed',
};

export function toResource(profile: EngagementProfile): EngagementResource {
  return {
    interactionId: profile.interactionId,
    visitId: profile.visitID,
    pageId: profile.pageID,
    rule: profile.rule,
    actionableEventId: profile.actionableEventId,
    state: profile.state,
    reason: profile.reason,
    channel: 'chat',
    startDate: profile.startDate,
    endDate: profile.endDate,
    queues: [...profile.queues],
    userData: { ...profile.userData },
  };
}
