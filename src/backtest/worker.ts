/**
 * A thread of a back-test: reads visits over a connection of its own and replays them. It yields to
 * everything else on the machine, so that live traffic does not feel it.
 */
import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { assert } from '../base/index.js';
import { decodeEvents, type EmittedFiring } from '../model/index.js';
import { buildRuleSet, compilePackage, type RuleSet } from '../rules/index.js';
import { openVisitReader, type VisitReader } from '../stores/index.js';
import { createReplay, type Suspension } from './replay.js';
import { addVisit, type LiveFiring, newTally, type PlayedVisit, type Tally } from './tally.js';
import type { Part, Place, ThreadSettings } from './task.js';

/** Visits that one call replays. */
const partVisits = 200;

const settings = workerData as ThreadSettings;
// On Linux a thread has a priority of its own; elsewhere this would slow the whole server down.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

interface Opened {
  reader: VisitReader;
  rules: RuleSet;
  ruleNames: string[];
}

let opening: Promise<Opened> | undefined;

const opened = (): Promise<Opened> => (opening ??= open());

async function open(): Promise<Opened> {
  const compiled = compilePackage(settings.text);
  assert(compiled.ok, 'a draft is checked before it is replayed');
  const rules = buildRuleSet([compiled.package]);
  const ruleNames = compiled.package.rules.map(({ name }) => name);
  return { reader: await openVisitReader(settings.source), rules, ruleNames };
}

/** Cuts the span into parts. */
export async function planParts(): Promise<Part[]> {
  const { reader } = await opened();
  const parts: Part[] = [];
  let after: Place | undefined;
  for (;;) {
    const visits = await reader.visitsStarted(settings.sinceMs, settings.untilMs, partVisits, after);
    const last = visits.at(-1);
    if (last === undefined) return parts;
    parts.push({ after, visits: visits.length });
    after = { startDate: last.startDate, visitId: last.visitId };
  }
}

/** Replays the visits of one part. */
export async function replayPart({ after, visits }: Part): Promise<Tally> {
  const { reader, rules, ruleNames } = await opened();
  const tally = newTally(ruleNames);
  const { sinceMs, untilMs } = settings;
  for (const { visitId, startDate } of await reader.visitsStarted(sinceMs, untilMs, visits, after)) {
    addVisit(tally, await play(reader, rules, visitId, startDate));
  }
  return tally;
}

async function play(
  reader: VisitReader,
  rules: RuleSet,
  visitID: string,
  startDate: number,
): Promise<PlayedVisit> {
  const { waitMs, nowMs, separateByDomain } = settings;
  const firings: EmittedFiring[] = [];
  const suspensions: Suspension[] = [];
  const live: LiveFiring[] = [];
  const replay = createReplay({
    rules,
    separateByDomain,
    onFiring: (firing) => firings.push(firing),
    onSuspended: (suspension) => suspensions.push(suspension),
  });
  let [events, lastMs] = [0, 0];
  for (const { bytes } of await reader.events(visitID)) {
    for (const event of decodeEvents(visitID, bytes)) {
      if (event.eventType === 'ACTIONABLE') {
        const { package: name, rule } = event.data;
        const known = typeof name === 'string' && typeof rule === 'string';
        if (known) live.push({ package: name, rule, timestamp: event.timestamp });
        continue;
      }
      events++;
      lastMs = Math.max(lastMs, event.timestamp);
      replay.insert(event);
    }
  }
  replay.advance(visitID, Math.min(lastMs + waitMs, nowMs));
  return { visitID, startDate, events, firings, live, suspensions };
}
