/** Whom an export or an erasure is about, and all that is kept of that person. */
import {
  type ChatResource,
  decodeEvents,
  type EngagementResource,
  eventResource,
  type EventResource,
  type IdentityResource,
  type PageResource,
  type VisitIdentity,
  type VisitResource,
} from '../model/index.js';
import type { OperationalStore } from '../stores/index.js';

/** A person as the site knows them, or a browser, whoever used it. */
export type Subject = { kind: 'identity'; identityId: string } | { kind: 'browser'; globalVisitID: string };

export interface Found {
  visitIds: string[];
  identityIds: string[];
  /** Chats that have not ended, by their visits. */
  openChats: { visitId: string; chatId: string }[];
}

/** One line of an export; `kind` says what `value` is. */
export type ExportLine =
  | { kind: 'identity'; value: IdentityResource }
  | { kind: 'visit'; value: VisitResource }
  | { kind: 'visitIdentity'; value: VisitIdentity }
  | { kind: 'page'; value: PageResource }
  | { kind: 'event'; value: EventResource }
  | { kind: 'engagement'; value: EngagementResource }
  | { kind: 'chat'; value: ChatResource };

/** More visits than retention lets a person gather. */
const visitsMax = 100_000;

/**
 * The visits and identities of `subject`. A person's visits are those in which the person was known. A
 * browser's are all that carry its id, and with them go the identities that no other visit has.
 */
export async function findSubject(store: OperationalStore, subject: Subject): Promise<Found> {
  const found: Found = { visitIds: [], identityIds: [], openChats: [] };
  if (subject.kind === 'identity') {
    const { identityId } = subject;
    const ties = await store.readVisitsOfIdentity(identityId, visitsMax);
    found.visitIds = ties.map(({ visitId }) => visitId);
    if (ties.length > 0 || (await store.readIdentity(identityId)) !== undefined) {
      found.identityIds = [identityId];
    }
  } else {
    const visits = await store.readVisitsOfGlobalVisit(subject.globalVisitID, visitsMax);
    found.visitIds = visits.map(({ visitId }) => visitId);
    found.identityIds = await identitiesOnlyOf(store, found.visitIds);
  }
  for (const visitId of found.visitIds) {
    for (const { chatId, state } of await store.readChatsOfVisit(visitId)) {
      if (state !== 'ended') found.openChats.push({ visitId, chatId });
    }
  }
  return found;
}

async function identitiesOnlyOf(store: OperationalStore, visitIds: readonly string[]): Promise<string[]> {
  const visits = new Set(visitIds);
  const named = new Set<string>();
  for (const visitId of visitIds) {
    for (const { identityId } of await store.readIdentitiesOfVisit(visitId)) named.add(identityId);
  }
  const only: string[] = [];
  for (const identityId of named) {
    const ties = await store.readVisitsOfIdentity(identityId, visitsMax);
    if (ties.every(({ visitId }) => visits.has(visitId))) only.push(identityId);
  }
  return only;
}

/** Everything that is kept of them, visit by visit. */
export async function* linesOf(
  store: OperationalStore,
  { visitIds, identityIds }: Found,
): AsyncGenerator<ExportLine> {
  for (const identityId of identityIds) {
    const value = await store.readIdentity(identityId);
    if (value !== undefined) yield { kind: 'identity', value };
  }
  for (const visitId of visitIds) {
    const visit = await store.readVisit(visitId);
    if (visit !== undefined) yield { kind: 'visit', value: visit };
    for (const value of await store.readIdentitiesOfVisit(visitId)) yield { kind: 'visitIdentity', value };
    for (const value of await store.readPages(visitId)) yield { kind: 'page', value };
    for (const { bytes } of await store.readEvents(visitId)) {
      for (const event of decodeEvents(visitId, bytes)) yield { kind: 'event', value: eventResource(event) };
    }
    for (const value of await store.readEngagements(visitId)) yield { kind: 'engagement', value };
    for (const value of await store.readChatsOfVisit(visitId)) yield { kind: 'chat', value };
  }
}
