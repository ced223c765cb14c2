/** The signatures of the rule engine's door, for those who write against it. */
import type { VisitorEvent } from '../model/index.js';
import type { RuleSession } from './session.js';
import type { RuleSet } from './rule-set.js';
import type { CompileResult, Firing, RuleExplanation, RuleLimits, RulePackage } from './types.js';

export interface RuleEngine {
  /** Reads and checks a DRL text. Never throws. */
  compilePackage(text: string): CompileResult;
  /** Builds the network of one or several packages: expensive, once per deployment. */
  buildRuleSet(packages: readonly RulePackage[], limits?: RuleLimits): RuleSet;
  newSession(ruleSet: RuleSet): RuleSession;
  /**
   * Leads the session's clock through every due instant up to the event's time, then inserts the event and fires.
   * `ordinal` is the event's number in the visit, from 0, rising. The session is changed in place.
   */
  insertEvent(ruleSet: RuleSet, session: RuleSession, event: VisitorEvent, ordinal: number): readonly Firing[];
  /** Leads the clock to `timeMs`, firing what is due on the way; a time in the past changes nothing. */
  advanceClock(ruleSet: RuleSet, session: RuleSession, timeMs: number): readonly Firing[];
  /** The next instant at which time alone changes something; Infinity when there is none. */
  nextDeadlineMs(session: RuleSession): number;
  /** Moves a live session to another rule set; `eventOf` gives the visit's events, undefined for forgotten ones. */
  adoptRuleSet(
    from: RuleSet,
    to: RuleSet,
    session: RuleSession,
    eventOf: (ordinal: number) => VisitorEvent | undefined,
  ): readonly Firing[];
  explainRules(ruleSet: RuleSet, events: readonly VisitorEvent[]): readonly RuleExplanation[];
  explainRule(
    ruleSet: RuleSet,
    packageName: string,
    rule: string,
    events: readonly VisitorEvent[],
  ): RuleExplanation | undefined;
}
