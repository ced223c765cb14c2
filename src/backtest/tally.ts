/** What replayed visits add up to: per visit, per part of the span, and in the end the report. */
import type { BacktestReport, EmittedFiring, FiredVisit } from '../model/index.js';
import type { Suspension } from './replay.js';

/** A firing of a live rule, as its ACTIONABLE event was stored. */
export interface LiveFiring {
  package: string;
  rule: string;
  timestamp: number;
}

/** One replayed visit. */
export interface PlayedVisit {
  visitID: string;
  startDate: number;
  events: number;
  firings: readonly EmittedFiring[];
  live: readonly LiveFiring[];
  suspensions: readonly Suspension[];
}

/** Visits that a report lists one by one. */
export const firedVisitsMax = 1_000;
/** Firings of one visit that a report lists. */
const firingsListedMax = 20;

interface Counted {
  firings: number;
  visits: number;
  hours: Map<number, number>;
}

/** Plain data, so that it can cross from one thread to another. */
export interface Tally {
  visits: number;
  events: number;
  firedVisits: number;
  fired: FiredVisit[];
  rules: Map<string, Counted & { alsoLive: number; onlyDraft: number; onlyLive: number }>;
  /** By package and rule. */
  live: Map<string, Counted & { package: string; rule: string }>;
  /** By rule of the draft and live rule. */
  overlap: Map<string, { rule: string; livePackage: string; liveRule: string; visits: number }>;
  suspended: Map<string, { rule: string; reason: string; visits: number }>;
}

/** An empty tally; every rule of the draft has a row, so that one that never fires shows. */
export function newTally(rules: readonly string[]): Tally {
  const rows = rules.map((rule) => [rule, { ...counted(), alsoLive: 0, onlyDraft: 0, onlyLive: 0 }] as const);
  return {
    visits: 0,
    events: 0,
    firedVisits: 0,
    fired: [],
    rules: new Map(rows),
    live: new Map(),
    overlap: new Map(),
    suspended: new Map(),
  };
}

function counted(): Counted {
  return { firings: 0, visits: 0, hours: new Map() };
}

const mark = '\u0000';

export function addVisit(tally: Tally, visit: PlayedVisit): void {
  const { firings, live, suspensions } = visit;
  tally.visits++;
  tally.events += visit.events;
  const draftRules = new Set(firings.map(({ rule }) => rule));
  const liveNames = new Set(live.map(({ rule }) => rule));
  for (const { rule, timestamp } of firings) {
    const row = tally.rules.get(rule);
    if (row !== undefined) count(row, timestamp);
  }
  for (const { package: name, rule, timestamp } of live) {
    const row = rowOf(tally.live, name + mark + rule, () => ({ ...counted(), package: name, rule }));
    count(row, timestamp);
  }
  for (const [rule, row] of tally.rules) {
    const [draft, alive] = [draftRules.has(rule), liveNames.has(rule)];
    if (draft) row.visits++;
    if (draft && alive) row.alsoLive++;
    else if (draft) row.onlyDraft++;
    else if (alive) row.onlyLive++;
  }
  for (const key of new Set(live.map(({ package: name, rule }) => name + mark + rule))) {
    const liveRow = tally.live.get(key);
    if (liveRow === undefined) continue;
    liveRow.visits++;
    const { package: livePackage, rule: liveRule } = liveRow;
    for (const rule of draftRules) {
      const make = () => ({ rule, livePackage, liveRule, visits: 0 });
      rowOf(tally.overlap, rule + mark + key, make).visits++;
    }
  }
  for (const { rule, reason } of suspensions)
    rowOf(tally.suspended, rule + mark + reason, () => ({ rule, reason, visits: 0 })).visits++;
  if (firings.length > 0) noteFired(tally, visit);
}

function noteFired(tally: Tally, { visitID, startDate, firings }: PlayedVisit): void {
  tally.firedVisits++;
  if (tally.fired.length >= firedVisitsMax) return;
  const listed = firings
    .slice(0, firingsListedMax)
    .map(({ eventID, rule, timestamp, basedOn }) => ({ eventID, rule, timestamp, basedOn }));
  tally.fired.push({ visitID, startDate, firings: listed });
}

const hourMs = 3_600_000;

function count(row: Counted, timestamp: number): void {
  row.firings++;
  const hour = Math.floor(timestamp / hourMs) * hourMs;
  row.hours.set(hour, (row.hours.get(hour) ?? 0) + 1);
}

function rowOf<Row>(map: Map<string, Row>, key: string, make: () => Row): Row {
  let row = map.get(key);
  if (row === undefined) {
    row = make();
    map.set(key, row);
  }
  return row;
}

/** Adds `part`, whose visits began after those of `tally`. */
export function addTally(tally: Tally, part: Tally): void {
  tally.visits += part.visits;
  tally.events += part.events;
  tally.firedVisits += part.firedVisits;
  tally.fired.push(...part.fired.slice(0, firedVisitsMax - tally.fired.length));
  for (const [rule, row] of part.rules) {
    const own = rowOf(tally.rules, rule, () => ({ ...counted(), alsoLive: 0, onlyDraft: 0, onlyLive: 0 }));
    addCounted(own, row);
    own.alsoLive += row.alsoLive;
    own.onlyDraft += row.onlyDraft;
    own.onlyLive += row.onlyLive;
  }
  for (const [key, row] of part.live)
    addCounted(
      rowOf(tally.live, key, () => ({ ...row, ...counted() })),
      row,
    );
  for (const [key, row] of part.overlap)
    rowOf(tally.overlap, key, () => ({ ...row, visits: 0 })).visits += row.visits;
  for (const [key, row] of part.suspended)
    rowOf(tally.suspended, key, () => ({ ...row, visits: 0 })).visits += row.visits;
}

function addCounted(own: Counted, row: Counted): void {
  own.firings += row.firings;
  own.visits += row.visits;
  for (const [hour, firings] of row.hours) own.hours.set(hour, (own.hours.get(hour) ?? 0) + firings);
}

export interface ReportHeader {
  package: string;
  sinceMs: number;
  untilMs: number;
  threads: number;
  durationMs: number;
}

export function reportOf(tally: Tally, header: ReportHeader): BacktestReport {
  const rules = [...tally.rules].map(([rule, row]) => ({ rule, ...row, hours: inOrder(row.hours) }));
  return {
    ...header,
    visits: tally.visits,
    events: tally.events,
    firings: rules.reduce((sum, { firings }) => sum + firings, 0),
    firedVisits: tally.firedVisits,
    fired: tally.fired,
    rules,
    live: [...tally.live.values()]
      .map((row) => ({ ...row, hours: inOrder(row.hours) }))
      .sort((left, right) => right.firings - left.firings || (left.rule < right.rule ? -1 : 1)),
    overlap: [...tally.overlap.values()].sort(
      (left, right) => right.visits - left.visits || (left.rule < right.rule ? -1 : 1),
    ),
    suspended: [...tally.suspended.values()],
  };
}

function inOrder(hours: ReadonlyMap<number, number>): [number, number][] {
  return [...hours].sort(([left], [right]) => left - right);
}
