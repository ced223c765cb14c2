/**
 * Plays visits through a rule package outside a running server, with the same engine and the same sessions:
 * one for each visit, whose clock follows the visit's events.
 */
import { type EmittedFiring, packageSees, type VisitorEvent } from '../model/index.js';
import {
  advanceClock,
  type Firing,
  insertEvent,
  newSession,
  type RuleSession,
  type RuleSet,
} from '../rules/index.js';

/** A rule that reached a bound and was stopped for a visit. */
export interface Suspension {
  visitID: string;
  rule: string;
  reason: NonNullable<Firing['suspended']>;
}

export interface ReplayOptions {
  rules: RuleSet;
  /** Called in the order of firing. */
  onFiring(firing: EmittedFiring): void;
  onSuspended?(suspension: Suspension): void;
  /** Gives each package only the events of its domain; the rule set then holds one package. */
  separateByDomain?: boolean;
}

export interface Replay {
  /** The next event of its visit. */
  insert(event: VisitorEvent): void;
  /** Leads every visit's clock to `timeMs`, in the order in which the visits began. */
  tick(timeMs: number): void;
  /** Leads one visit's clock; nothing happens before the visit's first event. */
  advance(visitID: string, timeMs: number): void;
  /** Forgets a visit. */
  end(visitID: string): void;
}

interface ReplayedVisit {
  session: RuleSession;
  /** By ordinal. */
  eventIDs: string[];
}

export function createReplay(options: ReplayOptions): Replay {
  const { rules, onFiring, onSuspended, separateByDomain = false } = options;
  const visits = new Map<string, ReplayedVisit>();
  const [only] = rules.packages;

  function take(visitID: string, { eventIDs }: ReplayedVisit, firings: readonly Firing[]): void {
    const idOf = (ordinal: number | null): string | null =>
      ordinal === null ? null : (eventIDs[ordinal] ?? null);
    for (const { rule, timestamp, completedBy, basedOn, emitted, suspended } of firings) {
      if (suspended !== undefined) onSuspended?.({ visitID, rule, reason: suspended });
      else if (emitted) {
        onFiring({ visitID, eventID: idOf(completedBy), rule, timestamp, basedOn: idOf(basedOn) });
      }
    }
  }

  function advance(visitID: string, visit: ReplayedVisit, timeMs: number): void {
    take(visitID, visit, advanceClock(rules, visit.session, timeMs));
  }

  return {
    insert(event) {
      const { visitID } = event;
      let visit = visits.get(visitID);
      if (visit === undefined) {
        visit = { session: newSession(rules), eventIDs: [] };
        visits.set(visitID, visit);
      }
      visit.eventIDs.push(event.eventID);
      if (separateByDomain && only !== undefined && !packageSees(only.name, event.url)) {
        advance(visitID, visit, event.timestamp);
        return;
      }
      take(visitID, visit, insertEvent(rules, visit.session, event, visit.eventIDs.length - 1));
    },
    tick(timeMs) {
      for (const [visitID, visit] of visits) advance(visitID, visit, timeMs);
    },
    advance(visitID, timeMs) {
      const visit = visits.get(visitID);
      if (visit !== undefined) advance(visitID, visit, timeMs);
    },
    end(visitID) {
      visits.delete(visitID);
    },
  };
}
