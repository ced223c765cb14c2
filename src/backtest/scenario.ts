/**
 * A scenario of a rule package: what a visitor does, and which ACTIONABLE events must come of it, in order.
 */
import type { JsonObject } from '../base/index.js';
import { type EmittedFiring, systemEventNames, type VisitorEvent } from '../model/index.js';
import { buildRuleSet, type RulePackage } from '../rules/index.js';
import { sayDuration } from './duration.js';
import { createReplay, type Suspension } from './replay.js';

/** Times are milliseconds from the scenario's start. */
export interface ScenarioEvent {
  atMs: number;
  name: string;
  /** By which expectations name it; the event's number in the scenario, from 1, when the author gave none. */
  id: string;
  visit: string;
  page: string;
  categories: readonly string[];
  url: string;
  language: string;
  data: JsonObject;
}

/** Only the fields that the author wrote are compared; null is the author's `none`. */
export interface ExpectedFiring {
  rule: string;
  atMs?: number;
  basedOn?: string | null;
  completedBy?: string | null;
  visit?: string;
}

export interface Scenario {
  name: string;
  /** Where it stands in its file, from 1. */
  line: number;
  events: readonly ScenarioEvent[];
  /** How long the clocks run on after the last event. */
  waitMs: number;
  expect: readonly ExpectedFiring[];
}

export interface DiffLine {
  kind: 'same' | 'missing' | 'unexpected';
  text: string;
}

export interface ScenarioResult {
  scenario: Scenario;
  passed: boolean;
  /** Expected and actual firings side by side; all `same` when the scenario passed. */
  diff: readonly DiffLine[];
  suspensions: readonly Suspension[];
}

/** The start of every scenario, so that its times are the same at each run. */
export const scenarioStartMs = Date.UTC(2026, 0, 5, 9);

const systemNames: ReadonlySet<string> = new Set(systemEventNames);

/** Plays one scenario through a package. */
export function runScenario(rulePackage: RulePackage, scenario: Scenario): ScenarioResult {
  const firings: EmittedFiring[] = [];
  const suspensions: Suspension[] = [];
  const replay = createReplay({
    rules: buildRuleSet([rulePackage]),
    onFiring: (firing) => firings.push(firing),
    onSuspended: (suspension) => suspensions.push(suspension),
  });
  let lastMs = scenarioStartMs;
  for (const event of scenario.events) {
    lastMs = Math.max(lastMs, scenarioStartMs + event.atMs);
    replay.insert(visitorEvent(event));
  }
  replay.tick(lastMs + scenario.waitMs);
  const diff = compare(scenario, firings);
  const passed = suspensions.length === 0 && diff.every(({ kind }) => kind === 'same');
  return { scenario, passed, diff, suspensions };
}

function visitorEvent(event: ScenarioEvent): VisitorEvent {
  const { name, id, visit, page, categories, url, language, data, atMs } = event;
  return {
    eventType: systemNames.has(name) ? 'SYSTEM' : 'BUSINESS',
    eventName: name,
    eventID: id,
    pageID: page,
    visitID: visit,
    globalVisitID: visit,
    timestamp: scenarioStartMs + atMs,
    category: categories.join(';'),
    url,
    languageCode: language,
    data,
  };
}

/**
 * The longest common run of expected and actual firings, with what is missing and what came unexpectedly
 * between.
 */
function compare(scenario: Scenario, actual: readonly EmittedFiring[]): DiffLine[] {
  const expected = scenario.expect;
  const ordered = inExpectedOrder(expected, actual);
  const lengths = commonLengths(expected, ordered);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  const several = new Set(scenario.events.map(({ visit }) => visit)).size > 1;
  while (i < expected.length || j < ordered.length) {
    const [wanted, firing] = [expected[i], ordered[j]];
    if (wanted !== undefined && firing !== undefined && fits(wanted, firing)) {
      lines.push({ kind: 'same', text: sayFiring(firing, several) });
      i++;
      j++;
    } else if (
      wanted !== undefined &&
      (firing === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      lines.push({ kind: 'missing', text: sayExpected(wanted) });
      i++;
    } else if (firing !== undefined) {
      lines.push({ kind: 'unexpected', text: sayFiring(firing, several) });
      j++;
    }
  }
  return lines;
}

/** Several matches of one rule at one moment come in no promised order: they are put into the author's. */
function inExpectedOrder(
  expected: readonly ExpectedFiring[],
  actual: readonly EmittedFiring[],
): EmittedFiring[] {
  const ordered = [...actual];
  for (let start = 0; start < ordered.length;) {
    let end = start + 1;
    while (end < ordered.length && sameMoment(ordered[start], ordered[end])) end++;
    const run = ordered.slice(start, end);
    const placed = expected.slice(start, end).map((wanted) => {
      const index = run.findIndex((firing) => fits(wanted, firing));
      return index < 0 ? undefined : run.splice(index, 1)[0];
    });
    for (let index = start; index < end; index++) {
      const firing = placed[index - start] ?? run.shift();
      if (firing !== undefined) ordered[index] = firing;
    }
    start = end;
  }
  return ordered;
}

function sameMoment(left: EmittedFiring | undefined, right: EmittedFiring | undefined): boolean {
  return (
    left?.rule === right?.rule &&
    left?.timestamp === right?.timestamp &&
    left?.eventID === right?.eventID &&
    left?.visitID === right?.visitID
  );
}

/** `[i][j]`: how many firings fit in order from the expected `i` and the actual `j` on. */
function commonLengths(expected: readonly ExpectedFiring[], actual: readonly EmittedFiring[]): number[][] {
  const lengths = expected.map(() => new Array<number>(actual.length + 1).fill(0));
  lengths.push(new Array<number>(actual.length + 1).fill(0));
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = actual.length - 1; j >= 0; j--) {
      const both = fits(expected[i] as ExpectedFiring, actual[j] as EmittedFiring);
      const [row, below] = [lengths[i] as number[], lengths[i + 1] as number[]];
      row[j] = both ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function fits(expected: ExpectedFiring, firing: EmittedFiring): boolean {
  return (
    expected.rule === firing.rule &&
    (expected.atMs === undefined || expected.atMs === firing.timestamp - scenarioStartMs) &&
    (expected.basedOn === undefined || expected.basedOn === firing.basedOn) &&
    (expected.completedBy === undefined || expected.completedBy === firing.eventID) &&
    (expected.visit === undefined || expected.visit === firing.visitID)
  );
}

function sayFiring(firing: EmittedFiring, withVisit: boolean): string {
  const { rule, timestamp, basedOn, eventID, visitID } = firing;
  const visit = withVisit ? `, visit: ${visitID}` : '';
  return say(rule, sayDuration(timestamp - scenarioStartMs), basedOn, eventID) + visit;
}

function sayExpected({ rule, atMs, basedOn, completedBy, visit }: ExpectedFiring): string {
  const at = atMs === undefined ? undefined : sayDuration(atMs);
  return say(rule, at, basedOn, completedBy) + (visit === undefined ? '' : `, visit: ${visit}`);
}

function say(
  rule: string,
  at: string | undefined,
  basedOn: string | null | undefined,
  completedBy: string | null | undefined,
): string {
  const parts = [`rule: ${rule}`];
  if (at !== undefined) parts.push(`at: ${at}`);
  if (basedOn !== undefined) parts.push(`basedOn: ${basedOn ?? 'none'}`);
  if (completedBy !== undefined) parts.push(`completedBy: ${completedBy ?? 'time'}`);
  return parts.join(', ');
}
