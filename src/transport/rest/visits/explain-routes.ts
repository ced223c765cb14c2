/** `GET /visits/{id}/rules`: why each deployed rule fired for a visit or not, and what its offers came to. */
import type { FastifyPluginCallback } from 'fastify';
import type { DomainRules } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import {
  decodeEvents,
  type EngagementResource,
  isId,
  packageSees,
  type VisitorEvent,
} from '../../../model/index.js';
import { explainRules, type RuleExplanation, type RuleSet } from '../../../rules/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { basicAuthentication, type HistorySecurity } from '../history/index.js';

export interface ExplainRoutesOptions {
  store: OperationalStore;
  /** Resolves when what is on its way to the store of a visit has been written. */
  drained(visitId: string): Promise<void>;
  /** Who may ask: what explains a rule shows what a visitor did. */
  security: HistorySecurity;
  rules(): RuleSet;
  /** The packages apart, when each sees only events of its own domain. */
  domains?(): readonly DomainRules[] | undefined;
}

/** A rule that fires makes an engagement, unless one of the visit is in progress already. */
export interface ExplainedRule extends RuleExplanation {
  /** In the order in which they began. */
  readonly engagements: readonly Pick<EngagementResource, 'state' | 'reason' | 'startDate'>[];
}

/** Newest events of a visit that are explained at most. */
const eventsMax = 1_000;

export function explainRoutes(options: ExplainRoutesOptions): FastifyPluginCallback {
  const { store, drained, rules } = options;
  const authenticate = basicAuthentication(options.security, Date.now);
  return (application, _options, done) => {
    if (authenticate !== undefined) application.addHook('onRequest', authenticate);
    application.get('/visits/:visitId/rules', async (request): Promise<ExplainedRule[]> => {
      const { visitId } = request.params as { visitId: string };
      if (!isId(visitId)) throw new AppError('BAD_REQUEST', 'visitId must be an id', { field: 'visitId' });
      await drained(visitId);
      if ((await store.readVisit(visitId)) === undefined) {
        throw new AppError('NOT_FOUND', `No visit ${visitId} is kept.`);
      }
      const [segments, engagements] = await Promise.all([
        store.readEvents(visitId),
        store.readEngagements(visitId),
      ]);
      const events = segments.flatMap(({ bytes }) => decodeEvents(visitId, bytes));
      const domains = options.domains?.();
      const explanations =
        domains === undefined
          ? explain(rules(), events, () => true)
          : domains.flatMap(({ package: name, rules: own }) =>
              explain(own, events, ({ url }) => packageSees(name, url)),
            );
      return explanations.map((explanation) => ({
        ...explanation,
        engagements: engagements
          .filter(({ rule }) => rule === explanation.rule)
          .map(({ state, reason, startDate }) => ({ state, reason, startDate })),
      }));
    });
    done();
  };
}

/** Rules see what the browser sent; the ordinals in the answer are those of the visit's whole stream. */
function explain(
  rules: RuleSet,
  events: readonly VisitorEvent[],
  sees: (event: VisitorEvent) => boolean,
): RuleExplanation[] {
  const seen = events
    .map((event, ordinal) => ({ event, ordinal }))
    .filter(({ event }) => event.eventType !== 'ACTIONABLE' && sees(event))
    .slice(-eventsMax);
  const ordinalOf = (index: number | null): number | null =>
    index === null ? null : (seen[index]?.ordinal ?? null);
  const explanations = explainRules(
    rules,
    seen.map(({ event }) => event),
  );
  return explanations.map((explanation) => ({
    ...explanation,
    firings: explanation.firings.map((firing) => ({
      ...firing,
      completedBy: ordinalOf(firing.completedBy),
      basedOn: ordinalOf(firing.basedOn),
    })),
    conditions: explanation.conditions.map((condition) => ({
      ...condition,
      events: condition.events.flatMap((index) => ordinalOf(index) ?? []),
    })),
  }));
}
