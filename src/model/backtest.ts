/** What a back-test of a draft rule package says, on the wire and in the page that shows it. */

/** An ACTIONABLE event that a rule asked for. */
export interface EmittedFiring {
  visitID: string;
  /** The event whose arrival completed the match; null when time did. */
  eventID: string | null;
  rule: string;
  /** The session's clock, epoch milliseconds. */
  timestamp: number;
  /** The event that the ACTIONABLE event is based on; null for none. */
  basedOn: string | null;
}

/** Hours are the epoch milliseconds of their beginning (UTC). */
export interface RuleReport {
  rule: string;
  firings: number;
  /** Visits in which it fired. */
  visits: number;
  /** Visits in which a live rule of the same name had fired too, and those in which only one of both did. */
  alsoLive: number;
  onlyDraft: number;
  onlyLive: number;
  hours: readonly (readonly [hourMs: number, firings: number])[];
}

export interface LiveReport {
  package: string;
  rule: string;
  firings: number;
  visits: number;
  hours: readonly (readonly [hourMs: number, firings: number])[];
}

export interface FiredVisit {
  visitID: string;
  startDate: number;
  firings: readonly Omit<EmittedFiring, 'visitID'>[];
}

export interface BacktestReport {
  package: string;
  sinceMs: number;
  untilMs: number;
  visits: number;
  events: number;
  firings: number;
  /** Visits in which the draft fired at all, and the oldest of them with their firings. */
  firedVisits: number;
  fired: readonly FiredVisit[];
  rules: readonly RuleReport[];
  live: readonly LiveReport[];
  /** Visits in which both a rule of the draft and a live rule fired. */
  overlap: readonly { rule: string; livePackage: string; liveRule: string; visits: number }[];
  suspended: readonly { rule: string; reason: string; visits: number }[];
  threads: number;
  durationMs: number;
}

/** How far a back-test has come. */
export interface BacktestProgress {
  visits: number;
  visitsTotal: number;
  events: number;
  firings: number;
}

/** How a back-test stands. */
export type BacktestState =
  | { kind: 'running' }
  | { kind: 'done'; report: BacktestReport }
  | { kind: 'failed'; message: string }
  | { kind: 'cancelled' };

/** A back-test of one person, as its page reads it. */
export interface BacktestRun {
  readonly id: string;
  readonly state: BacktestState;
  readonly progress: BacktestProgress;
}

/** What is pushed while a run goes on; the report itself is fetched. */
export interface BacktestMessage {
  id: string;
  state: BacktestState['kind'];
  progress: BacktestProgress;
}
