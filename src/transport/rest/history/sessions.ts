/**
 * Sessions of 8.1, which 8.5 still serves: from a SignIn to the SignOut, the SignIn of somebody else, or
 * the end of the visit (spec/monitoring.md section 3). They are not stored but read off a visit's events.
 */
import { identityIdIn, type EventResource, type VisitResource } from '../../../model/index.js';

export interface Session {
  sessionId: string;
  visitId: string;
  identityId: string;
  startDate: number;
  /** 0 while it is open. */
  endDate: number;
  /** Seconds; of an open session to its last event. */
  duration: number;
  events: EventResource[];
}

const separator = '.s';

/** The sessions of a visit in the order of their beginnings. */
export function sessionsOf(visit: VisitResource, events: readonly EventResource[]): Session[] {
  const sessions: Session[] = [];
  let open: Session | undefined;

  function close(endDate: number): void {
    if (open === undefined) return;
    open.endDate = endDate;
    open.duration = secondsBetween(open.startDate, endDate || (open.events.at(-1)?.timestamp ?? 0));
    open = undefined;
  }

  for (const event of events) {
    const { eventName, eventType, timestamp, data } = event;
    const named = eventType === 'SYSTEM' ? identityIdIn(data) : undefined;
    if (eventName === 'SignIn' && named !== undefined && named !== open?.identityId) {
      close(timestamp);
      const sessionId = `${visit.visitId}${separator}${sessions.length + 1}`;
      const { visitId } = visit;
      open = {
        sessionId,
        visitId,
        identityId: named,
        startDate: timestamp,
        endDate: 0,
        duration: 0,
        events: [],
      };
      sessions.push(open);
    }
    open?.events.push(event);
    if (
      eventName === 'SignOut' &&
      eventType === 'SYSTEM' &&
      (named ?? open?.identityId) === open?.identityId
    ) {
      close(timestamp);
    }
  }
  close(visit.endDate);
  return sessions;
}

/** The visit of a session; undefined for what is no id of one. */
export function visitIdOfSession(sessionId: string): string | undefined {
  const at = sessionId.lastIndexOf(separator);
  return at > 0 && /^[1-9][0-9]{0,5}$/.test(sessionId.slice(at + separator.length))
    ? sessionId.slice(0, at)
    : undefined;
}

function secondsBetween(startMs: number, endMs: number): number {
  return Math.max(0, Math.round((endMs - startMs) / 1_000));
}
