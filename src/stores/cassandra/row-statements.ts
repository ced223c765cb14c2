/**
 * What each row is in Cassandra: the statements that write it, with their values. Every statement may be
 * repeated, and none reads.
 */
import { Buffer } from 'node:buffer';
import { AppError } from '../../base/index.js';
import { eventIdsIn } from '../../model/index.js';
import type { ActorRow } from '../../model/index.js';
import type { Retention } from '../retention.js';
import { type Bucket, dayOf, hourOf, shardOf } from './buckets.js';
import { eventsPerPart, visitShards } from './tables.js';

/** A value of a column. Cassandra's `bigint` takes safe integers. */
export type Value = string | number | null | Uint8Array | readonly Uint8Array[] | readonly number[];

export interface Statement {
  cql: string;
  values: Value[];
  /** Statements of one place lie on the same nodes, and may travel together. */
  place: string;
  /** Roughly, in bytes. */
  size: number;
}

export interface RowStatements {
  statements: Statement[];
  /** Where the row is listed, to be known before it is. */
  buckets: Bucket[];
}

/** The database takes no longer time to live: 20 years. */
const ttlSecondsMax = 630_720_000;
const sizeOfSmall = 200;

/** The time to live of a row of the entity `name` in seconds; 0 for ever. */
export function ttlOf(name: string, retention: Retention): number {
  return Math.min(retention[name] ?? retention.all ?? 0, ttlSecondsMax);
}

/**
 * With `version` as the write time, so that of two writes of a row the one that was made later counts. Throws
 * `AppError` INTERNAL for a row with a value that no column takes.
 */
export function statementsOf(row: ActorRow, retention: Retention, version: number): RowStatements {
  const made = make(row, retention, version);
  for (const { values } of made.statements) values.forEach(check);
  return made;
}

function check(value: unknown): void {
  if (value === undefined) throw new AppError('INTERNAL', 'a row lacks a value');
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return;
  throw new AppError('INTERNAL', `a row has the number ${value}, which is not a safe integer`);
}

function make(row: ActorRow, retention: Retention, version: number): RowStatements {
  switch (row.entity) {
    case 'visit':
      return visit(row.value, [ttlOf('visit', retention), version]);
    case 'page':
      return page(row.value, [ttlOf('page', retention), version]);
    case 'events':
      return events(row.value, [ttlOf('event', retention), version]);
    case 'identity':
      return identity(row.value, [ttlOf('identity', retention), version]);
    case 'visitIdentity':
      return visitIdentity(row.value, [ttlOf('visit', retention), version]);
    case 'engagement':
      return engagement(row.value, [ttlOf('engagement', retention), version]);
    case 'chat':
      return chat(row.value, [ttlOf('chat', retention), version]);
    case 'document':
      return document(row.value);
  }
}

/** How long a row lives, and when it was made. */
type Life = readonly [ttl: number, version: number];

type Of<Entity extends ActorRow['entity']> = Extract<ActorRow, { entity: Entity }>['value'];

function visit(value: Of<'visit'>, life: Life): RowStatements {
  const { visitId, startDate, endDate, globalVisitID, userAgentId } = value;
  const [hour, shard, day] = [hourOf(startDate), shardOf(visitId, visitShards), dayOf(startDate)];
  return {
    statements: [
      small(visitId, insertVisit, [visitId, startDate, endDate, globalVisitID, userAgentId, ...life]),
      small(`${hour} ${shard}`, insertVisitOfHour, [hour, shard, startDate, visitId, ...life]),
      small(`${globalVisitID} ${day}`, insertVisitOfBrowser, [
        globalVisitID,
        day,
        startDate,
        visitId,
        ...life,
      ]),
    ],
    buckets: [
      { list: 'visits_by_hour', of: '', bucket: hour },
      { list: 'visits_by_browser', of: globalVisitID, bucket: day },
    ],
  };
}

const insertVisit =
  'INSERT INTO visits (visit_id, start_date, end_date, global_visit_id, user_agent_id) ' +
  'VALUES (?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';
const insertVisitOfHour =
  'INSERT INTO visits_by_hour (hour, shard, start_date, visit_id) ' +
  'VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';
const insertVisitOfBrowser =
  'INSERT INTO visits_by_browser (global_visit_id, day, start_date, visit_id) ' +
  'VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';

function page(value: Of<'page'>, life: Life): RowStatements {
  const { visitId, pageId, url, title, category, startDate, endDate } = value;
  const size = sizeOfSmall + url.length + title.length;
  return {
    statements: [
      {
        ...small(visitId, insertPage, [visitId, pageId, url, title, category, startDate, endDate, ...life]),
        size,
      },
      // Write times fall as pages are younger: the first to use an id keeps it.
      small(pageId, insertPageId, [pageId, visitId, life[0], Number.MAX_SAFE_INTEGER - startDate]),
    ],
    buckets: [],
  };
}

const insertPage =
  'INSERT INTO pages (visit_id, page_id, url, title, category, start_date, end_date) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';
