/** What a visit remembers. Bounds are named beside the lists they hold; over one, the oldest goes. */
import type { VisitScope } from '../../model/index.js';
import type { VisitSession } from './rule-run.js';

export const visitBounds = {
  /** Fingerprints of event ids kept for recognising repeats. */
  seenEventsMax: 512,
  openPagesMax: 32,
  identitiesMax: 16,
  openEngagementsMax: 4,
  /** Bytes of encoded events kept in memory; older ones are in the store. */
  logBytesMax: 64 * 1024,
  /**
   * So many pieces smaller than this stay apart; one more joins them, since small arrays cost more than their
   * bytes.
   */
  logSegmentsMax: 4,
  logSegmentBytesMax: 8 * 1024,
  /** Events that a rebuilt rule session is fed at most. */
  rebuildEventsMax: 1_000,
  /** Values copied from events to an interaction's user data. */
  userFieldsMax: 64,
  userFieldLengthMax: 1_024,
} as const;

export interface OpenPage {
  pageID: string;
  url: string;
  title: string;
  category: string;
  startDate: number;
}

/** Some events as the event codec's bytes, the first of them the visit's `firstOrdinal`-th. */
export interface LogSegment {
  firstOrdinal: number;
  bytes: Uint8Array;
}

export interface VisitState {
  visitID: string;
  globalVisitID: string;
  /** 0 until the visit has begun: such a state is of an id that nobody was given. */
  startDate: number;
  endDate: number;
  /** When a page or event last came, epoch milliseconds on the server's clock. */
  lastActivityAt: number;
  userAgentId: string | null;
  /** Events taken so far, ACTIONABLE ones included: the next event's ordinal. */
  eventCount: number;
  seen: number[];
  openPages: OpenPage[];
  identities: { identityId: string; scope: VisitScope }[];
  /** What the options of section `userData` select from the visit's system events. */
  userFields: Record<string, string>;
  /** Engagements so far, and those of them that have not ended. */
  engagementCount: number;
  openEngagements: string[];
  /** The rule session and the set of documents whose rules it belongs to; null when it must be rebuilt. */
  session: VisitSession | null;
  sessionDocuments: number;
  /** How far the session's clock, which follows the events, is behind the server's. */
  clockLagMs: number;
  /** The visit's events in memory, oldest first; null when they must be read from the store. */
  log: LogSegment[] | null;
  logBytes: number;
  deadlineMs: number | null;
}

export function initialVisit(visitID: string): VisitState {
  return {
    visitID,
    globalVisitID: '',
    startDate: 0,
    endDate: 0,
    lastActivityAt: 0,
    userAgentId: null,
    eventCount: 0,
    seen: [],
    openPages: [],
    identities: [],
    userFields: {},
    engagementCount: 0,
    openEngagements: [],
    session: null,
    sessionDocuments: 0,
    clockLagMs: 0,
    log: [],
    logBytes: 0,
    deadlineMs: null,
  };
}
