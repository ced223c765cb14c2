/**
 * What Beckon asks of its search index, as whole intentions. The index holds copies of rows for finding and
 * counting them; the operational store stays the truth, from which the index can be filled again. Each
 * implementation passes the contract suite in `test/contract/index`.
 */
import type { RefusedRow, Row, RowSink } from './operational-store.js';

export const indexEntities = [
  'visit',
  'page',
  'event',
  'identity',
  'association',
  'engagement',
  'chat',
] as const;
export type IndexEntity = (typeof indexEntities)[number];

/**
 * A document as it is found: the resource of the History REST API that it copies, with `entity`, `id`, and
 * `@timestamp`, the date it is ordered by (epoch milliseconds; an identity has none). Categories are a list;
 * an end date is absent while the thing is open; a chat has its words as `transcript`.
 */
export type IndexDocument = Readonly<Record<string, unknown>> & {
  readonly entity: IndexEntity;
  readonly id: string;
};

/** Which documents are meant. Fields are those of `indexFields`, and `data.<key>`, `userData.<key>`. */
export type Condition =
  | { readonly kind: 'all' }
  /** One of the field's values is one of `values`. */
  | { readonly kind: 'equals'; readonly field: string; readonly values: readonly (string | number)[] }
  /** From `from` on and before `before`; of fields that hold dates or numbers. */
  | { readonly kind: 'range'; readonly field: string; readonly from?: number; readonly before?: number }
  | { readonly kind: 'exists'; readonly field: string }
  /** Every word of `words` is among the document's words, whatever its case. */
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };

export interface IndexSearch {
  readonly entity: IndexEntity;
  readonly where?: Condition;
  /** Default newest; identities come by id. */
  readonly order?: 'newest' | 'oldest';
  /** At most `searchLimits.documentsMax`. */
  readonly limit: number;
  /** `next` of the answer before. */
  readonly after?: string;
}

export interface Found {
  /** How many documents match; counted no further than `searchLimits.totalMax`. */
  readonly total: number;
  readonly documents: IndexDocument[];
  /** Present when there may be more. */
  readonly next?: string;
}

/** By time: the start of each interval in UTC. By a field: its commonest values, `limit` at most. */
export type CountBy =
  | { readonly kind: 'time'; readonly interval: 'hour' | 'day' }
  | { readonly kind: 'values'; readonly field: string; readonly limit: number };

export interface IndexCount {
  readonly key: string | number;
  readonly count: number;
}

/**
 * Of two writes of a document that of the row with the higher version stays, as in the operational store.
 * `fill` leaves documents alone that are there where the version of what it brings is not known.
 */
export type IndexWriteMode = 'overwrite' | 'fill';

export const searchLimits = {
  documentsMax: 1_000,
  totalMax: 10_000,
  countsMax: 1_000,
  /** Conditions inside one another, and all of one search. */
  conditionDepthMax: 20,
  conditionsMax: 200,
  wordsLengthMax: 1_000,
} as const;

export interface SearchIndex extends RowSink {
  /**
   * Indexes what of `rows` is searched for, so that writing twice is writing once. Resolves when the index
   * has it, with the rows that it will never take; it can be found soon after. Throws `AppError`:
   * STORE_UNAVAILABLE while the index is down, OVERLOADED while it takes no more.
   */
  write(rows: readonly Row[], mode?: IndexWriteMode): Promise<readonly RefusedRow[]>;
  /** Resolves when all that was written can be found. */
  refresh(): Promise<void>;
  /**
   * Throws `AppError` BAD_REQUEST for a field that is not known, a cursor that is none, or a search beyond
   * `searchLimits`.
   */
  find(search: IndexSearch): Promise<Found>;
  /** Times in their order, values with the commonest first. Throws as `find`. */
  count(entity: IndexEntity, where: Condition, by: CountBy): Promise<IndexCount[]>;
  /** Removes every document, so that `write` in mode `fill` starts from nothing. */
  clear(): Promise<void>;
  /** Removes what was kept long enough. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
