/**
 * What the store and its worker say to each other. Rows travel flat: cloning an object for each would cost
 * more.
 */
import { type Row } from '../operational-store.js';
import { type QueryName, type RawRow } from './queries.js';

export interface WorkerSettings {
  file: string;
  purgeIntervalMs: number;
}

/**
 * Rows of one table. In `values` a column of bytes is its size; the bytes follow one another in the request's
 * `bytes`.
 */
export interface RowGroup {
  entity: Row['entity'];
  count: number;
  values: (string | number | null)[];
}

/** Of what everything is removed. */
export type Erasure = 'visit' | 'identity';

export type StoreRequest =
  | { id: number; kind: 'write'; groups: RowGroup[]; bytes: Uint8Array }
  | { id: number; kind: 'read'; query: QueryName; parameters: (string | number)[] }
  | { id: number; kind: 'erase'; what: Erasure; of: string };

/** What every worker understands besides: to remove what is expired; to finish and let go of its files. */
export type CommonRequest = { id: number; kind: 'purge' } | { id: number; kind: 'close' };

/**
 * `retryable`: the same request may succeed later, because the trouble is the disk's and not the request's.
 */
export type Reply =
  | { id: number; kind: 'done'; rows: RawRow[] }
  | { id: number; kind: 'failed'; message: string; retryable: boolean };

/** The worker's opening has this id. */
export const openingId = 0;
