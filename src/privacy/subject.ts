/** Whom an export or an erasure is about, and all that is kept of that person. */
import { AppError } from '../base/index.js';
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

const tiesTogether = 1_000;
/** More visits than retention lets a browser gather; of one that has more none is given. */
const visitsOfBrowserMax = 100_000;

/**
 * The visits and identities of `subject`. A person's visits are those in which the person was known. A
 * browser's are all that carry its id, and with them go the identities that no other visit has.
 */
export async function findSubject(store: OperationalStore, subject: Subject): Promise<Found> {
  const found: Found = { visitIds: [], identityIds: [], openChats: [] };
  if (subject.kind === 'identity') {
    const { identityId } = subject;
    for await (const { visitId } of tiesOf(store, identityId)) found.visitIds.push(visitId);
    if (found.visitIds.length > 0 || (await store.readIdentity(identityId)) !== undefined) {
      found.identityIds = [identityId];
    }
  } else {
    const { globalVisitID } = subject;
    const visits = await store.readVisitsOfGlobalVisit(globalVisitID, visitsOfBrowserMax + 1);
    if (visits.length > visitsOfBrowserMax) {
      const message = `${globalVisitID} has more than ${visitsOfBrowserMax} visits: it is not one browser's`;
      throw new AppError('BAD_REQUEST', message);
    }
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
    if (await areAllIn(visits, tiesOf(store, identityId))) only.push(identityId);
  }
  return only;
}

async function areAllIn(
  visits: ReadonlySet<string>,
  ties: AsyncIterable<Pick<VisitIdentity, 'visitId'>>,
): Promise<boolean> {
  for await (const { visitId } of ties) if (!visits.has(visitId)) return false;
  return true;
}

/** Every tie of an identity, however many there are. */
async function* tiesOf(store: OperationalStore, identityId: string): AsyncGenerator<VisitIdentity> {
  let after: VisitIdentity | undefined;
  do {
    const ties = await store.readVisitsOfIdentity(identityId, tiesTogether, after);
    yield* ties;
    after = ties.at(-1);
  } while (after !== undefined);
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
