/**
 * What Beckon asks of its operational store, as whole intentions. Each implementation passes the contract
 * suite in `test/contract/`. Rows are keyed by ids that do not change when the same inputs are stepped again,
 * so writing twice is writing once.
 */
import type {
  ActorRow,
  ChatResource,
  DocumentVersion,
  EngagementResource,
  EventSegment,
  IdentityResource,
  PageResource,
  VisitIdentity,
  VisitResource,
} from '../model/index.js';

/** A cell's encoded state after its input `seq` of the journal. */
export interface CellSnapshot {
  key: string;
  seq: number;
  /** When the cell wants to be woken, epoch milliseconds; null for never. */
  deadlineMs: number | null;
  bytes: Uint8Array;
}

export type Row = (ActorRow | { entity: 'cell'; value: CellSnapshot }) & {
  /**
   * When the row was made, microseconds: a cell's later rows have higher ones. Of two rows of one key the
   * higher one stays, whichever is written later, as when a node comes back with rows that it could not write
   * before others wrote newer ones. Without one it is the time of the write. A cell has its `seq` and a
   * document its own version instead.
   */
  version?: number;
};

/** A row that a sink will never take, and why. */
export interface RefusedRow {
  row: Row;
  error: unknown;
}

/**
 * What the write-behind queue writes to: the operational store, the search index. Every intention may come
 * again after it was done, and changes nothing then.
 */
export interface RowSink {
  /**
   * Writes the rows, later ones of the same key over earlier ones. Throws a retryable `AppError` when the
   * sink cannot take rows now: the same rows come again. Rows that it will never take it may name in its
   * answer when it has taken all others; when it throws anything else, it is given smaller parts to find
   * them.
   */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- none refused: no answer
  write(rows: readonly Row[]): Promise<void | readonly RefusedRow[]>;
  /**
   * Removes all that is kept under a visit: its row, pages, events, ties to identities, engagements, chats
   * and its cell (`visit/<visitId>`).
   */
  eraseVisit(visitId: string): Promise<void>;
  /** Removes an identity and its ties to visits; the visits stay. */
  eraseIdentity(identityId: string): Promise<void>;
}

export interface OperationalStore extends RowSink {
  /**
   * Writes rows; when it resolves, all of them are kept durably and every later read sees them. When it
   * throws, some may be written and some not, and the same rows once more complete it. A cell's snapshot is
   * never there before the rows that come with it. Of rows of the same key the one of the higher version
   * stays, and of equal ones the later, as does the write that was begun later; a cell never goes back in
   * `seq`. With a row that can never be kept (INTERNAL) nothing is written.
   */
  write(rows: readonly Row[]): Promise<void>;

  readVisit(visitId: string): Promise<VisitResource | undefined>;
  /**
   * Visits that started from `sinceMs` on and before `untilMs`, by start and then by id, `limit` at most,
   * after the visit `after`.
   */
  readVisitsStarted(
    sinceMs: number,
    untilMs: number,
    limit: number,
    after?: Pick<VisitResource, 'startDate' | 'visitId'>,
  ): Promise<VisitResource[]>;
  /** The visits of one browser, newest first, `limit` at most. */
  readVisitsOfGlobalVisit(globalVisitID: string, limit: number): Promise<VisitResource[]>;
  /** By start date. */
  readPages(visitId: string): Promise<PageResource[]>;
  readPage(pageId: string): Promise<PageResource | undefined>;
  /** In order, from the segment that holds `fromOrdinal`. */
  readEvents(visitId: string, fromOrdinal?: number): Promise<EventSegment[]>;
  /** The visit that has the event. */
  readVisitIdOfEvent(eventId: string): Promise<string | undefined>;
  readIdentity(identityId: string): Promise<IdentityResource | undefined>;
  /** In an order of the store's own that never changes, `limit` at most, after `afterId`. */
  readIdentities(limit: number, afterId?: string): Promise<IdentityResource[]>;
  readIdentitiesOfVisit(visitId: string): Promise<VisitIdentity[]>;
  /** Newest first and then by visit, `limit` at most, after the tie `after`, which need not be there. */
  readVisitsOfIdentity(
    identityId: string,
    limit: number,
    after?: Pick<VisitIdentity, 'at' | 'visitId'>,
  ): Promise<VisitIdentity[]>;
  readEngagements(visitId: string): Promise<EngagementResource[]>;
  readEngagement(interactionId: string): Promise<EngagementResource | undefined>;
  readChat(chatId: string): Promise<ChatResource | undefined>;
  readChatsOfVisit(visitId: string): Promise<ChatResource[]>;

  /** The newest version of each name of a kind, deletions included. */
  readDocuments(kind: string): Promise<DocumentVersion[]>;
  readDocumentVersion(kind: string, name: string, version: number): Promise<DocumentVersion | undefined>;
  /** Newest first. */
  readDocumentHistory(kind: string, name: string, limit: number): Promise<DocumentVersion[]>;

  readCell(key: string): Promise<CellSnapshot | undefined>;
  /**
   * Keys of cells with a deadline, those of an earlier hour first, streamed in pages so that many cost little
   * memory.
   */
  readDeadlines(): AsyncIterable<{ key: string; deadlineMs: number }>;

  close(): Promise<void>;
}
