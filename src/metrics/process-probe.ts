// What Node.js tells of the process itself: heap, garbage collections, and how late the event loop runs.
import {
  constants,
  type IntervalHistogram,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

export interface ProcessFigures {
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly residentBytes: number;
  readonly externalBytes: number;
  readonly cpuSeconds: number;
  readonly uptimeSeconds: number;
  readonly gcMinorCount: number;
  readonly gcMajorCount: number;
  readonly gcSeconds: number;
  /** Length of the last collection; 0 before the first. */
  readonly gcLastMs: number;
  /** Major collections of the last hour. */
  readonly gcMajorLastHour: number;
  /** How late timers ran in the last span of some seconds. */
  readonly lagMeanMs: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

export interface ProcessProbe {
  figures(): ProcessFigures;
  /** Stops observing. */
  close(): void;
}

const hourMs = 3_600_000;
/** Times of major collections kept; an hour with more is counted as this many. */
const majorsMax = 36_000;
const lagResolutionMs = 20;
/** A span of lag is read at most this often, so that two readers at once see the same. */
const lagSpanMs = 5_000;

export function probeProcess(): ProcessProbe {
  const collections = observeCollections();
  const lag = observeLag();
  return {
    figures() {
      const memory = process.memoryUsage();
      const cpu = process.cpuUsage();
      return {
        heapUsedBytes: memory.heapUsed,
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        residentBytes: memory.rss,
        externalBytes: memory.external,
        cpuSeconds: (cpu.user + cpu.system) / 1e6,
        uptimeSeconds: process.uptime(),
        ...collections.figures(),
        ...lag.figures(),
      };
    },
    close() {
      collections.close();
      lag.close();
    },
  };
}

type CollectionFigures = Pick<
  ProcessFigures,
  'gcMinorCount' | 'gcMajorCount' | 'gcSeconds' | 'gcLastMs' | 'gcMajorLastHour'
>;

function observeCollections() {
  let minor = 0;
  let major = 0;
  let totalMs = 0;
  let lastMs = 0;
  let majorsAt: number[] = [];

  function take(entry: PerformanceEntry): void {
    // The types leave out what the collector's entries carry.
    const { kind } = (entry as PerformanceEntry & { detail: { kind: number } }).detail;
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) {
      major++;
      if (majorsAt.length < majorsMax) majorsAt.push(entry.startTime);
    } else if (kind === constants.NODE_PERFORMANCE_GC_MINOR) minor++;
    totalMs += entry.duration;
    lastMs = entry.duration;
  }

  const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
  observer.observe({ entryTypes: ['gc'] });
  return {
    figures(): CollectionFigures {
      const since = performance.now() - hourMs;
      majorsAt = majorsAt.filter((at) => at >= since);
      return {
        gcMinorCount: minor,
        gcMajorCount: major,
        gcSeconds: totalMs / 1_000,
        gcLastMs: lastMs,
        gcMajorLastHour: majorsAt.length,
      };
    },
    close: () => observer.disconnect(),
  };
}

type LagFigures = Pick<ProcessFigures, 'lagMeanMs' | 'lagP99Ms' | 'lagMaxMs'>;

function observeLag() {
  const histogram = monitorEventLoopDelay({ resolution: lagResolutionMs });
  histogram.enable();
  let span: LagFigures | undefined;
  let spanBeganAt = performance.now();
  return {
    /** Of the last whole span, or of the first one so far. */
    figures(): LagFigures {
      const nowMs = performance.now();
      if (nowMs - spanBeganAt >= lagSpanMs) {
        span = lagOf(histogram);
        spanBeganAt = nowMs;
        histogram.reset();
      }
      return span ?? lagOf(histogram);
    },
    close: () => void histogram.disable(),
  };
}

/** The histogram holds whole intervals in nanoseconds; the lag is what exceeds the resolution. */
function lagOf(histogram: IntervalHistogram): LagFigures {
  if (histogram.count === 0) return { lagMeanMs: 0, lagP99Ms: 0, lagMaxMs: 0 };
  const lagMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - lagResolutionMs);
  return {
    lagMeanMs: lagMs(histogram.mean),
    lagP99Ms: lagMs(histogram.percentile(99)),
    lagMaxMs: lagMs(histogram.max),
  };
}
