/** Measures the rule engine: events per second, bytes per session, and a hash of all that fired. */
import { Packr } from 'msgpackr';
import { hash32 } from '../../src/base/index.js';
import {
  type RuleSession,
  buildRuleSet,
  compilePackage,
  insertEvent,
  newSession,
} from '../../src/rules/index.js';
import { type VisitEvents, eventStream, mixedPackage } from './workload.js';

export interface BenchSize {
  readonly rules: number;
  readonly visits: number;
  readonly eventsPerVisit: number;
  readonly categories: number;
  readonly seed: number;
}

export const smokeSize: BenchSize = { rules: 100, visits: 50, eventsPerVisit: 50, categories: 30, seed: 7 };
export const realSize: BenchSize = {
  rules: 100,
  visits: 10_000,
  eventsPerVisit: 50,
  categories: 30,
  seed: 7,
};

export interface BenchResult {
  readonly events: number;
  readonly firings: number;
  readonly hash: string;
  readonly elapsedMs: number;
  readonly eventsPerSecond: number;
  /** The same by processor time, which a busy machine does not change so much. */
  readonly eventsPerCpuSecond: number;
  /** Encoded by msgpackr, mean and greatest. */
  readonly sessionBytesMean: number;
  readonly sessionBytesMax: number;
}

/**
 * `nowMs` is a monotonic clock, `cpuMs` the processor time of this process; `measure` is called with the
 * sessions while they are alive.
 */
export function runBench(
  size: BenchSize,
  nowMs: () => number,
  cpuMs: () => number,
  measure?: (sessions: RuleSession[]) => void,
): BenchResult {
  const compiled = compilePackage(mixedPackage(size.rules, size.categories));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors[0]));
  const ruleSet = buildRuleSet([compiled.package]);
  const sessions = Array.from({ length: size.visits }, () => newSession(ruleSet));
  let [events, firings, hash, elapsedMs, spentMs] = [0, 0, 0, 0, 0];
  // The stream is made in pieces outside of the measured time.
  for (const piece of pieces(
    eventStream(size.visits, size.eventsPerVisit, size.categories, size.seed),
    50_000,
  )) {
    const [begun, begunCpu] = [nowMs(), cpuMs()];
    for (const { visit, ordinal, event } of piece) {
      for (const firing of insertEvent(ruleSet, sessions[visit] as RuleSession, event, ordinal)) {
        firings++;
        hash = hash32(`${visit}:${firing.rule}:${firing.timestamp}:${String(firing.basedOn)}`, hash);
      }
    }
    elapsedMs += nowMs() - begun;
    spentMs += cpuMs() - begunCpu;
    events += piece.length;
  }
  measure?.(sessions);
  const packr = new Packr({ useRecords: true, structures: [] });
  const sizes = sessions.map((session) => packr.encode(session).length);
  return {
    events,
    firings,
    hash: hash.toString(16),
    elapsedMs,
    eventsPerCpuSecond: Math.round((events / spentMs) * 1_000),
    eventsPerSecond: Math.round((events / elapsedMs) * 1_000),
    sessionBytesMean: Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length),
    sessionBytesMax: sizes.reduce((most, bytes) => Math.max(most, bytes), 0),
  };
}

function* pieces(stream: Iterable<VisitEvents>, length: number): Generator<VisitEvents[]> {
  let piece: VisitEvents[] = [];
  for (const item of stream) {
    piece.push(item);
    if (piece.length < length) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
