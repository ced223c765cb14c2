/**
 * The requests of the History REST API that create: a visit without a browser, and an event of a visit that
 * something else than its browser saw. Both go the way of all inputs, so rules see them.
 */
import { randomBytes } from 'node:crypto';
import { visitAddress } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import {
  encodeEvents,
  eventResource,
  type EventResource,
  validateEvents,
  type VisitResource,
} from '../../../model/index.js';
import { type Call, post, type Route } from './call.js';
import type { Body } from './parameters.js';
import { type VisitView, visitView } from './resources.js';
import * as schemas from './schemas.js';

export function creatingRoutes(routing: Pick<Routing, 'ask'>): readonly Route[] {
  return [
    post('/visits', 'visit', { summary: 'Creates a visit', answered: schemas.visit }, (call) =>
      createVisit(routing, call),
    ),
    post(
      '/visits/:visitId/events',
      'event',
      { summary: 'Adds an event to a visit', answered: schemas.event },
      (call) => createEvent(routing, call),
    ),
  ];
}

function mintId(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}

async function createVisit(
  routing: Pick<Routing, 'ask'>,
  { body, reader, store, settled, nowMs }: Call<unknown, Body<'visit'>>,
): Promise<VisitView> {
  const { visitId = mintId(), globalVisitID = mintId(), userAgent = null } = body;
  if (body.visitId !== undefined) {
    await settled(visitId);
    if ((await store.readVisit(visitId)) !== undefined) {
      throw new AppError('CONFLICT', `There is a visit ${visitId} already.`, { field: 'visitId' });
    }
  }
  await routing.ask(visitAddress(visitId), { kind: 'startVisit', globalVisitID, userAgent });
  await settled(visitId);
  const made: VisitResource = { visitId, startDate: nowMs, endDate: 0, globalVisitID, userAgentId: null };
  return visitView(reader, (await store.readVisit(visitId)) ?? made, {});
}

async function createEvent(
  routing: Pick<Routing, 'ask'>,
  { id: visitID, body, reader, settled, nowMs }: Call<unknown, Body<'event'>>,
): Promise<EventResource> {
  await settled(visitID);
  const visit = await reader.visit(visitID);
  const { eventId = mintId(), eventType = 'BUSINESS', timestamp = nowMs, pageId, ...rest } = body;
  const pageID = pageId ?? (await reader.pages(visitID)).at(-1)?.pageId ?? mintId();
  const { globalVisitID } = visit;
  const sent = { ...rest, eventID: eventId, eventType, timestamp, visitID, pageID, globalVisitID };
  const { accepted, rejected } = validateEvents([sent]);
  const [event] = accepted;
  if (event === undefined) {
    const { field = '', message = 'is wrong' } = rejected[0] ?? {};
    const name = { eventID: 'eventId', pageID: 'pageId' }[field] ?? field;
    throw new AppError('BAD_REQUEST', `${name} ${message}`, { field: name });
  }
  const bytes = encodeEvents(visitID, globalVisitID, [event]);
  await routing.ask(visitAddress(visitID), { kind: 'receiveEvents', events: [event], bytes });
  return eventResource(event);
}
