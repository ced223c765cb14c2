// The metrics of a node: what is counted appears under its row, at the value that was counted, when somebody
// asks.
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMetrics,
  metricCatalogue,
  type CacheReading,
  type EdgeReading,
  type Metrics,
} from '../../../src/metrics/index.js';

let open: Metrics[] = [];
afterEach(() => {
  for (const metrics of open) metrics.close();
  open = [];
});

function newMetrics(windowSize = 4, interactionMinMs = 3_000): Metrics {
  const metrics = createMetrics({ windowSize, interactionMinMs });
  open.push(metrics);
  return metrics;
}

const cache: CacheReading = {
  cacheSize: 7,
  evictionCount: 1,
  hitCount: 20,
  missCount: 5,
  loadSuccessCount: 4,
  loadExceptionCount: 1,
  totalLoadTimeNs: 3_000_000,
  isFull: false,
};

const edge: EdgeReading = {
  requests: 10,
  requestsInFlight: 2,
  requestsAborted: 1,
  pollsHeld: 0,
  webSockets: 3,
  webSocketsDroppedSlow: 0,
  answersCut: 0,
  connectionsRefused: 0,
  requestsRefused: 0,
  sessions: 4,
  subscriptions: 8,
  bayeux: {
    messagesReceived: 11,
    messagesDelivered: 12,
    messagesDropped: 0,
    sessionsOpened: 5,
    sessionsExpired: 1,
    sessionsRefused: 0,
    sessionsOverflowed: 0,
  },
};

async function linesOf(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the catalogue', () => {
  it('has legal, different names, and a sentence for each metric', () => {
    const names = metricCatalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, help, kind, guideName } of metricCatalogue) {
      expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      expect(help).toMatch(/\.$/);
      if (kind === 'counter' && guideName === undefined) expect(name).toMatch(/_total$/);
      if (guideName !== undefined) expect(name).toBe(guideName.replaceAll('.', '_'));
    }
  });

  it("has the guide's eight figures of the four caches", () => {
    const guideNames = new Set(metricCatalogue.map(({ guideName }) => guideName));
    const figures = ['CacheSize', 'EvictionCount', 'HitCount', 'LoadExceptionCount'];
    figures.push('LoadSuccessCount', 'MissCount', 'TotalLoadTime', 'isFull');
    for (const name of ['DroolsSessionCache', 'EventsCache', 'IxnProfileCache', 'VisitProfileCache']) {
      for (const figure of figures) expect(guideNames).toContain(`${name}.${figure}`);
    }
    for (const name of ['monitoring.event.timer', 'lb.routing.correct', 'interaction.duration.exceeded']) {
      expect(guideNames).toContain(name);
    }
  });
});

describe('counting', () => {
  it('adds facts up, and each reading tells the present totals', async () => {
    const metrics = newMetrics();
    metrics.observe({ name: 'visitStarted' });
    metrics.observe({ name: 'eventsTaken', count: 5, duplicates: 2 });
    metrics.eventsRejected(1);
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining([
        'beckon_events_received_total 8',
        'beckon_events_accepted_total 5',
        'beckon_events_duplicate_total 2',
        'beckon_events_rejected_total 1',
        'beckon_visits_started_total 1',
      ]),
    );
    metrics.observe({ name: 'eventsTaken', count: 5, duplicates: 0 });
    const lines = await linesOf(metrics);
    expect(lines).toContain('beckon_events_accepted_total 10');
    expect(lines).toContain('beckon_visits_started_total 1');
  });

  it('keeps labels apart, and escapes what is in them', async () => {
    const metrics = newMetrics();
    metrics.observe({ name: 'ruleFired', package: 'com.shop', rule: 'the "big" one' });
    metrics.observe({ name: 'ruleFired', package: 'com.shop', rule: 'the "big" one' });
    metrics.observe({ name: 'ruleFired', package: 'com.shop', rule: 'other' });
    metrics.observe({ name: 'queueEntered', queue: 'queueMissed', reason: 'expired' });
    metrics.observe({ name: 'chatEnded', reason: 'agentEnded', durationMs: 40_000 });
    const lines = await linesOf(metrics);
    expect(lines).toContain('beckon_rule_firings_total{package="com.shop",rule="the \\"big\\" one"} 2');
    expect(lines).toContain('beckon_rule_firings_total{package="com.shop",rule="other"} 1');
    expect(lines).toContain('beckon_engagements_total{queue="queueMissed",reason="expired"} 1');
    expect(lines).toContain('beckon_chats_ended_total{reason="agentEnded"} 1');
    expect(lines).toContain('beckon_chat_duration_seconds_sum 40');
  });

  it('is bounded, whatever the labels', async () => {
    const metrics = newMetrics();
    for (let index = 0; index < 1_500; index++) {
      metrics.observe({ name: 'ruleFired', package: 'p', rule: `rule ${index}` });
    }
    const firings = (await linesOf(metrics)).filter((line) => line.startsWith('beckon_rule_firings_total{'));
    expect(firings).toHaveLength(1_001);
    expect(firings).toContain('beckon_rule_firings_total{package="other",rule="other"} 500');
  });

  it('times batches into a histogram and a sliding window', async () => {
    const metrics = newMetrics(4);
    for (const durationMs of [900, 1, 2, 3, 10]) metrics.eventsTimed(durationMs, 10);
    const lines = await linesOf(metrics);
    // The first batch has left the window of four, and stays in the histogram.
    expect(lines).toContain('EventDuration{figure="mean"} 4');
    expect(lines).toContain('EventDuration{figure="max"} 10');
    expect(lines).toContain('EventDuration{figure="min"} 1');
    expect(lines).toContain('EventDuration{figure="p50"} 2');
    expect(lines).toContain('monitoring_event_timer_count 5');
    expect(lines).toContain('monitoring_event_timer_bucket{le="0.002"} 2');
    expect(metrics.takeAlarmReadings().eventDurationMs).toBe(4);
  });
});