const insertPageId = 'INSERT INTO pages_by_id (page_id, visit_id) VALUES (?, ?) USING TTL ? AND TIMESTAMP ?';

function events(value: Of<'events'>, life: Life): RowStatements {
  const { visitId, firstOrdinal, count, bytes } = value;
  const part = Math.floor(firstOrdinal / eventsPerPart);
  const place = `${visitId} ${part}`;
  const values = [...life, count, buffer(bytes), idsIn(bytes), visitId, part, firstOrdinal];
  const statements: Statement[] = [{ place, cql: updateEvents, values, size: sizeOfSmall + bytes.length }];
  if (part > 0) statements.push(small(`${visitId} 0`, addPart, [...life, [part], visitId]));
  return { statements, buckets: [] };
}

// An INSERT would first remove the ids that are there, and leave a tombstone in every row.
const updateEvents =
  'UPDATE events USING TTL ? AND TIMESTAMP ? SET count = ?, bytes = ?, event_ids = event_ids + ? ' +
  'WHERE visit_id = ? AND part = ? AND first_ordinal = ?';
const addPart =
  'UPDATE events USING TTL ? AND TIMESTAMP ? SET later_parts = later_parts + ? ' +
  'WHERE visit_id = ? AND part = 0';

/** A segment that is not one of events is kept all the same; its events cannot be found by their ids. */
function idsIn(bytes: Uint8Array): Uint8Array[] {
  try {
    return eventIdsIn(bytes).map(buffer);
  } catch {
    return [];
  }
}

function identity(value: Of<'identity'>, life: Life): RowStatements {
  const { identityId, name, location, entityInCS } = value;
  return one(small(identityId, insertIdentity, [identityId, name, location, entityInCS, ...life]));
}

const insertIdentity =
  'INSERT INTO identities (identity_id, name, location, entity_in_cs) ' +
  'VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';

function visitIdentity(value: Of<'visitIdentity'>, life: Life): RowStatements {
  const { visitId, identityId, visitScope, at } = value;
  const day = dayOf(at);
  const byIdentity = [identityId, day, at, visitId, visitScope, ...life];
  return {
    statements: [
      small(visitId, insertTie, [visitId, identityId, visitScope, at, ...life]),
      small(`${identityId} ${day}`, insertVisitOfIdentity, byIdentity),
    ],
    buckets: [{ list: 'visits_by_identity', of: identityId, bucket: day }],
  };
}

const insertTie =
  'INSERT INTO visit_identities (visit_id, identity_id, visit_scope, at) ' +
  'VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';
const insertVisitOfIdentity =
  'INSERT INTO visits_by_identity (identity_id, day, at, visit_id, visit_scope) ' +
  'VALUES (?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';

function engagement(value: Of<'engagement'>, life: Life): RowStatements {
  const [queues, userData] = [JSON.stringify(value.queues), JSON.stringify(value.userData)];
  const values = [
    value.visitId,
    value.interactionId,
    value.pageId,
    value.rule,
    value.actionableEventId,
    value.state,
    value.reason,
    value.channel,
    value.startDate,
    value.endDate,
    queues,
    userData,
    ...life,
  ];
  const size = sizeOfSmall + queues.length + userData.length;
  return one({ ...small(value.visitId, insertEngagement, values), size });
}

const insertEngagement =
  'INSERT INTO engagements (visit_id, interaction_id, page_id, rule, actionable_event_id, state, reason, ' +
  'channel, start_date, end_date, queues, user_data) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';

function chat(value: Of<'chat'>, life: Life): RowStatements {
  const { visitId, chatId, state, startDate, endDate, agent, agentName, group } = value;
  const entries = JSON.stringify(value.entries);
  const values = [visitId, chatId, state, startDate, endDate, agent, agentName, group, entries, ...life];
  return one({ ...small(visitId, insertChat, values), size: sizeOfSmall + entries.length });
}

const insertChat =
  'INSERT INTO chats (visit_id, chat_id, state, start_date, end_date, agent, agent_name, ' +
  'agent_group, transcript) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?';

function document({ kind, name, version, at, value }: Of<'document'>): RowStatements {
  const size = sizeOfSmall + (value?.length ?? 0);
  return {
    statements: [
      { ...small(`${kind} ${name}`, insertDocument, [kind, name, version, at, value]), size },
      small(kind, insertDocumentName, [kind, name]),
    ],
    buckets: [],
  };
}

const insertDocument = 'INSERT INTO documents (kind, name, version, at, value) VALUES (?, ?, ?, ?, ?)';
const insertDocumentName = 'INSERT INTO document_names (kind, name) VALUES (?, ?)';

function small(place: string, cql: string, values: Value[]): Statement {
  return { place, cql, values, size: sizeOfSmall };
}

function one(statement: Statement): RowStatements {
  return { statements: [statement], buckets: [] };
}

/** The driver takes bytes as a `Buffer`; this one shares them. */
export function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
