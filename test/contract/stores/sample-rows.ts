/** Rows for store tests: complete, and different in every field that a test may mix up. */
import {
  encodeEvents,
  type ChatResource,
  type EngagementResource,
  type EventSegment,
  type PageResource,
  type VisitResource,
  type VisitorEvent,
} from '../../../src/model/index.js';
import { type CellSnapshot, type Row } from '../../../src/stores/index.js';

/**
 * Text that stores have been known to change: quotes, accents apart, beyond the first plane, right-to-left.
 */
export const awkwardText =
  '\'"\\%_; Zoe\u0308 Zo\u00eb \u{1f6d2}\u{10ffff} \u05e9\u05dc\u05d5\u05dd \u2028\r\n\t';

export function visitOf(visitId: string, fields: Partial<VisitResource> = {}): VisitResource {
  return {
    visitId,
    startDate: 1_000,
    endDate: 0,
    globalVisitID: `${visitId}.G`,
    userAgentId: null,
    ...fields,
  };
}

export function pageOf(visitId: string, pageId: string, fields: Partial<PageResource> = {}): PageResource {
  return {
    pageId,
    visitId,
    url: `http://www.example.com/${pageId}`,
    title: `Page ${pageId}`,
    category: 'a;b',
    startDate: 1_000,
    endDate: 0,
    ...fields,
  };
}

export function segmentOf(visitId: string, firstOrdinal: number, count: number, fill = 7): EventSegment {
  return { visitId, firstOrdinal, count, bytes: new Uint8Array(count * 40).fill(fill) };
}

export function eventOf(visitID: string, eventID: string, fields: Partial<VisitorEvent> = {}): VisitorEvent {
  return {
    eventID,
    eventName: 'PageEntered',
    eventType: 'SYSTEM',
    visitID,
    pageID: 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF',
    globalVisitID: `${visitID}.G`,
    timestamp: 1_000,
    category: '',
    url: 'http://www.example.com/',
    languageCode: 'en',
    data: {},
    ...fields,
  };
}

/** A segment of real events. */
export function encodedOf(visitId: string, firstOrdinal: number, events: VisitorEvent[]): EventSegment {
  const bytes = encodeEvents(visitId, `${visitId}.G`, events);
  return { visitId, firstOrdinal, count: events.length, bytes };
}

export function engagementOf(
  interactionId: string,
  visitId: string,
  fields: Partial<EngagementResource> = {},
): EngagementResource {
  return {
    interactionId,
    visitId,
    pageId: 'P',
    rule: 'rule',
    actionableEventId: 'E',
    state: 'QUALIFIED',
    reason: null,
    channel: 'chat',
    startDate: 1_000,
    endDate: 0,
    queues: [{ queue: 'queueQualified', at: 1_000 }],
    userData: {},
    ...fields,
  };
}

export function chatOf(chatId: string, visitId: string, fields: Partial<ChatResource> = {}): ChatResource {
  return {
    chatId,
    visitId,
    state: 'waiting',
    startDate: 1_000,
    endDate: 0,
    agent: null,
    agentName: null,
    group: 'Web Engagement',
    entries: [],
    ...fields,
  };
}

export function cellOf(key: string, seq: number, deadlineMs: number | null = null): CellSnapshot {
  return { key, seq, deadlineMs, bytes: new Uint8Array([seq & 255, 1, 2, 3]) };
}

export function documentRow(kind: string, name: string, version: number, value: string | null): Row {
  return { entity: 'document', value: { kind, name, version, at: version * 10, value } };
}

export function tieRow(visitId: string, identityId: string, at: number): Row {
  return { entity: 'visitIdentity', value: { visitId, identityId, visitScope: 'Authenticated', at } };
}

export function identityRow(identityId: string, name: string | null = null): Row {
  return { entity: 'identity', value: { identityId, name, location: null, entityInCS: null } };
}
