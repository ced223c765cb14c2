/**
 * How each kind of row lies in its table: one entry an entity, read by the store, its worker and the purge.
 */
import { type Row } from '../operational-store.js';
import { type Erasure } from './protocol.js';

/** What a column may hold on its way to the worker. */
export type ColumnValue = string | number | null | Uint8Array;

type Entity = Row['entity'];
type ValueOf<E extends Entity> = Extract<Row, { entity: E }>['value'];

export interface Table<E extends Entity = Entity> {
  name: string;
  /** Columns that name a row; writing it again overwrites the others. */
  key: readonly string[];
  /** The other columns, but for `version` of tables that have one, and `expires_at`, which stands last. */
  rest: readonly string[];
  /** Its rows are versioned: an older one never overwrites a newer. */
  versioned: boolean;
  /** Where the bytes are among all columns, if there are any. */
  bytesAt?: number;
  /** Says when the row that is there already must stay. */
  keepIf?: string;
  /** Whose retention the rows have; without one they are kept for ever. */
  retention?: string | ((value: ValueOf<E>) => string | undefined);
  /** The columns' values, in order. */
  columnsOf(value: ValueOf<E>): ColumnValue[];
}

export const tables: { readonly [E in Entity]: Table<E> } = {
  visit: {
    name: 'visits',
    key: ['visit_id'],
    rest: ['start_date', 'end_date', 'global_visit_id', 'user_agent_id'],
    versioned: true,
    retention: 'visit',
    columnsOf: (visit) => [
      visit.visitId,
      visit.startDate,
      visit.endDate,
      visit.globalVisitID,
      visit.userAgentId,
    ],
  },
  page: {
    name: 'pages',
    key: ['visit_id', 'page_id'],
    rest: ['url', 'title', 'category', 'start_date', 'end_date'],
    versioned: true,
    retention: 'page',
    columnsOf: (page) => [
      page.visitId,
      page.pageId,
      page.url,
      page.title,
      page.category,
      page.startDate,
      page.endDate,
    ],
  },
  events: {
    name: 'events',
    key: ['visit_id', 'first_ordinal'],
    rest: ['count', 'bytes'],
    versioned: true,
    bytesAt: 3,
    retention: 'event',
    columnsOf: (segment) => [segment.visitId, segment.firstOrdinal, segment.count, segment.bytes],
  },
  identity: {
    name: 'identities',
    key: ['identity_id'],
    rest: ['name', 'location', 'entity_in_cs'],
    versioned: true,
    retention: 'identity',
    columnsOf: (identity) => [identity.identityId, identity.name, identity.location, identity.entityInCS],
  },
  visitIdentity: {
    name: 'visit_identities',
    key: ['visit_id', 'identity_id'],
    rest: ['visit_scope', 'at'],
    versioned: true,
    retention: 'visit',
    columnsOf: (tie) => [tie.visitId, tie.identityId, tie.visitScope, tie.at],
  },
  engagement: {
    name: 'engagements',
    key: ['interaction_id'],
    rest: [
      'visit_id',
      'page_id',
      'rule',
      'actionable_event_id',
      'state',
      'reason',
      'channel',
      'start_date',
      'end_date',
      'queues',
      'user_data',
    ],
    versioned: true,
    retention: 'engagement',
    columnsOf: (engagement) => [
      engagement.interactionId,
      engagement.visitId,
      engagement.pageId,
      engagement.rule,
      engagement.actionableEventId,
      engagement.state,
      engagement.reason,
      engagement.channel,
      engagement.startDate,
      engagement.endDate,
      JSON.stringify(engagement.queues),
      JSON.stringify(engagement.userData),
    ],
  },
  chat: {
    name: 'chats',
    key: ['chat_id'],
    rest: ['visit_id', 'state', 'start_date', 'end_date', 'agent', 'agent_name', '"group"', 'entries'],
    versioned: true,
    retention: 'chat',
    columnsOf: (chat) => [
      chat.chatId,
      chat.visitId,
      chat.state,
      chat.startDate,
      chat.endDate,
      chat.agent,
      chat.agentName,
      chat.group,
      JSON.stringify(chat.entries),
    ],
  },
  document: {
    name: 'documents',
    key: ['kind', 'name', 'version'],
    rest: ['at', 'value'],
    versioned: false,
    columnsOf: (document) => [document.kind, document.name, document.version, document.at, document.value],
  },
  cell: {
    name: 'cells',
    key: ['key'],
    rest: ['seq', 'deadline_ms', 'bytes'],
    versioned: false,
    bytesAt: 3,
    keepIf: 'cells.seq > excluded.seq',
    // What remains of a visit that waits for nothing goes with it; other cells are few, and a visit that
    // waits stays.
    retention: (cell) => (cell.deadlineMs === null && cell.key.startsWith('visit/') ? 'visit' : undefined),
    columnsOf: (cell) => [cell.key, cell.seq, cell.deadlineMs, cell.bytes],
  },
};

export const entities = Object.keys(tables) as Entity[];

export function columnCount(table: Table): number {
  return table.key.length + table.rest.length + (table.versioned ? 2 : 1);
}

/** Inserts `rows` rows, each over the one with its key, unless that is newer. */
export function upsertSql(table: Table, rows: number): string {
  const overwritten = [...table.rest, ...(table.versioned ? ['version'] : []), 'expires_at'];
  const keepIf = table.versioned ? `${table.name}.version > excluded.version` : table.keepIf;
  const one = `(${Array<string>(columnCount(table)).fill('?').join(',')})`;
  return (
    `INSERT INTO ${table.name} (${[...table.key, ...overwritten].join(',')}) ` +
    `VALUES ${Array<string>(rows).fill(one).join(',')} ON CONFLICT (${table.key.join(',')}) DO UPDATE SET ` +
    overwritten.map((column) => `${column}=excluded.${column}`).join(',') +
    (keepIf === undefined ? '' : ` WHERE NOT (${keepIf})`)
  );
}

/** What removes everything of a visit or identity: statements with one parameter, made from its id. */
export const erasures: Readonly<
  Record<Erasure, readonly { sql: string; parameter: (id: string) => string }[]>
> = {
  visit: [
    ...[tables.visit, tables.page, tables.events, tables.visitIdentity, tables.engagement, tables.chat].map(
      ({ name }) => ({ sql: `DELETE FROM ${name} WHERE visit_id = ?`, parameter: (id: string) => id }),
    ),
    { sql: `DELETE FROM ${tables.cell.name} WHERE key = ?`, parameter: (id) => `visit/${id}` },
  ],
  identity: [tables.identity, tables.visitIdentity].map(({ name }) => ({
    sql: `DELETE FROM ${name} WHERE identity_id = ?`,
    parameter: (id) => id,
  })),
};

/** Removes at most `?2` rows that expired at `?1` or before. */
export function purgeSql(table: Table): string {
  const key = table.key.join(',');
  const expired = `SELECT ${key} FROM ${table.name} WHERE expires_at <= ? LIMIT ?`;
  return `DELETE FROM ${table.name} WHERE (${key}) IN (${expired})`;
}
