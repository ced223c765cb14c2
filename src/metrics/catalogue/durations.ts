// How long things take.
import type { MetricRow } from '../metric-row.js';

export const eventTimerName = 'monitoring_event_timer';
export const chatDurationName = 'beckon_chat_duration_seconds';

export const durations: readonly MetricRow[] = [
  {
    name: eventTimerName,
    guideName: 'monitoring.event.timer',
    kind: 'histogram',
    unit: 'seconds',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    help: 'Time from the arrival of a batch of events until it is stable; one value for each batch.',
  },
  {
    name: 'EventDuration',
    guideName: 'EventDuration',
    kind: 'gauge',
    unit: 'milliseconds',
    labels: ['figure'],
    help:
      'The same over the last `metrics/monitoring.event.timer.slidingWindowSize` batches: `mean`, `min`, ' +
      '`max`, `p50`, `p95` and `p99`.',
    read: ({ timer }) => [
      { labels: { figure: 'mean' }, value: timer.meanMs },
      { labels: { figure: 'min' }, value: timer.minMs },
      { labels: { figure: 'max' }, value: timer.maxMs },
      { labels: { figure: 'p50' }, value: timer.p50Ms },
      { labels: { figure: 'p95' }, value: timer.p95Ms },
      { labels: { figure: 'p99' }, value: timer.p99Ms },
    ],
  },
  {
    name: chatDurationName,
    kind: 'histogram',
    unit: 'seconds',
    buckets: [3, 10, 30, 60, 120, 300, 600, 1_200, 3_600],
    help: 'How long chats were, from opening to end.',
  },
];
