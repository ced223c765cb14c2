/** The time machine over a real store with real threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BacktestOptions, runBacktest, threadsMax } from '../../../src/backtest/index.js';
import type { BacktestProgress } from '../../../src/model/index.js';
import { draft, startMs, type StoredVisit, storeVisits } from './stored-visits.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-backtest-'));
const file = join(folder, 'store.sqlite');

/** Five behaviours in turn, so that every count is known. */
const behaviours: StoredVisit[] = [
  { steps: ['Look', 'WantsHelp', '!wants help'] },
  { steps: ['WantsHelp', 'Look', 'WantsHelp', 'Look'] },
  { steps: ['AddToCart', 'Look', '!old rule'] },
  { steps: ['AddToCart', 'Checkout'] },
  { steps: ['Look', '!wants help'] },
];
const rounds = 250;
const visits = Array.from({ length: rounds * behaviours.length }, (_, index) => behaviours[index % 5]!);

const options: BacktestOptions = {
  source: { kind: 'embedded', file },
  text: draft,
  sinceMs: startMs,
  untilMs: startMs + visits.length * 60_000,
  nowMs: startMs + 1e9,
};

beforeAll(() => storeVisits(file, visits), 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('runBacktest', { timeout: 60_000 }, () => {
  it('reports firings by rule and hour, and what the live rules did in the same visits', async () => {
    const steps: BacktestProgress[] = [];
    const report = await runBacktest({ ...options, onProgress: (progress) => steps.push(progress) });
    expect(report).toMatchObject({
      package: 'com.example.shop',
      visits: visits.length,
      events: rounds * (2 + 4 + 2 + 2 + 1),
      firings: rounds * (1 + 2 + 1),
      firedVisits: rounds * 3,
      suspended: [],
    });
    expect(report.rules).toMatchObject([
      {
        rule: 'wants help',
        firings: rounds * 3,
        visits: rounds * 2,
        alsoLive: rounds,
        onlyDraft: rounds,
        onlyLive: rounds,
      },
      { rule: 'silent', firings: rounds, visits: rounds, alsoLive: 0, onlyDraft: rounds, onlyLive: 0 },
      { rule: 'never', firings: 0, visits: 0, hours: [] },
    ]);
    expect(report.live).toMatchObject([
      { package: 'com.example.live', rule: 'wants help', firings: rounds * 2, visits: rounds * 2 },
      { package: 'com.example.live', rule: 'old rule', firings: rounds, visits: rounds },
    ]);
    expect(report.overlap).toEqual([
      { rule: 'silent', livePackage: 'com.example.live', liveRule: 'old rule', visits: rounds },
      { rule: 'wants help', livePackage: 'com.example.live', liveRule: 'wants help', visits: rounds },
    ]);
    // Twelve visits of each behaviour begin in an hour; the second fires twice.
    expect(report.rules[0]?.hours.slice(0, 2)).toEqual([
      [startMs, 36],
      [startMs + 3_600_000, 36],
    ]);
    // After ten minutes without a checkout, by the clock.
    expect(report.fired.find(({ visitID }) => visitID === 'V000002')?.firings).toEqual([
      { eventID: null, rule: 'silent', basedOn: 'V000002E0', timestamp: startMs + 120_000 + 600_000 },
    ]);
    expect(report.fired.map(({ visitID }) => visitID)).toEqual(
      visits.flatMap(({ steps: own }, index) =>
        own.includes('WantsHelp') || (own.includes('AddToCart') && !own.includes('Checkout'))
          ? [`V${String(index).padStart(6, '0')}`]
          : [],
      ),
    );
    expect(steps[0]).toEqual({ visits: 0, visitsTotal: visits.length, events: 0, firings: 0 });
    expect(steps.at(-1)).toEqual({
      visits: visits.length,
      visitsTotal: visits.length,
      events: report.events,
      firings: report.firings,
    });
    const done = steps.map((step) => step.visits);
    expect(done).toEqual(done.toSorted((left, right) => left - right));
  });

  it('takes only visits that started in the span, and lets no clock pass now', async () => {
    const untilMs = startMs + 10 * 60_000;
    const early = await runBacktest({ ...options, untilMs, nowMs: startMs + 5 * 60_000 });
    expect(early.visits).toBe(10);
    expect(early.rules[1]).toMatchObject({ rule: 'silent', firings: 0 });
    expect((await runBacktest({ ...options, untilMs })).rules[1]).toMatchObject({ firings: 2 });
    expect((await runBacktest({ ...options, untilMs, waitMs: 0 })).rules[1]).toMatchObject({ firings: 0 });
    expect(await runBacktest({ ...options, sinceMs: 0, untilMs: 1 })).toMatchObject({
      visits: 0,
      firings: 0,
    });
  });

  it('follows domains when asked to', async () => {
    const separateByDomain = true;
    const elsewhere = draft.replace('com.example.shop', 'org.elsewhere');
    expect(await runBacktest({ ...options, text: elsewhere, separateByDomain })).toMatchObject({
      firings: 0,
    });
    const parent = draft.replace('com.example.shop', 'com.example');
    expect(await runBacktest({ ...options, text: parent, separateByDomain })).toMatchObject({
      firings: rounds * 4,
    });
  });

  it('refuses a draft with mistakes, and a store that is not there', async () => {
    await expect(runBacktest({ ...options, text: 'package p\nrule' })).rejects.toMatchObject({
      name: 'DraftError',
      errors: [{ line: 2 }],
    });
    const source = { kind: 'embedded', file: join(folder, 'none.sqlite') } as const;
    await expect(runBacktest({ ...options, source })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = runBacktest({
      ...options,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
  });

  it('keeps the thread that called it free', async () => {
    const before = performance.eventLoopUtilization();
    const started = performance.now();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all([1, 2, 3].map(() => runBacktest(options)));
    clearInterval(timer);
    const { active } = performance.eventLoopUtilization(before);
    expect(active).toBeLessThan((performance.now() - started) / 2);
    expect(turns).toBeGreaterThan(20);
  });

  it('leaves a core to live traffic', async () => {
    const report = await runBacktest({ ...options, threads: 1_000 });
    expect(report.threads).toBe(threadsMax());
  });
});
