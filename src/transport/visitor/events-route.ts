/** `POST /server/data/events`: the door that nearly all traffic comes through. */
import { visitAddress } from '../../actors/protocol/index.js';
import type { Outcome } from '../../actors/runtime/index.js';
import { AppError, type Clock, isOwnMachine, type TokenBuckets } from '../../base/index.js';
import { type CategoryMatcher, joinCategories } from '../../categories/index.js';
import type { Routing } from '../../cluster/index.js';
import {
  encodeEvents,
  eventLimits,
  type EventBatch,
  validateEvents,
  type VisitorEvent,
} from '../../model/index.js';
import type { EdgeRequest, Headers, HotRoute, Respond } from '../edge/index.js';
import { respondError, respondJson } from './answers.js';
import type { BotFilter } from './bots.js';
import { correctClock } from './browser-clock.js';
import { parseJson } from './json-body.js';
import type { Sticky } from './sticky.js';
import type { VisitBinding } from './visit-binding.js';

export interface EventsRouteOptions {
  routing: Routing;
  clock: Clock;
  /** The matcher of the current categories. */
  matcher(): CategoryMatcher;
  binding: VisitBinding;
  bots: BotFilter;
  sticky?: Sticky | undefined;
  /** Events per visit; undefined for no limit. */
  rates?: TokenBuckets | undefined;
  /** Adds what the server knows of a visitor to the event that begins the visit. */
  onVisitStarted?: ((event: VisitorEvent, request: EdgeRequest) => void) | undefined;
  /** Events that broke a rule of their form. */
  onRejected(count: number): void;
  /** A batch of `events` is stable, `durationMs` after it came. */
  onStable(durationMs: number, events: number): void;
}

export function eventsRoute(options: EventsRouteOptions): HotRoute {
  const { routing, clock, matcher, binding, bots, onRejected, onStable } = options;
  return {
    method: 'POST',
    path: '/server/data/events',
    bodyBytesMax: eventLimits.batchBytesMax,
    headers: ['cookie', 'user-agent'],
    handle(request, respond) {
      try {
        if (!routing.serving.ok) throw new AppError('NOT_READY', routing.serving.reason);
        const batch = refuseForeign(validateEvents(parseBatch(request.body)), binding, request);
        if (batch.rejected.length > 0) onRejected(batch.rejected.length);
        if (bots.isBot(request)) {
          answer(respond, batch);
          return;
        }
        correctClock(batch.accepted, request.query('sentAt'), clock.nowMs());
        categorize(matcher(), batch.accepted);
        for (const event of batch.accepted) {
          if (event.eventName === 'VisitStarted') options.onVisitStarted?.(event, request);
        }
        const visits = byVisit(batch.accepted);
        checkRates(options.rates, visits, request);
        const startedMs = performance.now();
        options.sticky?.check(request);
        deliver(routing, visits, (error, servedBy) => {
          if (error !== undefined) {
            respondError(respond, error);
            return;
          }
          answer(respond, batch, options.sticky?.headers(request, servedBy));
          onStable(performance.now() - startedMs, batch.accepted.length);
        });
      } catch (error) {
        respondError(respond, error);
      }
    },
  };
}

function parseBatch(body: Buffer): unknown[] {
  const items = parseJson(body);
  if (!Array.isArray(items)) throw new AppError('BAD_REQUEST', 'The body must be a JSON array of events.');
  if (items.length > eventLimits.batchEventsMax) {
    const most = eventLimits.batchEventsMax;
    const message = `The array has ${items.length} events; at most ${most} are taken at once.`;
    throw new AppError('TOO_LARGE', message);
  }
  return items;
}

/** Events of another browser's visit are rejected like malformed ones: sending them again is vain. */
function refuseForeign(batch: EventBatch, binding: VisitBinding, request: EdgeRequest): EventBatch {
  const cookies = request.header('cookie');
  const foreign = new Set<string>();
  for (const [visitID] of byVisit(batch.accepted)) {
    if (!binding.allows(visitID, cookies)) foreign.add(visitID);
  }
  if (foreign.size === 0) return batch;
  const malformed = new Set(batch.rejected.map(({ index }) => index));
  const rejected = [...batch.rejected];
  let index = 0;
  for (const { visitID } of batch.accepted) {
    while (malformed.has(index)) index++;
    if (foreign.has(visitID)) {
      rejected.push({ index, field: 'visitID', message: 'is the visit of another browser' });
    }
    index++;
  }
  rejected.sort((one, other) => one.index - other.index);
  return { accepted: batch.accepted.filter(({ visitID }) => !foreign.has(visitID)), rejected };
}

/** Throws TOO_MANY_REQUESTS when a visit sends more than a person can do. */
function checkRates(
  rates: TokenBuckets | undefined,
  visits: Iterable<[string, readonly VisitorEvent[]]>,
  request: EdgeRequest,
): void {
  if (rates === undefined || isOwnMachine(request.remoteAddress)) return;
  const nowMs = performance.now();
  for (const [visitID, events] of visits) {
    if (rates.take(visitID, events.length, nowMs)) continue;
    throw new AppError('TOO_MANY_REQUESTS', 'The visit sends more events than it may; send them later.');
  }
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

/** Hands each visit its events, in order, and says when all of them are stable, and who serves them. */
function deliver(
  routing: Routing,
  visits: Iterable<[string, readonly VisitorEvent[]]>,
  done: (error?: AppError, servedBy?: string) => void,
): void {
  let waiting = 1;
  let failure: AppError | undefined;
  let servedBy: string | undefined;

  function oneDone(outcome?: Outcome): void {
    if (outcome?.ok === true) servedBy = outcome.servedBy;
    else failure ??= outcome?.error;
    if (--waiting === 0) done(failure, servedBy);
  }

  for (const [visitID, events] of visits) {
    const globalVisitID = events[0]?.globalVisitID ?? '';
    const bytes = encodeEvents(visitID, globalVisitID, events);
    waiting++;
    routing.command(visitAddress(visitID), { kind: 'receiveEvents', events, bytes }, oneDone);
  }
  oneDone();
}

function answer(respond: Respond, { accepted, rejected }: EventBatch, headers?: Headers): void {
  respondJson(respond, { accepted: accepted.map((event) => event.eventID), rejected }, headers);
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
