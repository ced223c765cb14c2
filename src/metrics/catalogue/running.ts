// The process itself: memory, garbage collection, CPU, event loop.
import { plain, type ValueRow } from '../metric-row.js';

export const running: readonly ValueRow[] = [
  plain(
    { name: 'beckon_heap_used_bytes', kind: 'gauge', unit: 'bytes', help: 'Heap in use.' },
    (readings) => readings.process.heapUsedBytes,
  ),
  plain(
    { name: 'beckon_heap_limit_bytes', kind: 'gauge', unit: 'bytes', help: 'Maximum heap.' },
    (readings) => readings.process.heapLimitBytes,
  ),
  plain(
    {
      name: 'HeapMemoryUsage',
      guideName: 'HeapMemoryUsage',
      kind: 'gauge',
      unit: 'ratio',
      help: 'Heap in use over the maximum heap.',
    },
    (readings) => readings.process.heapUsedBytes / readings.process.heapLimitBytes,
  ),
  plain(
    { name: 'beckon_resident_bytes', kind: 'gauge', unit: 'bytes', help: 'Memory of the process.' },
    (readings) => readings.process.residentBytes,
  ),
  plain(
    {
      name: 'beckon_external_bytes',
      kind: 'gauge',
      unit: 'bytes',
      help: 'Memory of buffers outside the heap.',
    },
    (readings) => readings.process.externalBytes,
  ),
  plain(
    {
      name: 'beckon_cpu_seconds_total',
      kind: 'counter',
      unit: 'seconds',
      help: 'CPU time of the process, all threads.',
    },
    (readings) => readings.process.cpuSeconds,
  ),
  plain(
    { name: 'beckon_uptime_seconds', kind: 'gauge', unit: 'seconds', help: 'Age of the process.' },
    (readings) => readings.process.uptimeSeconds,
  ),
  {
    name: 'beckon_gc_total',
    kind: 'counter',
    labels: ['kind'],
    help: 'Garbage collections: `minor` of young objects, `major` of all.',
    read: (readings) => [
      { labels: { kind: 'minor' }, value: readings.process.gcMinorCount },
      { labels: { kind: 'major' }, value: readings.process.gcMajorCount },
    ],
  },
  plain(
    {
      name: 'beckon_gc_seconds_total',
      kind: 'counter',
      unit: 'seconds',
      help: 'Time spent in garbage collections.',
    },
    (readings) => readings.process.gcSeconds,
  ),
  plain(
    {
      name: 'GcFrequency',
      guideName: 'GcFrequency',
      kind: 'gauge',
      help: 'Major garbage collections of the last hour.',
    },
    (readings) => readings.process.gcMajorLastHour,
  ),
  plain(
    {
      name: 'GcLatency',
      guideName: 'GcLatency',
      kind: 'gauge',
      unit: 'milliseconds',
      help: 'Length of the last garbage collection.',
    },
    (readings) => readings.process.gcLastMs,
  ),
  {
    name: 'beckon_event_loop_lag_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['figure'],
    help: 'How late timers ran in the last seconds: `mean`, `p99` and `max`.',
    read: (readings) => [
      { labels: { figure: 'mean' }, value: readings.process.lagMeanMs / 1_000 },
      { labels: { figure: 'p99' }, value: readings.process.lagP99Ms / 1_000 },
      { labels: { figure: 'max' }, value: readings.process.lagMaxMs / 1_000 },
    ],
  },
];
