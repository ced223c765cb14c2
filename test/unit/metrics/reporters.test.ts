// The reporters: who is told what, how often, under the options of section `metrics`.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allOptions, type Options } from '../../../src/config/index.js';
import { createMetrics, startReporters, type Metrics } from '../../../src/metrics/index.js';
import { pino } from 'pino';

const defaults = Object.fromEntries(
  allOptions()
    .filter(({ section }) => section === 'metrics')
    .map(({ name, row }) => [name, row.type.parse(row.default!)]),
) as unknown as Options['metrics'];

let metrics: Metrics;
let stop: () => void = () => undefined;
const records: Record<string, unknown>[] = [];
const printed: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  metrics = createMetrics({ windowSize: 10, interactionMinMs: 3_000 });
  records.length = 0;
  printed.length = 0;
});
afterEach(() => {
  stop();
  metrics.close();
  vi.useRealTimers();
});

function start(changes: Partial<Options['metrics']>): void {
  const logger = pino(
    { level: 'trace' },
    {
      write: (line: string) => void records.push(JSON.parse(line) as Record<string, unknown>),
    },
  );
  stop = startReporters({
    metrics,
    options: { ...defaults, ...changes },
    logger,
    print: (text) => void printed.push(text),
  });
}

describe('reporters', () => {
  it('write to the log every half an hour, and nothing to the console, by default', () => {
    start({ 'reporter.messageServer.enabled': false });
    metrics.observe({ name: 'visitStarted' });
    vi.advanceTimersByTime(29 * 60_000);
    expect(records).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ msg: 'metrics', beckon_visits_started_total: 1 });
    expect(records[0]).not.toHaveProperty('beckon_chats_opened_total');
    expect(printed).toEqual([]);
  });

  it('print to the console when it is enabled', () => {
    start({ 'reporter.console.enabled': true, 'reporter.console.logFrequency': 1_000 });
    metrics.observe({ name: 'ruleFired', package: 'p', rule: 'r' });
    vi.advanceTimersByTime(2_000);
    expect(printed).toHaveLength(2);
    expect(printed[0]).toContain('beckon_rule_firings_total{package=p,rule=r} 1\n');
  });

  it.each([true, false])('call routing correct again after a while, with alarms %s', async (alarms) => {
    start({ 'reporter.log.enabled': false, 'reporter.messageServer.enabled': alarms });
    const routing = async (): Promise<string | undefined> =>
      /^lb_routing_correct (\d)$/m.exec(await metrics.text())?.[1];
    metrics.requestMisrouted('.GWE_Node2');
    expect(await routing()).toBe('0');
    vi.advanceTimersByTime(2 * defaults['reporter.messageServer.logFrequency']);
    expect(await routing()).toBe('1');
    const ids = [
      [100401, '[ERROR] Incorrect routing for request .GWE_Node2'],
      [100402, '[INFO] Routing is back to normal'],
    ];
    expect(records.map(({ alarm, msg }) => [alarm, msg])).toEqual(alarms ? ids : []);
  });

  it('raise and cancel alarms, once each', () => {
    start({ 'reporter.log.enabled': false, 'EventDuration.threshold': 100, 'HeapMemoryUsage.threshold': 1 });
    metrics.eventsTimed(500, 1);
    vi.advanceTimersByTime(3 * 60_000);
    for (let count = 0; count < 10; count++) metrics.eventsTimed(1, 1);
    vi.advanceTimersByTime(3 * 60_000);
    const told = records.filter(({ alarm }) => alarm === 100601 || alarm === 100602);
    expect(told).toMatchObject([
      { level: 50, alarm: 100601, msg: '[ERROR] Average event duration is too long 500 ms' },
      { level: 20, alarm: 100602, msg: '[INFO] Average event duration is back to normal' },
    ]);
  });

  it('tell nothing when they are stopped', () => {
    start({ 'reporter.console.enabled': true });
    stop();
    vi.advanceTimersByTime(24 * 3_600_000);
    expect([...records, ...printed]).toEqual([]);
  });
});