describe('other rooms', () => {
  it('are asked at each reading', async () => {
    const metrics = newMetrics();
    let depth = 1;
    const sink = {
      depth: 0,
      bytes: 9,
      spoolBytes: 0,
      isSpoolFull: false,
      oldestAgeMs: 1_500,
      written: 5,
      failures: 2,
      refused: 0,
      damaged: 0,
      lastError: undefined,
      isAway: false,
      isFull: false,
    };
    metrics.watch({
      caches: () => ({ VisitProfileCache: cache, EventsCache: { ...cache, isFull: true } }),
      edges: () => ({ default: edge, ui: { ...edge, requests: 1 } }),
    });
    metrics.watch({
      sinks: () => ({
        store: { ...sink, depth: depth++ },
        index: { ...sink, lastError: 'away', isAway: true },
      }),
      journal: () => ({ bytes: 4_096, nextSeq: 12, committedSeq: 9 }),
      deadlines: () => 6,
    });
    const lines = await linesOf(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'VisitProfileCache_CacheSize 7',
        'VisitProfileCache_TotalLoadTime 3000000',
        'VisitProfileCache_isFull 0',
        'EventsCache_isFull 1',
        'beckon_visits_active 7',
        'beckon_http_requests_total{port="default"} 10',
        'beckon_http_requests_total{port="ui"} 1',
        'beckon_bayeux_sessions{port="default"} 4',
        'beckon_bayeux_messages_delivered_total{port="ui"} 12',
        'beckon_write_behind_rows{sink="store"} 1',
        'beckon_write_behind_oldest_age_seconds{sink="index"} 1.5',
        'beckon_journal_uncommitted_entries 2',
        'beckon_deadlines 6',
      ]),
    );
    expect(await linesOf(metrics)).toContain('beckon_write_behind_rows{sink="store"} 2');
    const judged = metrics.takeAlarmReadings();
    expect(judged.fullCaches).toEqual(['EventsCache']);
    expect([judged.sinksAway, judged.fullSpools]).toEqual([['index'], []]);
  });

  it('do not stand in the text while nobody watches them', () => {
    const values = newMetrics().values();
    expect(values.some(({ name }) => name.startsWith('beckon_write_behind'))).toBe(false);
    expect(values.find(({ name }) => name === 'beckon_heap_used_bytes')?.value).toBeGreaterThan(1_000_000);
  });
});

describe('the process', () => {
  it('is told with its heap, CPU and lag', () => {
    const values = new Map(
      newMetrics()
        .values()
        .map(({ name, value }) => [name, value]),
    );
    expect(values.get('HeapMemoryUsage')).toBeGreaterThan(0);
    expect(values.get('HeapMemoryUsage')).toBeLessThan(1);
    expect(values.get('beckon_cpu_seconds_total')).toBeGreaterThan(0);
    expect(values.get('beckon_event_loop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });
});

describe('what the alarms judge', () => {
  it('is the shortest short chat and the first stray request since the last look', () => {
    const metrics = newMetrics();
    metrics.observe({ name: 'chatEnded', reason: 'agentEnded', durationMs: 2_000 });
    metrics.observe({ name: 'chatEnded', reason: 'agentEnded', durationMs: 500 });
    metrics.observe({ name: 'chatEnded', reason: 'agentEnded', durationMs: 3_000 });
    metrics.requestMisrouted('GET /server/data/categories');
    metrics.requestMisrouted('another');
    const gauge = (wanted: string) => metrics.values().find(({ name }) => name === wanted)?.value;
    expect(gauge('interaction_duration_exceeded')).toBe(1);
    expect(gauge('lb_routing_correct')).toBe(0);
    expect(metrics.takeAlarmReadings()).toMatchObject({
      shortInteractionMs: 500,
      misroutedRequest: 'GET /server/data/categories',
    });
    expect(gauge('interaction_duration_exceeded')).toBe(1);
    expect(metrics.takeAlarmReadings()).toMatchObject({ shortInteractionMs: undefined });
    expect(gauge('interaction_duration_exceeded')).toBe(0);
    expect(gauge('lb_routing_correct')).toBe(1);
  });

  it('has no short chats when the check is off', () => {
    const metrics = newMetrics(4, 0);
    metrics.observe({ name: 'chatEnded', reason: 'agentEnded', durationMs: 0 });
    expect(metrics.takeAlarmReadings().shortInteractionMs).toBeUndefined();
  });
});
