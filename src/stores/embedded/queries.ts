/** Every read of the embedded store: its SQL and how a row of the answer becomes a value. */
import {
  type ChatResource,
  type DocumentVersion,
  type EngagementResource,
  type EventSegment,
  type IdentityResource,
  type PageResource,
  type VisitIdentity,
  type VisitResource,
} from '../../model/index.js';
import { type CellSnapshot } from '../operational-store.js';

/** A row as the worker sends it: columns in the order of the query. */
export type RawRow = unknown[];

interface Query<Value> {
  sql: string;
  toValue(row: RawRow): Value;
}

/** Columns of SQLite come back as they were written; the tables' own types say what each one is. */
function query<Value>(sql: string, toValue: (row: never) => Value): Query<Value> {
  return { sql, toValue };
}

type Text = string | null;

// The version stands last among the columns of every kind of row that has one.

const visitColumns = 'visit_id, start_date, end_date, global_visit_id, user_agent_id, version';
type VisitRow = [string, number, number, string, Text];
function toVisit([visitId, startDate, endDate, globalVisitID, userAgentId]: VisitRow): VisitResource {
  return { visitId, startDate, endDate, globalVisitID, userAgentId };
}

const pageColumns = 'page_id, visit_id, url, title, category, start_date, end_date, version';
type PageRow = [string, string, string, string, string, number, number];
function toPage([pageId, visitId, url, title, category, startDate, endDate]: PageRow): PageResource {
  return { pageId, visitId, url, title, category, startDate, endDate };
}

const segmentColumns = 'visit_id, first_ordinal, count, bytes, version';
type SegmentRow = [string, number, number, Uint8Array];
function toSegment([visitId, firstOrdinal, count, bytes]: SegmentRow): EventSegment {
  return { visitId, firstOrdinal, count, bytes };
}

const identityColumns = 'identity_id, name, location, entity_in_cs, version';
function toIdentity([identityId, name, location, entityInCS]: [string, Text, Text, Text]): IdentityResource {
  return { identityId, name, location, entityInCS };
}

const tieColumns = 'visit_id, identity_id, visit_scope, at, version';
type TieRow = [string, string, VisitIdentity['visitScope'], number];
function toTie([visitId, identityId, visitScope, at]: TieRow): VisitIdentity {
  return { visitId, identityId, visitScope, at };
}

const engagementColumns =
  'interaction_id, visit_id, page_id, rule, actionable_event_id, state, reason, channel, ' +
  'start_date, end_date, queues, user_data, version';
type EngagementRow = [
  ...[interactionId: string, visitId: string, pageId: string, rule: string, actionableEventId: string],
  ...[state: EngagementResource['state'], reason: Text, channel: 'chat', startDate: number, endDate: number],
  ...[queues: string, userData: string],
];
function toEngagement(row: EngagementRow): EngagementResource {
  const [interactionId, visitId, pageId, rule, actionableEventId, state, reason, channel, ...rest] = row;
  const [startDate, endDate, queues, userData] = rest;
  return {
    interactionId,
    visitId,
    pageId,
    rule,
    actionableEventId,
    state,
    reason,
    channel,
    startDate,
    endDate,
    queues: JSON.parse(queues) as EngagementResource['queues'],
    userData: JSON.parse(userData) as EngagementResource['userData'],
  };
}

const chatColumns =
  'chat_id, visit_id, state, start_date, end_date, agent, agent_name, "group", entries, version';
type ChatRow = [string, string, ChatResource['state'], number, number, Text, Text, string, string];
function toChat(row: ChatRow): ChatResource {
  const [chatId, visitId, state, startDate, endDate, agent, agentName, group, entries] = row;
  return {
    chatId,
    visitId,
    state,
    startDate,
    endDate,
    agent,
    agentName,
    group,
    entries: JSON.parse(entries) as ChatResource['entries'],
  };
}

const documentColumns = 'kind, name, version, at, value';
function toDocument(row: [string, string, number, number, Text]): DocumentVersion {
  const [kind, name, version, at, value] = row;
  return { kind, name, version, at, value };
}

type CellRow = [string, number, number | null, Uint8Array];
function toCell([key, seq, deadlineMs, bytes]: CellRow): CellSnapshot {
  return { key, seq, deadlineMs, bytes };
}

/** The next rows of a table in the order of its key, after a key and at most so many. */
function all(columns: string, table: string, key: readonly string[]): string {
  const [names, places] = [key.join(', '), key.map(() => '?').join(', ')];
  return `SELECT ${columns} FROM ${table} WHERE (${names}) > (${places}) ORDER BY ${names} LIMIT ?`;
}

