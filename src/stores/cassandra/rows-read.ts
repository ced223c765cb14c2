/** Reads of one row or one partition, and how a row becomes a value. */
import type {
  ChatResource,
  DocumentVersion,
  EngagementResource,
  IdentityResource,
  PageResource,
  VisitIdentity,
  VisitResource,
} from '../../model/index.js';
import { numberOf, textOf, textOrNull } from './values.js';

/** A row as the driver gives it: values by column. */
export type ColumnRow = Readonly<Record<string, unknown>>;

/** When a row was made: its write time. Of an identity of which nothing is known there is none. */
export function versionIn(row: ColumnRow): { version?: number } {
  const times = [row.version, row.version_of_location, row.version_of_entity]
    .filter((time) => time !== null && time !== undefined)
    .map(numberOf);
  return times.length === 0 ? {} : { version: Math.max(...times) };
}

export const pageColumns =
  'SELECT page_id, visit_id, url, title, category, start_date, end_date, WRITETIME(end_date) AS version ' +
  'FROM pages ';
export const pagesOfVisit = `${pageColumns}WHERE visit_id = ?`;
export const page = `${pageColumns}WHERE visit_id = ? AND page_id = ?`;
export const visitOfPage = 'SELECT visit_id FROM pages_by_id WHERE page_id = ?';

export function toPage(row: ColumnRow): PageResource {
  return {
    pageId: textOf(row.page_id),
    visitId: textOf(row.visit_id),
    url: textOf(row.url),
    title: textOf(row.title),
    category: textOf(row.category),
    startDate: numberOf(row.start_date),
    endDate: numberOf(row.end_date),
  };
}

/** Each of what is known of an identity may be missing. */
export const identityColumns =
  'SELECT identity_id, name, location, entity_in_cs, WRITETIME(name) AS version, ' +
  'WRITETIME(location) AS version_of_location, WRITETIME(entity_in_cs) AS version_of_entity FROM identities ';
export const identity = `${identityColumns}WHERE identity_id = ?`;
export const firstIdentities = `${identityColumns}LIMIT ?`;
export const laterIdentities = `${identityColumns}WHERE token(identity_id) > token(?) LIMIT ?`;

export function toIdentity(row: ColumnRow): IdentityResource {
  return {
    identityId: textOf(row.identity_id),
    name: textOrNull(row.name),
    location: textOrNull(row.location),
    entityInCS: textOrNull(row.entity_in_cs),
  };
}

export const tieColumns =
  'SELECT visit_id, identity_id, visit_scope, at, WRITETIME(at) AS version FROM visit_identities ';
export const tiesOfVisit = `${tieColumns}WHERE visit_id = ?`;

export function toTie(row: ColumnRow): VisitIdentity {
  return {
    visitId: textOf(row.visit_id),
    identityId: textOf(row.identity_id),
    visitScope: textOf(row.visit_scope) as VisitIdentity['visitScope'],
    at: numberOf(row.at),
  };
}

export const engagementColumns =
  'SELECT interaction_id, visit_id, page_id, rule, actionable_event_id, state, reason, channel, ' +
  'start_date, end_date, queues, user_data, WRITETIME(end_date) AS version FROM engagements ';
export const engagements = `${engagementColumns}WHERE visit_id = ?`;
export const engagement = `${engagementColumns}WHERE visit_id = ? AND interaction_id = ?`;

export function toEngagement(row: ColumnRow): EngagementResource {
  return {
    interactionId: textOf(row.interaction_id),
    visitId: textOf(row.visit_id),
    pageId: textOf(row.page_id),
    rule: textOf(row.rule),
    actionableEventId: textOf(row.actionable_event_id),
    state: textOf(row.state) as EngagementResource['state'],
    reason: textOrNull(row.reason),
    channel: textOf(row.channel) as EngagementResource['channel'],
    startDate: numberOf(row.start_date),
    endDate: numberOf(row.end_date),
    queues: JSON.parse(textOf(row.queues)) as EngagementResource['queues'],
    userData: JSON.parse(textOf(row.user_data)) as EngagementResource['userData'],
  };
}

export const chatColumns =
  'SELECT chat_id, visit_id, state, start_date, end_date, agent, agent_name, agent_group, transcript, ' +
  'WRITETIME(end_date) AS version FROM chats ';
export const chats = `${chatColumns}WHERE visit_id = ?`;
export const chat = `${chatColumns}WHERE visit_id = ? AND chat_id = ?`;

export function toChat(row: ColumnRow): ChatResource {
  return {
    chatId: textOf(row.chat_id),
    visitId: textOf(row.visit_id),
    state: textOf(row.state) as ChatResource['state'],
    startDate: numberOf(row.start_date),
    endDate: numberOf(row.end_date),
    agent: textOrNull(row.agent),
    agentName: textOrNull(row.agent_name),
    group: textOf(row.agent_group),
    entries: JSON.parse(textOf(row.transcript)) as ChatResource['entries'],
  };
}

export const visitColumns =
  'SELECT visit_id, start_date, end_date, global_visit_id, user_agent_id, WRITETIME(end_date) AS version ' +
  'FROM visits ';
export const visit = `${visitColumns}WHERE visit_id = ?`;

export function toVisit(row: ColumnRow): VisitResource {
  return {
    visitId: textOf(row.visit_id),
    startDate: numberOf(row.start_date),
    endDate: numberOf(row.end_date),
    globalVisitID: textOf(row.global_visit_id),
    userAgentId: textOrNull(row.user_agent_id),
  };
}

export const documentNames = 'SELECT name FROM document_names WHERE kind = ?';
export const documentColumns = 'SELECT kind, name, version, at, value FROM documents ';
export const documentHistory = `${documentColumns}WHERE kind = ? AND name = ? LIMIT ?`;
export const documentVersion = `${documentColumns}WHERE kind = ? AND name = ? AND version = ?`;

export function toDocument(row: ColumnRow): DocumentVersion {
  return {
    kind: textOf(row.kind),
    name: textOf(row.name),
    version: numberOf(row.version),
    at: numberOf(row.at),
    value: textOrNull(row.value),
  };
}
