/** The words of an engagement (spec/engagement.md sections 1 and 2). */

/** The interaction profile's states. The last six are final. */
export type EngagementState =
  | 'QUALIFIED'
  | 'ENGAGED'
  | 'ACCEPTED'
  | 'MEDIA_STARTED'
  | 'FINISHED'
  | 'CANCELLED'
  | 'REJECTED'
  | 'TIMEOUT'
  | 'MISSED'
  | 'FAILED';

/** The option of section `queues` (or `chat/webengagementChatQueue`) that names each queue. */
export type EngagementQueue =
  | 'queueQualified'
  | 'queueEngaged'
  | 'queueAccepted'
  | 'queueRejected'
  | 'queueTimeout'
  | 'queueMissed'
  | 'queueFailed'
  | 'webengagementChatQueue';

/** Why a policy made no offer; `noAgents` and `noCapacity` are the default policy's. */
export type NoEngageReason = 'noAgents' | 'noCapacity' | 'expired' | (string & {});

export interface QueueEntry {
  queue: EngagementQueue;
  at: number;
}

/** An engagement as stored and served. `queues` lists each queue it entered, in order. */
export interface EngagementResource {
  interactionId: string;
  visitId: string;
  pageId: string;
  rule: string;
  actionableEventId: string;
  state: EngagementState;
  reason: string | null;
  channel: 'chat';
  startDate: number;
  endDate: number;
  queues: QueueEntry[];
  userData: Record<string, string>;
}

/** What the browser answers to an invitation; `shown` says only that it is on the screen. */
export const dispositionCodes = ['shown', 'accept', 'reject', 'timeout', 'missed'] as const;
export type DispositionCode = (typeof dispositionCodes)[number];
