/**
 * Reading everything that a store keeps, to move it: a maintenance operation beside the store's intentions.
 */
import type { Row } from './operational-store.js';

export type Entity = Row['entity'];

/** Kinds of rows in the order in which they are moved; snapshots of cells after what they contain. */
export const movedEntities = [
  'document',
  'visit',
  'page',
  'events',
  'identity',
  'visitIdentity',
  'engagement',
  'chat',
  'cell',
] as const satisfies readonly Entity[];

export interface RowPage {
  rows: Row[];
  /** Where the next page begins; undefined after the last one. Stays good over restarts. */
  next: string | undefined;
}

export interface RowPages {
  /** Every row of a kind, page by page in an order of the store's own, from the place `from`. */
  readAll(entity: Entity, from?: string): AsyncIterable<RowPage>;
}
