/**
 * What the engine keeps for one visit: plain data, a few flat arrays of numbers. Everything that can be
 * computed again from them (lists by memory, matches that wait to fire) lives in the rule set's workspace
 * while an event is handled.
 */

/** Opaque to callers: store it, encode it, hand it back. */
export interface RuleSession {
  /** The rule set's fingerprint; a session belongs to the rule set that made or adopted it. */
  ruleSet: string;
  /** Epoch milliseconds of the first event; the session counts from there. Null before the first event. */
  base: number | null;
  /** The session's clock, from `base`. It never goes back. */
  clock: number;
  /** The next instant, from `base`, at which time alone may fire something; null when there is none. */
  due: number | null;
  /**
   * The next instant, from `base`, at which something is to be forgotten without effect; null when there is
   * none.
   */
  purge: number | null;
  /** Events so far: one more than the highest ordinal. */
  count: number;
  /** By slot: when the fact happened, from `base`. */
  times: number[];
  /** By slot: the event's ordinal; -1 for a fact that a rule inserted. */
  ordinals: number[];
  /**
   * By slot: of an event, the fields that rules still need as [field, value, …]; of a declared fact, all its
   * values.
   */
  values: (unknown[] | 0)[];
  /** Slots that are free. */
  free: number[];
  /** In order of arrival: memory * slotsMax + slot. */
  marks: number[];
  /** Matches that wait for a moment: [branch, due from base, slot, …]. */
  timers: number[][];
  /** Ordinals of events that a rule deleted. */
  gone: number[];
  /** Indexes of rules suspended for this visit. */
  suspended: number[];
}

/** Facts that one session can hold at once. */
export const slotsMax = 65_536;

/** Bytes that one mark of one fact takes, roughly and encoded: the mark and its share of the fact. */
export const markBytes = 32;

export function emptySession(ruleSet: string): RuleSession {
  return {
    ruleSet,
    base: null,
    clock: 0,
    due: null,
    purge: null,
    count: 0,
    times: [],
    ordinals: [],
    values: [],
    free: [],
    marks: [],
    timers: [],
    gone: [],
    suspended: [],
  };
}
