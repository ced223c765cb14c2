/**
 * Heap of a warm visit: its profile, 50 events as bytes, and a session of 100 rules, measured over many
 * visits stepped as the runtime steps them. Prints bytes a visit, with and without the rule session.
 */
import { parseArgs } from 'node:util';
import { type CellEffect, type CellState, initialCell, stepCell } from '../../src/actors/cell/index.js';
import { type Documents, engagementAddress, visitAddress } from '../../src/actors/protocol/index.js';
import { encodeEvents, type Settings } from '../../src/model/index.js';
import { buildRuleSet, compilePackage } from '../../src/rules/index.js';
import { createDefaultPolicy } from '../../src/strategy/index.js';
import { mixedRules } from '../support/mixed-rules.js';
import { benchVisit, nextEvents, seeded } from '../support/visitor-stream.js';

const eventsPerBatch = 10;
const batches = 5;

const settings: Settings = {
  visitExpirationMs: 86_400_000,
  engagementExpirationMs: 30_000,
  strictEngagementMode: true,
  userData: { SignIn: [], UserInfo: [], VisitStarted: [], ACTIONABLE: [] },
  chatGroup: 'Web Engagement Chat',
  invitation: { title: 't', text: 't', acceptLabel: 'a', rejectLabel: 'r', displayMs: 30_000 },
  ringMs: 20_000,
  chatWaitMs: 120_000,
  chatAwayMs: 60_000,
};

function documentsWith(ruleCount: number): Documents {
  const result = compilePackage(mixedRules(ruleCount));
  if (!result.ok) throw new Error(JSON.stringify(result.errors[0]));
  const policy = createDefaultPolicy(settings.invitation);
  return { id: 1, rules: buildRuleSet([result.package]), rulesOf: () => undefined, settings, policy };
}

function heapBytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function fill(visits: number, documents: Documents): CellState[] {
  const draw = seeded(7);
  const nowMs = 1_700_000_000_000;
  return Array.from({ length: visits }, () => {
    const visit = benchVisit(draw);
    const cell = initialCell(`visit/${visit.visitID}`);
    const to = visitAddress(visit.visitID);
    for (let batch = 0; batch < batches; batch++) {
      const atMs = nowMs + batch * 1_000;
      const events = JSON.parse(JSON.stringify(nextEvents(visit, eventsPerBatch, atMs, draw))) as ReturnType<
        typeof nextEvents
      >;
      const bytes = encodeEvents(visit.visitID, visit.globalVisitID, events);
      const input = { kind: 'receiveEvents', events, bytes } as const;
      settle(
        cell,
        stepCell(cell, { kind: 'deliver', to, input }, atMs + 500, documents),
        atMs + 500,
        documents,
      );
    }
    return cell;
  });
}

/** Answers for the group that engagements ask: it has no agents. */
function settle(cell: CellState, effects: readonly CellEffect[], nowMs: number, documents: Documents): void {
  for (const effect of effects) {
    if (effect.kind !== 'send') continue;
    const { to, input, id } = effect;
    stepCell(cell, { kind: 'tellsAcknowledged', by: to.cell, id }, nowMs, documents);
    if (input.kind !== 'requestCapacity') continue;
    const answer = { kind: 'capacityAnswered', granted: false, readyAgents: 0, freeSlots: 0 } as const;
    const asker = engagementAddress(input.visitID, input.interactionId);
    const from = { cell: to.cell, id };
    settle(
      cell,
      stepCell(cell, { kind: 'deliver', to: asker, input: answer, from }, nowMs, documents),
      nowMs,
      documents,
    );
  }
}

const { values } = parseArgs({ options: { size: { type: 'string', default: 'real' } } });
if (globalThis.gc === undefined) throw new Error('run with --expose-gc, as npm run bench does');
const visits = values.size === 'smoke' ? 200 : 5_000;
const documents = documentsWith(100);
fill(100, documents);
const before = heapBytes();
const cells = fill(visits, documents);
const warm = (heapBytes() - before) / visits;
for (const { visit } of cells) if (visit !== null) visit.session = null;
const withoutSession = (heapBytes() - before) / visits;
for (const { visit } of cells) if (visit !== null) visit.log = null;
const withoutLog = (heapBytes() - before) / visits;
const line = {
  bench: 'visit-memory',
  visits,
  events: batches * eventsPerBatch,
  rules: 100,
  bytesPerVisit: Math.round(warm),
  ruleSessionBytes: Math.round(warm - withoutSession),
  eventLogBytes: Math.round(withoutSession - withoutLog),
  profileBytes: Math.round(withoutLog),
};
process.stdout.write(`${JSON.stringify(line)}\n`);
