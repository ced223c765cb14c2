/** What an agent sees beside a chat: the visit, its pages, its latest events, who the visitor is. */
import { AppError } from '../base/index.js';
import { decodeEvents, eventResource, type EventResource } from '../model/index.js';
import type { OperationalStore } from '../stores/index.js';

/** Events shown at most, the newest. */
const eventsMax = 500;

export async function readVisitSummary(store: OperationalStore, visitId: string): Promise<object> {
  const [visit, pages, segments, ties, engagements] = await Promise.all([
    store.readVisit(visitId),
    store.readPages(visitId),
    store.readEvents(visitId),
    store.readIdentitiesOfVisit(visitId),
    store.readEngagements(visitId),
  ]);
  if (visit === undefined) throw new AppError('NOT_FOUND', `No visit ${visitId} is kept.`);
  const events: EventResource[] = segments.flatMap(({ bytes }) =>
    decodeEvents(visitId, bytes).map(eventResource),
  );
  const identities = await Promise.all(
    ties.map(async ({ identityId, visitScope }) => {
      const identity = await store.readIdentity(identityId);
      return { identityId, visitScope, name: identity?.name ?? null, location: identity?.location ?? null };
    }),
  );
  return { visit, pages, events: events.slice(-eventsMax), identities, engagements };
}