export const queries = {
  visit: query(`SELECT ${visitColumns} FROM visits WHERE visit_id = ?`, toVisit),
  visitsStarted: query(
    `SELECT ${visitColumns} FROM visits WHERE (start_date, visit_id) > (?, ?) AND start_date < ? ` +
      'ORDER BY start_date, visit_id LIMIT ?',
    toVisit,
  ),
  visitsOfGlobalVisit: query(
    `SELECT ${visitColumns} FROM visits WHERE global_visit_id = ? ORDER BY start_date DESC, visit_id LIMIT ?`,
    toVisit,
  ),
  pages: query(`SELECT ${pageColumns} FROM pages WHERE visit_id = ? ORDER BY start_date, page_id`, toPage),
  // Ids of pages come from browsers: a second visit may claim one, and the first to use it keeps it.
  page: query(
    `SELECT ${pageColumns} FROM pages WHERE page_id = ? ORDER BY start_date, visit_id LIMIT 1`,
    toPage,
  ),
  events: query(
    `SELECT ${segmentColumns} FROM events ` +
      'WHERE visit_id = ? AND first_ordinal >= ? AND first_ordinal + count > ? ' +
      'ORDER BY first_ordinal LIMIT ?',
    toSegment,
  ),
  // Hashes are looked through a stretch at a time, the newest first; then the segments that a hash points to.
  lastHashes: query('SELECT max(rowid) FROM event_hashes', ([place]: [number | null]) => place ?? 0),
  segmentsWithHash: query(
    'SELECT first_segment, last_segment FROM event_hashes WHERE rowid > ? AND rowid <= ? ' +
      'AND (hashes IS NULL OR instr(hashes, unhex(?)) > 0) ORDER BY rowid DESC',
    ([first, last]: [number, number]) => ({ first, last }),
  ),
  segmentsWithBytes: query(
    `SELECT ${segmentColumns} FROM events ` + 'WHERE rowid > ? AND rowid <= ? AND instr(bytes, unhex(?)) > 0',
    toSegment,
  ),
  identity: query(`SELECT ${identityColumns} FROM identities WHERE identity_id = ?`, toIdentity),
  identities: query(
    `SELECT ${identityColumns} FROM identities WHERE identity_id > ? ORDER BY identity_id LIMIT ?`,
    toIdentity,
  ),
  identitiesOfVisit: query(
    `SELECT ${tieColumns} FROM visit_identities WHERE visit_id = ? ORDER BY at, identity_id`,
    toTie,
  ),
  visitsOfIdentity: query(
    `SELECT ${tieColumns} FROM visit_identities WHERE identity_id = ? AND at <= ? ` +
      'AND (at < ? OR visit_id > ?) ORDER BY at DESC, visit_id LIMIT ?',
    toTie,
  ),
  engagements: query(
    `SELECT ${engagementColumns} FROM engagements WHERE visit_id = ? ORDER BY start_date, interaction_id`,
    toEngagement,
  ),
  engagement: query(`SELECT ${engagementColumns} FROM engagements WHERE interaction_id = ?`, toEngagement),
  chat: query(`SELECT ${chatColumns} FROM chats WHERE chat_id = ?`, toChat),
  chatsOfVisit: query(
    `SELECT ${chatColumns} FROM chats WHERE visit_id = ? ORDER BY start_date, chat_id`,
    toChat,
  ),
  documents: query(
    `SELECT ${documentColumns} FROM documents AS d WHERE kind = ? AND version = ` +
      '(SELECT max(version) FROM documents WHERE kind = d.kind AND name = d.name) ORDER BY name',
    toDocument,
  ),
  documentVersion: query(
    `SELECT ${documentColumns} FROM documents WHERE kind = ? AND name = ? AND version = ?`,
    toDocument,
  ),
  documentHistory: query(
    `SELECT ${documentColumns} FROM documents WHERE kind = ? AND name = ? ORDER BY version DESC LIMIT ?`,
    toDocument,
  ),
  cell: query('SELECT key, seq, deadline_ms, bytes FROM cells WHERE key = ?', toCell),
  deadlines: query(
    'SELECT key, deadline_ms FROM cells WHERE deadline_ms IS NOT NULL AND (deadline_ms, key) > (?, ?) ' +
      'ORDER BY deadline_ms, key LIMIT ?',
    ([key, deadlineMs]: [string, number]) => ({ key, deadlineMs }),
  ),
  allVisits: query(all(visitColumns, 'visits', ['visit_id']), toVisit),
  allPages: query(all(pageColumns, 'pages', ['visit_id', 'page_id']), toPage),
  allEvents: query(all(segmentColumns, 'events', ['visit_id', 'first_ordinal']), toSegment),
  allIdentities: query(all(identityColumns, 'identities', ['identity_id']), toIdentity),
  allTies: query(all(tieColumns, 'visit_identities', ['visit_id', 'identity_id']), toTie),
  allEngagements: query(all(engagementColumns, 'engagements', ['interaction_id']), toEngagement),
  allChats: query(all(chatColumns, 'chats', ['chat_id']), toChat),
  allDocuments: query(all(documentColumns, 'documents', ['kind', 'name', 'version']), toDocument),
  allCells: query(all('key, seq, deadline_ms, bytes', 'cells', ['key']), toCell),
};

export type QueryName = keyof typeof queries;
export type QueryValue<Name extends QueryName> = ReturnType<(typeof queries)[Name]['toValue']>;
