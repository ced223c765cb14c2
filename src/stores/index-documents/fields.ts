/**
 * The fields that documents of the search index have: one row each, read by the mapping of Elasticsearch, by
 * the embedded index and by what checks a search.
 */
import type { IndexEntity } from '../search-index.js';

/**
 * `keyword`: a text that is compared as a whole, or a list of such. `text`: searched by its words alone.
 * `tree`: free data, whose leaves are compared as texts under `field.key.key`.
 */
export type IndexFieldKind = 'keyword' | 'text' | 'date' | 'number' | 'tree';

export interface IndexField {
  readonly kind: IndexFieldKind;
  /** Its words are found by a search for words. */
  readonly words?: true;
}

type Fields = Readonly<Record<string, IndexField>>;

const keyword: IndexField = { kind: 'keyword' };
const named: IndexField = { kind: 'keyword', words: true };
const date: IndexField = { kind: 'date' };

export const indexFields: Readonly<Record<IndexEntity, Fields>> = {
  visit: { visitId: keyword, startDate: date, endDate: date, globalVisitID: keyword, userAgentId: keyword },
  page: {
    pageId: keyword,
    visitId: keyword,
    url: named,
    title: named,
    category: keyword,
    startDate: date,
    endDate: date,
  },
  event: {
    eventId: keyword,
    eventName: named,
    eventType: keyword,
    visitId: keyword,
    pageId: keyword,
    globalVisitID: keyword,
    timestamp: date,
    category: keyword,
    url: named,
    languageCode: keyword,
    ordinal: { kind: 'number' },
    data: { kind: 'tree', words: true },
  },
  identity: { identityId: keyword, name: named, location: named, entityInCS: keyword },
  association: { visitId: keyword, identityId: keyword, visitScope: keyword, at: date },
  engagement: {
    interactionId: keyword,
    visitId: keyword,
    pageId: keyword,
    rule: named,
    actionableEventId: keyword,
    state: keyword,
    reason: keyword,
    channel: keyword,
    startDate: date,
    endDate: date,
    'queues.queue': keyword,
    'queues.at': date,
    userData: { kind: 'tree' },
  },
  chat: {
    chatId: keyword,
    visitId: keyword,
    state: keyword,
    startDate: date,
    endDate: date,
    agent: keyword,
    agentName: named,
    group: keyword,
    messageCount: { kind: 'number' },
    transcript: { kind: 'text', words: true },
  },
};

/** Fields of every document. */
export const commonFields: Fields = { entity: keyword, id: keyword, '@timestamp': date };

/** The field of that name, or the free data that the name leads into. */
export function fieldOf(entity: IndexEntity, name: string): IndexField | undefined {
  const fields: Fields = indexFields[entity];
  if (Object.hasOwn(fields, name)) return fields[name];
  if (Object.hasOwn(commonFields, name)) return commonFields[name];
  const root = name.slice(0, Math.max(0, name.indexOf('.')));
  return Object.hasOwn(fields, root) && fields[root]?.kind === 'tree' ? fields[root] : undefined;
}
