/**
 * From rows to documents of the search index. A row gives the same documents with the same ids however often
 * it comes, so that writing again changes nothing.
 */
import { createHash } from 'node:crypto';
import {
  type ChatResource,
  decodeEvents,
  type EngagementResource,
  type EventSegment,
  eventResource,
  type PageResource,
  type VisitResource,
} from '../../model/index.js';
import type { Row } from '../operational-store.js';
import type { IndexDocument, IndexEntity } from '../search-index.js';
import { boundedTree, documentLimits } from './bounds.js';

/** Bytes of a document's id at most; Elasticsearch takes 512. */
const idBytesMax = 500;

/**
 * The documents that a row becomes; none for what nobody searches. Throws `RangeError` for damaged events.
 */
export function documentsOf(row: Row): IndexDocument[] {
  switch (row.entity) {
    case 'visit':
      return [visitDocument(row.value)];
    case 'page':
      return [pageDocument(row.value)];
    case 'events':
      return eventDocuments(row.value);
    case 'identity':
      return [documentOf('identity', row.value.identityId, undefined, { ...row.value })];
    case 'visitIdentity': {
      const { visitId, identityId, at } = row.value;
      return [documentOf('association', `${visitId} ${identityId}`, at, { ...row.value })];
    }
    case 'engagement':
      return [engagementDocument(row.value)];
    case 'chat':
      return [chatDocument(row.value)];
    case 'document':
    case 'cell':
      return [];
  }
}

function documentOf(
  entity: IndexEntity,
  key: string,
  atMs: number | undefined,
  fields: Record<string, unknown>,
): IndexDocument {
  const document: Record<string, unknown> = { entity, id: idOf(key) };
  if (atMs !== undefined) document['@timestamp'] = atMs;
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    document[name] = typeof value === 'string' ? value.toWellFormed() : value;
  }
  return document as IndexDocument;
}

/** An identity's id is whatever a site calls its customers: a long one is replaced by its digest. */
function idOf(key: string): string {
  const wellFormed = key.toWellFormed();
  if (Buffer.byteLength(wellFormed) <= idBytesMax) return wellFormed;
  return createHash('sha256').update(wellFormed).digest('hex');
}

/** 0 says that it has not ended. */
function ended(endDate: number): number | undefined {
  return endDate === 0 ? undefined : endDate;
}

function categoriesOf(category: string): string[] {
  return category
    .split(';')
    .filter((name) => name !== '')
    .map((name) => name.toWellFormed());
}

function visitDocument(visit: VisitResource): IndexDocument {
  return documentOf('visit', visit.visitId, visit.startDate, { ...visit, endDate: ended(visit.endDate) });
}

function pageDocument(page: PageResource): IndexDocument {
  return documentOf('page', `${page.visitId} ${page.pageId}`, page.startDate, {
    ...page,
    category: categoriesOf(page.category),
    endDate: ended(page.endDate),
  });
}

function eventDocuments({ visitId, firstOrdinal, bytes }: EventSegment): IndexDocument[] {
  return decodeEvents(visitId, bytes).map((event, index) => {
    const ordinal = firstOrdinal + index;
    return documentOf('event', `${visitId} ${ordinal}`, event.timestamp, {
      ...eventResource(event),
      category: categoriesOf(event.category),
      data: boundedTree(event.data),
      ordinal,
    });
  });
}

function engagementDocument(engagement: EngagementResource): IndexDocument {
  return documentOf('engagement', engagement.interactionId, engagement.startDate, {
    ...engagement,
    endDate: ended(engagement.endDate),
    userData: boundedTree(engagement.userData),
  });
}

function chatDocument({ entries, ...chat }: ChatResource): IndexDocument {
  const said = entries.filter(({ kind }) => kind === 'message');
  return documentOf('chat', chat.chatId, chat.startDate, {
    ...chat,
    endDate: ended(chat.endDate),
    messageCount: said.length,
    transcript: transcriptOf(said.map(({ by, text = '' }) => `${by}: ${text}`)),
  });
}

/** The newest lines, because those are written again and again, and a chat's end says how it went. */
function transcriptOf(lines: readonly string[]): string {
  const kept: string[] = [];
  let left: number = documentLimits.transcriptLengthMax;
  for (const line of lines.toReversed()) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.unshift(line);
  }
  return kept.join('\n');
}
