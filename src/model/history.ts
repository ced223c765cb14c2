/** The resources of the History REST API (spec/rest.md section 2), as they are stored and served. */
import type { JsonObject } from '../base/index.js';
import type { EventType, VisitorEvent } from './event.js';

/** Epoch milliseconds; an `endDate` of 0 means still open. */
export interface VisitResource {
  visitId: string;
  startDate: number;
  endDate: number;
  globalVisitID: string;
  userAgentId: string | null;
}

export interface PageResource {
  pageId: string;
  visitId: string;
  url: string;
  title: string;
  category: string;
  startDate: number;
  endDate: number;
}

export type VisitScope = 'Authenticated' | 'Recognized';

export interface IdentityResource {
  identityId: string;
  name: string | null;
  location: string | null;
  entityInCS: string | null;
}

/** A visit's tie to an identity. Several identities can attach to one visit. */
export interface VisitIdentity {
  visitId: string;
  identityId: string;
  visitScope: VisitScope;
  /** When the tie was made or last changed, epoch milliseconds. */
  at: number;
}

export interface EventResource {
  eventId: string;
  eventName: string;
  eventType: EventType;
  visitId: string;
  pageId: string;
  globalVisitID: string;
  timestamp: number;
  category: string;
  url: string;
  languageCode: string;
  data: JsonObject;
}

/** An event as the History REST API and the monitor channel show it. */
export function eventResource(event: VisitorEvent): EventResource {
  const { eventID, eventName, eventType, visitID, pageID, globalVisitID } = event;
  const { timestamp, category, url, languageCode, data } = event;
  return {
    eventId: eventID,
    eventName,
    eventType,
    visitId: visitID,
    pageId: pageID,
    globalVisitID,
    timestamp,
    category,
    url,
    languageCode,
    data,
  };
}
