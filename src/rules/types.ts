/**
 * The words that the rest of the server shares with the rule engine: packages, sessions, firings and what
 * they report. Everything here is plain data except `RuleSet`, which is compiled, immutable and never stored.
 */
import type { RuleFamily } from './families/types.js';

/** One mistake in a rule text. Lines and columns count from 1. */
export interface RuleError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to write instead, when there is something. */
  readonly suggestion?: string;
}

/** Something a package may contain but its author should know. */
export interface RuleWarning {
  readonly line: number;
  readonly column: number;
  /** The rule concerned; null for the whole package. */
  readonly rule: string | null;
  readonly kind: 'unreachable' | 'shadowed' | 'unbounded' | 'expiry' | 'style';
  readonly message: string;
}

/** What one session may spend on one rule; over it the rule is suspended for that session. */
export interface RuleLimits {
  /** State that one rule may hold in one session. */
  readonly stateBytesMax: number;
  /** Firings of one rule caused by one event or one instant of the clock. */
  readonly firingsPerEventMax: number;
  /** Matches of one rule that wait at once (for a timer, an absence, or a firing). */
  readonly matchesMax: number;
}

/** What is known of a rule before it runs. */
export interface RuleInfo {
  readonly name: string;
  /** The family whose phrases the text still equals; null for other text. */
  readonly family: RuleFamily | null;
  readonly salience: number;
  readonly line: number;
  /** Bytes that this rule's state may take in one session: the smaller of its own need and the limit. */
  readonly byteBound: number;
  /** Whether the conditions themselves keep the state finite; otherwise only the limit does. */
  readonly bounded: boolean;
  /** Changes when, and only when, the meaning of the rule changes. */
  readonly fingerprint: string;
}

/** A checked package. Plain data: it can be stored and is compiled again from its `text`. */
export interface RulePackage {
  readonly name: string;
  readonly text: string;
  readonly rules: readonly RuleInfo[];
}

export type CompileResult =
  | { readonly ok: true; readonly package: RulePackage; readonly warnings: readonly RuleWarning[] }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** One firing of one rule. */
export interface Firing {
  readonly package: string;
  readonly rule: string;
  /** The session's clock, epoch milliseconds. */
  readonly timestamp: number;
  /** Ordinal of the event whose arrival completed the match; null when time did. */
  readonly completedBy: number | null;
  /**
   * Ordinal of the event given to `emitActionable`; null for `emitVisit` or when the action emitted nothing.
   */
  readonly basedOn: number | null;
  /** Whether the action asked for an ACTIONABLE event. */
  readonly emitted: boolean;
  /** What the action set with `setUserData`, when it did. */
  readonly userData?: Readonly<Record<string, string>>;
  /** Set on the one record that says the rule was stopped for this session; such a record emits nothing. */
  readonly suspended?: SuspensionReason;
}

export type SuspensionReason = 'stateBytes' | 'firingsPerEvent' | 'matches';

/** How one condition of a rule stands. */
export interface ConditionExplanation {
  /** The condition as written. */
  readonly text: string;
  readonly line: number;
  readonly satisfied: boolean;
  /** Ordinals of the events that satisfy it. */
  readonly events: readonly number[];
  /** What is missing, in words; null when satisfied. */
  readonly missing: string | null;
}

/** Why a rule fired or did not, for one visit. */
export interface RuleExplanation {
  readonly package: string;
  readonly rule: string;
  readonly firings: readonly Firing[];
  readonly conditions: readonly ConditionExplanation[];
  /** The smallest change that would have fired it, in words; null when it fired. */
  readonly nearest: string | null;
}
