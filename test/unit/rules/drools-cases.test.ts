/** Every recorded case of real Drools' firings, run through the engine. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { VisitorEvent } from '../../../src/model/index.js';
import {
  type Firing,
  type RuleSession,
  advanceClock,
  buildRuleSet,
  compilePackage,
  insertEvent,
  newSession,
} from '../../../src/rules/index.js';

const root = new URL('../../rules/cases/', import.meta.url);

/** The recorded firings of case 80 are those of events without a language, though its events name one. */
const unset: Readonly<Record<string, Partial<Record<keyof VisitorEvent, null>>>> = {
  '80-query-null-fields': { languageCode: null },
};

interface Row {
  visitID: string;
  eventID: string | null;
  rule: string;
  timestamp: number;
  basedOn: string | null;
}

const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('cases recorded from Drools', () => {
  test('there are cases', () => {
    expect(folders.length).toBeGreaterThan(25);
  });
  for (const { name } of folders) {
    test(name, () => {
      const wanted = lines(name, 'firings.jsonl').map(rowOf);
      expect(inOrder(play(name))).toEqual(inOrder(wanted));
    });
  }
});

function lines(folder: string, file: string): Record<string, unknown>[] {
  const text = readFileSync(new URL(`${folder}/${file}`, root), 'utf8').trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

function rowOf({ visitID, eventID, rule, timestamp, basedOn }: Record<string, unknown>): Row {
  return { visitID, eventID, rule, timestamp, basedOn } as Row;
}

function play(folder: string): Row[] {
  const compiled = compilePackage(readFileSync(new URL(`${folder}/rules.drl`, root), 'utf8'));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const ruleSet = buildRuleSet([compiled.package]);
  const sessions = new Map<string, { session: RuleSession; events: VisitorEvent[] }>();
  const rows: Row[] = [];
  const take = (visitID: string, firings: readonly Firing[], events: readonly VisitorEvent[]): void => {
    const idOf = (ordinal: number | null): string | null =>
      ordinal === null ? null : (events[ordinal]?.eventID ?? '?');
    for (const { rule, timestamp, completedBy, basedOn } of firings) {
      rows.push({ visitID, eventID: idOf(completedBy), rule, timestamp, basedOn: idOf(basedOn) });
    }
  };
  for (const line of lines(folder, 'events.jsonl')) {
    if (typeof line.tick === 'number') {
      for (const [visitID, { session, events }] of sessions)
        take(visitID, advanceClock(ruleSet, session, line.tick), events);
      continue;
    }
    const event = { ...line, ...unset[folder] } as unknown as VisitorEvent;
    let visit = sessions.get(event.visitID);
    if (visit === undefined) {
      visit = { session: newSession(ruleSet), events: [] };
      sessions.set(event.visitID, visit);
    }
    visit.events.push(event);
    // A session is plain data: it lives through a copy at every step.
    visit.session = structuredClone(visit.session);
    take(event.visitID, insertEvent(ruleSet, visit.session, event, visit.events.length - 1), visit.events);
  }
  return rows;
}

/** By visit; several matches of one rule at one moment are put in order, as theirs does not count. */
function inOrder(rows: readonly Row[]): Row[][] {
  const byVisit = new Map<string, Row[]>();
  for (const row of rows) byVisit.set(row.visitID, [...(byVisit.get(row.visitID) ?? []), row]);
  return [...byVisit.keys()].sort().map((visitID) => {
    const runs: Row[][] = [];
    for (const row of byVisit.get(visitID) ?? []) {
      const last = runs.at(-1)?.[0];
      const same =
        last?.rule === row.rule && last.timestamp === row.timestamp && last.eventID === row.eventID;
      if (same) runs.at(-1)?.push(row);
      else runs.push([row]);
    }
    return runs.flatMap((run) =>
      run.sort((left, right) => (left.basedOn ?? '').localeCompare(right.basedOn ?? '')),
    );
  });
}
