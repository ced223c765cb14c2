/** What the embedded index and its worker say to each other; replies are those of the store's worker. */
import type { Row } from '../operational-store.js';
import type { Condition, CountBy, IndexEntity, IndexWriteMode } from '../search-index.js';
import type { Retention } from '../retention.js';
import type { Cursor } from '../index-documents/index.js';

export interface IndexWorkerSettings {
  file: string;
  retention: Retention;
  purgeIntervalMs: number;
}

export interface FindRequest {
  entity: IndexEntity;
  where: Condition;
  descending: boolean;
  limit: number;
  after: Cursor | undefined;
}

export type IndexRequest =
  | { id: number; kind: 'write'; rows: readonly Row[]; mode: IndexWriteMode }
  | ({ id: number; kind: 'find' } & FindRequest)
  | { id: number; kind: 'count'; entity: IndexEntity; where: Condition; by: CountBy }
  | { id: number; kind: 'erase'; field: 'visitId' | 'identityId'; of: string }
  | { id: number; kind: 'clear' };
