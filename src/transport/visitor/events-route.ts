/** `POST /server/data/events`: the door that nearly all traffic comes through. */
import { visitAddress } from '../../actors/protocol/index.js';
import { AppError, type Clock } from '../../base/index.js';
import { type CategoryMatcher, joinCategories } from '../../categories/index.js';
import type { Routing } from '../../cluster/index.js';
import {
  encodeEvents,
  eventLimits,
  type EventBatch,
  validateEvents,
  type VisitorEvent,
} from '../../model/index.js';
import type { HotRoute, Respond } from '../edge/index.js';
import { respondError, respondJson } from './answers.js';
import { correctClock } from './browser-clock.js';

export interface EventsRouteOptions {
  routing: Routing;
  clock: Clock;
  /** The matcher of the current categories. */
  matcher(): CategoryMatcher;
  /** Events that broke a rule of their form. */
  onRejected(count: number): void;
  /** A batch of `events` is stable, `durationMs` after it came. */
  onStable(durationMs: number, events: number): void;
}

export function eventsRoute({ routing, clock, matcher, onRejected, onStable }: EventsRouteOptions): HotRoute {
  return {
    method: 'POST',
    path: '/server/data/events',
    bodyBytesMax: eventLimits.batchBytesMax,
    handle(request, respond) {
      try {
        if (!routing.serving.ok) throw new AppError('NOT_READY', routing.serving.reason);
        const batch = validateEvents(parseBatch(request.body));
        if (batch.rejected.length > 0) onRejected(batch.rejected.length);
        correctClock(batch.accepted, request.query('sentAt'), clock.nowMs());
        categorize(matcher(), batch.accepted);
        const startedMs = performance.now();
        deliver(routing, batch, respond, () =>
          onStable(performance.now() - startedMs, batch.accepted.length),
        );
      } catch (error) {
        respondError(respond, error);
      }
    },
  };
}

function parseBatch(body: Buffer): unknown[] {
  let items: unknown;
  try {
    items = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AppError('BAD_REQUEST', 'The body must be JSON.');
  }
  if (!Array.isArray(items)) throw new AppError('BAD_REQUEST', 'The body must be a JSON array of events.');
  if (items.length > eventLimits.batchEventsMax) {
    const most = eventLimits.batchEventsMax;
    const message = `The array has ${items.length} events; at most ${most} are taken at once.`;
    throw new AppError('TOO_LARGE', message);
  }
  return items;
}

/**
 * Adds to business events the categories that look into their data; the page's own came with the event. An
 * event is categorised before the journal has it, so that a replay sees what the rules saw.
 */
function categorize(matcher: CategoryMatcher, events: readonly VisitorEvent[]): void {
  if (!matcher.readsData) return;
  for (const event of events) {
    if (event.eventType !== 'BUSINESS') continue;
    const names = matcher.matchData(event);
    if (names.length > 0) event.category = joinCategories(event.category, names);
  }
}

/** Hands each visit its events, in order, and answers when all of them are stable. */
function deliver(routing: Routing, batch: EventBatch, respond: Respond, onStable: () => void): void {
  const { accepted, rejected } = batch;
  let waiting = 1;
  let failure: AppError | undefined;

  function oneDone(error?: AppError): void {
    failure ??= error;
    if (--waiting > 0) return;
    if (failure !== undefined) {
      respondError(respond, failure);
      return;
    }
    respondJson(respond, { accepted: accepted.map((event) => event.eventID), rejected });
    onStable();
  }

  for (const [visitID, events] of byVisit(accepted)) {
    const globalVisitID = events[0]?.globalVisitID ?? '';
    const bytes = encodeEvents(visitID, globalVisitID, events);
    waiting++;
    routing.command(visitAddress(visitID), { kind: 'receiveEvents', events, bytes }, (outcome) =>
      oneDone(outcome.ok ? undefined : outcome.error),
    );
  }
  oneDone();
}

/** One browser sends the events of one visit, so the common case allocates nothing more. */
function byVisit(events: readonly VisitorEvent[]): Iterable<[string, readonly VisitorEvent[]]> {
  const first = events[0];
  if (first === undefined) return [];
  if (events.every((event) => event.visitID === first.visitID)) return [[first.visitID, events]];
  const groups = new Map<string, VisitorEvent[]>();
  for (const event of events) {
    const group = groups.get(event.visitID);
    if (group === undefined) groups.set(event.visitID, [event]);
    else group.push(event);
  }
  return groups;
}
