/**
 * Reading what a store keeps as rows with their versions, to move it or to fill an index: maintenance beside
 * the store's intentions.
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
  /** All that is kept under a visit but its cell: itself, its pages, events, ties, engagements, chats. */
  readRowsOfVisit(visitId: string): Promise<Row[]>;
}
