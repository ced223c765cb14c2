/** Every row of a kind, in the order of its key: for moving a store. */
import type { Row } from '../operational-store.js';
import type { Entity } from '../row-pages.js';
import { type QueryName, queries, type RawRow } from './queries.js';
import { tables } from './tables.js';

export interface Whole {
  query: QueryName;
  /** Comes before every key. */
  start: readonly (string | number)[];
  keyOf(row: Row): (string | number)[];
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it ties the key to its entity
function whole<E extends Entity>(
  query: QueryName,
  start: readonly (string | number)[],
  keyOf: (value: Extract<Row, { entity: E }>['value']) => (string | number)[],
): Whole {
  return { query, start, keyOf: (row) => keyOf(row.value as never) };
}

export const wholes: Readonly<Record<Entity, Whole>> = {
  visit: whole<'visit'>('allVisits', [''], ({ visitId }) => [visitId]),
  page: whole<'page'>('allPages', ['', ''], ({ visitId, pageId }) => [visitId, pageId]),
  events: whole<'events'>('allEvents', ['', -1], ({ visitId, firstOrdinal }) => [visitId, firstOrdinal]),
  identity: whole<'identity'>('allIdentities', [''], ({ identityId }) => [identityId]),
  visitIdentity: whole<'visitIdentity'>('allTies', ['', ''], ({ visitId, identityId }) => [
    visitId,
    identityId,
  ]),
  engagement: whole<'engagement'>('allEngagements', [''], ({ interactionId }) => [interactionId]),
  chat: whole<'chat'>('allChats', [''], ({ chatId }) => [chatId]),
  document: whole<'document'>('allDocuments', ['', '', -1], ({ kind, name, version }) => [
    kind,
    name,
    version,
  ]),
  cell: whole<'cell'>('allCells', [''], ({ key }) => [key]),
};

/** The rows of a visit: what reads each kind by the visit's id alone. */
export const ofVisit = [
  ['visit', 'visit'],
  ['page', 'pages'],
  ['visitIdentity', 'identitiesOfVisit'],
  ['engagement', 'engagements'],
  ['chat', 'chatsOfVisit'],
] as const satisfies readonly (readonly [Entity, QueryName])[];

/** The row that `raw`, of the query `name`, is. */
export function rowOf(entity: Entity, name: QueryName, raw: RawRow): Row {
  const value = queries[name].toValue(raw);
  const version = tables[entity].versioned ? (raw.at(-1) as number) : 0;
  return { entity, value, ...(version === 0 ? {} : { version }) } as Row;
}
