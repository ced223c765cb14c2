// The alarm catalogue with the guide's ids and texts, and the rule for raising: an alarm is told once when
// its state turns bad and once when it turns good again. Pure: readings in, events out.
import type { Options } from '../config/index.js';

export type AlarmThresholds = Pick<
  Options['metrics'],
  'EventDuration.threshold' | 'HeapMemoryUsage.threshold' | 'GcLatency.threshold' | 'GcFrequency.threshold'
>;

/** What the alarms judge, gathered between two looks. */
export interface AlarmReadings {
  /** Mean over the timer's window. */
  readonly eventDurationMs: number;
  /** What told that a request was meant for another node. */
  readonly misroutedRequest: string | undefined;
  /** The shortest chat that was shorter than it may be. */
  readonly shortInteractionMs: number | undefined;
  /** Names of the caches that are full. */
  readonly fullCaches: readonly string[];
  /** Names of the stores whose last write failed. */
  readonly sinksAway: readonly string[];
  /** Names of the stores for which neither disk nor memory has room for more rows. */
  readonly fullSpools: readonly string[];
  /** Heap in use over maximum heap. */
  readonly heapUsage: number;
  readonly gcLastMs: number;
  readonly gcMajorLastHour: number;
}

export interface AlarmRow {
  readonly name: string;
  readonly detectId: number;
  readonly cancelId: number;
  /** Each `%s` stands for a value of `judge`. */
  readonly detectText: string;
  readonly cancelText: string;
  /** The option that holds its threshold. */
  readonly option?: string;
  /** The values for the text when the state is bad; undefined when it is good. */
  judge(readings: AlarmReadings, thresholds: AlarmThresholds): readonly string[] | undefined;
}

function above(value: number, threshold: number, unit: string): readonly string[] | undefined {
  if (value <= threshold) return undefined;
  return [`${Number(value.toFixed(3))}${unit}`, `${threshold}${unit}`];
}

function cacheAlarm(name: string, detectId: number): AlarmRow {
  return {
    name: `${name} cache size`,
    detectId,
    cancelId: detectId + 1,
    detectText: `[ERROR] ${name} Cache is full`,
    cancelText: '[INFO] Cache size is back to normal',
    judge: ({ fullCaches }) => (fullCaches.includes(`${name}Cache`) ? [] : undefined),
  };
}

export const alarmCatalogue: readonly AlarmRow[] = [
  {
    name: 'Event Duration',
    detectId: 100601,
    cancelId: 100602,
    detectText: '[ERROR] Average event duration is too long %s',
    cancelText: '[INFO] Average event duration is back to normal',
    option: 'metrics/EventDuration.threshold',
    judge: ({ eventDurationMs }, thresholds) =>
      above(eventDurationMs, thresholds['EventDuration.threshold'], ' ms')?.slice(0, 1),
  },
  {
    name: 'Incorrect load balancer routing',
    detectId: 100401,
    cancelId: 100402,
    detectText: '[ERROR] Incorrect routing for request %s',
    cancelText: '[INFO] Routing is back to normal',
    judge: ({ misroutedRequest }) => (misroutedRequest === undefined ? undefined : [misroutedRequest]),
  },
  {
    name: 'Interaction duration',
    detectId: 100501,
    cancelId: 100502,
    detectText: '[ERROR] Interaction duration %s is too short',
    cancelText: '[INFO] Interaction duration is back to normal',
    option: 'pacing/interactionMinProcessingTime',
    judge: ({ shortInteractionMs }) =>
      shortInteractionMs === undefined ? undefined : [`${Math.round(shortInteractionMs)} ms`],
  },
  cacheAlarm('VisitProfile', 100305),
  cacheAlarm('IxnProfile', 100303),
  cacheAlarm('Events', 100301),
  cacheAlarm('DroolsSession', 100201),
  {
    name: 'Store away',
    detectId: 100701,
    cancelId: 100702,
    detectText: '[ERROR] Writes fail and wait on disk: %s',
    cancelText: '[INFO] Writes are back to normal',
    judge: ({ sinksAway }) => (sinksAway.length > 0 ? [sinksAway.join(', ')] : undefined),
  },
  {
    name: 'Spool full',
    detectId: 100703,
    cancelId: 100704,
    detectText: '[ERROR] No room for rows that wait: %s',
    cancelText: '[INFO] There is room again for rows that wait',
    option: 'beckon/spoolBytesMax',
    judge: ({ fullSpools }) => (fullSpools.length > 0 ? [fullSpools.join(', ')] : undefined),
  },
  {
    name: 'Heap Memory Usage',
    detectId: 10001,
    cancelId: 10002,
    detectText: '[ERROR] Heap memory usage %s exceeds threshold %s',
    cancelText: '[INFO] Heap memory usage is back to normal',
    option: 'metrics/HeapMemoryUsage.threshold',
    judge: ({ heapUsage }, thresholds) => above(heapUsage, thresholds['HeapMemoryUsage.threshold'], ''),
  },
  {
    name: 'GC Latency',
    detectId: 10005,
    cancelId: 10006,
    detectText: '[ERROR] GC latency %s exceeds threshold %s',
    cancelText: '[INFO] GC latency is back to normal',
    option: 'metrics/GcLatency.threshold',
    judge: ({ gcLastMs }, thresholds) => above(gcLastMs, thresholds['GcLatency.threshold'], ' ms'),
  },
  {
    name: 'GC Frequency',
    detectId: 10003,
    cancelId: 10004,
    detectText: '[ERROR] GC frequency %s exceeds threshold %s',
    cancelText: '[INFO] GC frequency is back to normal',
    option: 'metrics/GcFrequency.threshold',
    judge: ({ gcMajorLastHour }, thresholds) =>
      above(gcMajorLastHour, thresholds['GcFrequency.threshold'], ' per hour'),
  },
];

export interface AlarmEvent {
  readonly kind: 'detected' | 'cancelled';
  readonly id: number;
  readonly text: string;
}

/** Detect ids of the alarms that are raised. */
export type AlarmState = ReadonlySet<number>;

/** What changed since `raised`: the events to tell, and the new state. */
export function evaluateAlarms(
  raised: AlarmState,
  readings: AlarmReadings,
  thresholds: AlarmThresholds,
): { raised: AlarmState; events: AlarmEvent[] } {
  const now = new Set<number>();
  const events: AlarmEvent[] = [];
  for (const row of alarmCatalogue) {
    const values = row.judge(readings, thresholds);
    if (values !== undefined) {
      now.add(row.detectId);
      if (!raised.has(row.detectId)) {
        events.push({ kind: 'detected', id: row.detectId, text: filled(row.detectText, values) });
      }
    } else if (raised.has(row.detectId)) {
      events.push({ kind: 'cancelled', id: row.cancelId, text: row.cancelText });
    }
  }
  return { raised: now, events };
}

function filled(text: string, values: readonly string[]): string {
  let index = 0;
  return text.replaceAll('%s', () => values[index++] ?? '');
}
