/**
 * The rule session of a visit, whole or by domain. When packages follow domains, each package runs in a
 * session of its own that is given only the events of its domain and the domains below it, so nothing else
 * can reach its conditions, windows or facts.
 */
import { packageSees, type VisitorEvent } from '../../model/index.js';
import {
  adoptRuleSet,
  advanceClock,
  type Firing,
  insertEvent,
  newSession,
  nextDeadlineMs,
  type RuleSession,
  type RuleSet,
} from '../../rules/index.js';
import type { Documents, DomainRules } from '../protocol/index.js';
import { eventAt, eventsOf } from './log.js';
import type { VisitState } from './state.js';

/** One package's session. */
export interface DomainSession {
  package: string;
  session: RuleSession;
}

/** What a visit keeps: one session for all packages, or one for each. */
export type VisitSession = RuleSession | DomainSession[];

/** The visit's rules for the length of one turn. */
export interface RuleRun {
  /** Of rules that are new to this visit: firings for events that it still remembers. */
  readonly adopted: readonly Firing[];
  insert(event: VisitorEvent, ordinal: number): readonly Firing[];
  advance(timeMs: number): readonly Firing[];
  /** When time alone may fire something, epoch milliseconds; Infinity for never. */
  deadlineMs(): number;
}

/**
 * Brings the sessions to the rules of `documents`: rebuilt from the log when gone, moved when the rules are
 * newer.
 */
export function openRun(visit: VisitState, documents: Documents): RuleRun {
  const { domains } = documents;
  return domains === undefined ? wholeRun(visit, documents) : domainRun(visit, documents, domains);
}

/** Whether the visit's sessions are those of `documents` already. */
export function isReady(visit: VisitState, { id, domains }: Documents): boolean {
  const { session, sessionDocuments } = visit;
  return session !== null && sessionDocuments === id && Array.isArray(session) === (domains !== undefined);
}

function wholeRun(visit: VisitState, documents: Documents): RuleRun {
  const { rules } = documents;
  const from = visit.sessionDocuments === documents.id ? rules : documents.rulesOf(visit.sessionDocuments);
  let { session } = visit;
  let adopted: readonly Firing[] = [];
  if (session === null || Array.isArray(session) || from === undefined) {
    session = rebuilt(visit, rules, () => true);
  } else if (from !== rules) {
    adopted = adoptRuleSet(from, rules, session, (ordinal) => eventAt(visit, ordinal));
  }
  visit.session = session;
  visit.sessionDocuments = documents.id;
  const own = session;
  return {
    adopted,
    insert: (event, ordinal) => insertEvent(rules, own, event, ordinal),
    advance: (timeMs) => advanceClock(rules, own, timeMs),
    deadlineMs: () => nextDeadlineMs(own),
  };
}

function domainRun(visit: VisitState, documents: Documents, domains: readonly DomainRules[]): RuleRun {
  const adopted: Firing[] = [];
  if (!isReady(visit, documents)) {
    visit.session = moved(visit, documents, domains, adopted);
    visit.sessionDocuments = documents.id;
  }
  const sessions = visit.session as DomainSession[];
  const each = (turn: (rules: RuleSet, session: RuleSession, name: string) => readonly Firing[]): Firing[] =>
    domains.flatMap(({ package: name, rules }, index) => [
      ...turn(rules, (sessions[index] as DomainSession).session, name),
    ]);
  return {
    adopted,
    // Time passes for all packages, so that what waits in one does not depend on where the visitor is now.
    insert: (event, ordinal) =>
      each((rules, session, name) =>
        packageSees(name, event.url)
          ? insertEvent(rules, session, event, ordinal)
          : advanceClock(rules, session, event.timestamp),
      ),
    advance: (timeMs) => each((rules, session) => advanceClock(rules, session, timeMs)),
    deadlineMs: () => Math.min(Infinity, ...sessions.map(({ session }) => nextDeadlineMs(session))),
  };
}

/**
 * The sessions for `domains`, each kept, moved to newer rules (what fires then joins `adopted`), or rebuilt.
 */
function moved(
  visit: VisitState,
  documents: Documents,
  domains: readonly DomainRules[],
  adopted: Firing[],
): DomainSession[] {
  const old = Array.isArray(visit.session) ? visit.session : [];
  const before =
    visit.sessionDocuments === documents.id ? domains : documents.domainsOf?.(visit.sessionDocuments);
  return domains.map(({ package: name, rules }) => {
    const session = old.find((candidate) => candidate.package === name)?.session;
    const from = before?.find((candidate) => candidate.package === name)?.rules;
    if (session === undefined || from === undefined) {
      // A package that joins a live visit fires for what is remembered; one that was merely lost has done so.
      const isNew = old.length > 0 && before !== undefined && from === undefined;
      const sees = ({ url }: VisitorEvent): boolean => packageSees(name, url);
      return { package: name, session: rebuilt(visit, rules, sees, isNew ? adopted : undefined) };
    }
    adopted.push(...adoptRuleSet(from, rules, session, (ordinal) => eventAt(visit, ordinal)));
    return { package: name, session };
  });
}

/** A session that has seen the remembered events which `sees` lets through; its firings join `fired`. */
function rebuilt(
  visit: VisitState,
  rules: RuleSet,
  sees: (event: VisitorEvent) => boolean,
  fired?: Firing[],
): RuleSession {
  const session = newSession(rules);
  for (const [ordinal, event] of eventsOf(visit)) {
    if (event.eventType === 'ACTIONABLE') continue;
    const firings = sees(event)
      ? insertEvent(rules, session, event, ordinal)
      : advanceClock(rules, session, event.timestamp);
    fired?.push(...firings);
  }
  return session;
}
