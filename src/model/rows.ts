/**
 * What actors want kept: rows keyed by ids that do not change when the same inputs are stepped again, so that
 * writing twice is writing once.
 */
import type { ChatResource } from './chat.js';
import type { EngagementResource } from './engagement.js';
import type { IdentityResource, PageResource, VisitIdentity, VisitResource } from './history.js';

/**
 * Some events of one visit, in the visit's order, as the event codec's bytes. `firstOrdinal` counts from 0.
 */
export interface EventSegment {
  visitId: string;
  firstOrdinal: number;
  count: number;
  bytes: Uint8Array;
}

/**
 * One version of a cluster-wide value. Versions of a (kind, name) count from 1; null `value` marks a
 * deletion.
 */
export interface DocumentVersion {
  kind: string;
  name: string;
  version: number;
  /** Epoch milliseconds. */
  at: number;
  value: string | null;
}

/** A row that an actor's `persist` effect carries. */
export type ActorRow =
  | { entity: 'visit'; value: VisitResource }
  | { entity: 'page'; value: PageResource }
  | { entity: 'events'; value: EventSegment }
  | { entity: 'identity'; value: IdentityResource }
  | { entity: 'visitIdentity'; value: VisitIdentity }
  | { entity: 'engagement'; value: EngagementResource }
  | { entity: 'chat'; value: ChatResource }
  | { entity: 'document'; value: DocumentVersion };
