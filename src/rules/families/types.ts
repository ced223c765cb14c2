/**
 * The five families of rules that a business user writes as phrases, as data for an editor (spec/rules.md).
 */

export type RuleFamily = 'singleton' | 'sequence' | 'set' | 'counter' | 'search';

/** The event that a phrase speaks of. */
export type EventTest =
  { readonly kind: 'category'; readonly category: string } | { readonly kind: 'name'; readonly name: string };

interface RuleHeader {
  readonly name: string;
  readonly salience?: number;
  /** The rule fires at most once in a visit. */
  readonly oncePerVisit?: boolean;
  /** After firing, the events of the match are used up and counting begins anew. */
  readonly startOverAfterFiring?: boolean;
}

/** A rule in the author's words. Durations are whole milliseconds. */
export type FamilyRule =
  | (RuleHeader & { readonly family: 'singleton'; readonly event: EventTest })
  | (RuleHeader & {
      readonly family: 'sequence';
      readonly events: readonly EventTest[];
      /** Which event the actionable event is based on, from 0. */
      readonly basedOn: number;
      /** Longest time between one step and the next. */
      readonly withinMs?: number;
    })
  | (RuleHeader & {
      readonly family: 'set';
      readonly events: readonly EventTest[];
      readonly basedOn: number;
      readonly operator: 'all' | 'any';
    })
  | (RuleHeader & {
      readonly family: 'counter';
      readonly event: EventTest;
      readonly count: number;
      /** Only events this young are counted. */
      readonly withinMs?: number;
    })
  | (RuleHeader & {
      readonly family: 'search';
      readonly match: 'contains' | 'equals' | 'any';
      readonly value: string;
    });

/** A package in the author's words. */
export interface FamilyPackage {
  readonly name: string;
  readonly rules: readonly FamilyRule[];
}
