// The metrics of a node: takes counts, reads the catalogue when asked, and gathers what the alarms judge.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Observation } from '../actors/protocol/index.js';
import { assert } from '../base/index.js';
import type { AlarmReadings } from './alarms.js';
import { metricCatalogue } from './catalogue.js';
import { chatDurationName, eventTimerName } from './catalogue/durations.js';
import { EventTimer } from './event-timer.js';
import type { MetricRow, ValueRow } from './metric-row.js';
import { probeProcess } from './process-probe.js';
import type { MetricSources, Readings, SinkReading, SourceReadings } from './readings.js';
import { Tallies } from './tallies.js';

export interface MetricsOptions {
  /** `metrics/monitoring.event.timer.slidingWindowSize`. */
  windowSize: number;
  /** `pacing/interactionMinProcessingTime`, in milliseconds; 0 turns the check off. */
  interactionMinMs: number;
}

export interface MetricValue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  /** Counts a fact that an actor told. */
  observe(fact: Observation): void;
  /** Events that broke a rule of their form. */
  eventsRejected(count: number): void;
  /** A request came from a crawler, and was kept out of the visits. */
  botSeen(): void;
  /** A batch of `events` is stable, `durationMs` after it arrived. */
  eventsTimed(durationMs: number, events: number): void;
  /** A step broke an invariant. */
  cellFailed(): void;
  /** A cell could not be read. */
  loadFailed(): void;
  /** A request came that was meant for another node; `request` says which, without a visitor's data. */
  requestMisrouted(request: string): void;
  /** Adds where other rooms' figures come from. */
  watch(sources: Partial<MetricSources>): void;
  /** Everything in the Prometheus text format, and the media type to send it as. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Everything but the histograms, in the catalogue's order. */
  values(): MetricValue[];
  /** What the alarms judge; begins a new span for what is gathered between two looks. */
  takeAlarmReadings(): AlarmReadings;
  /** Stops observing the process. */
  close(): void;
}

/** What was gathered since the last look at the alarms. */
interface Span {
  misroutedRequest: string | undefined;
  shortInteractionMs: number | undefined;
}

const emptySpan = (): Span => ({ misroutedRequest: undefined, shortInteractionMs: undefined });

export function createMetrics({ windowSize, interactionMinMs }: MetricsOptions): Metrics {
  const tallies = new Tallies();
  const timer = new EventTimer(windowSize);
  const probe = probeProcess();
  const sources: Partial<MetricSources> = {};
  let span = emptySpan();
  let lastSpan = emptySpan();

  const readings = (): Readings => ({
    tallies,
    timer: timer.figures(),
    process: probe.figures(),
    sources: sourceReadings(sources),
    shortInteraction: (span.shortInteractionMs ?? lastSpan.shortInteractionMs) !== undefined,
    misrouted: (span.misroutedRequest ?? lastSpan.misroutedRequest) !== undefined,
  });
  const published = buildRegistry(readings);

  function chatEnded(durationMs: number): void {
    published.chatDurations.observe(durationMs / 1_000);
    if (durationMs >= interactionMinMs) return;
    span.shortInteractionMs = Math.min(durationMs, span.shortInteractionMs ?? Infinity);
  }

  return {
    observe(fact) {
      tallies.observe(fact);
      if (fact.name === 'chatEnded') chatEnded(fact.durationMs);
    },
    eventsRejected(count) {
      tallies.eventsRejected += count;
    },
    botSeen: () => tallies.botRequests++,
    eventsTimed(durationMs, events) {
      timer.record(durationMs, events);
      published.eventDurations.observe(durationMs / 1_000);
    },
    cellFailed: () => tallies.cellFailures++,
    loadFailed: () => tallies.loadFailures++,
    requestMisrouted(request) {
      span.misroutedRequest ??= request;
    },
    watch: (more) => void Object.assign(sources, more),
    text: () => published.text(),
    contentType: published.contentType,
    values: () => valuesOf(readings()),
    takeAlarmReadings() {
      lastSpan = span;
      span = emptySpan();
      return { ...alarmReadingsOf(readings()), ...lastSpan };
    },
    close: () => probe.close(),
  };
}

function valuesOf(readings: Readings): MetricValue[] {
  return metricCatalogue.flatMap((row) =>
    row.kind === 'histogram'
      ? []
      : row.read(readings).map(({ value, labels = {} }) => ({ name: row.name, labels, value })),
  );
}

function alarmReadingsOf({ timer, process, sources }: Readings): Omit<AlarmReadings, keyof Span> {
  return {
    eventDurationMs: timer.meanMs,
    fullCaches: fullCaches(sources),
    sinksAway: sinksWhere(sources, ({ isAway }) => isAway),
    fullSpools: sinksWhere(sources, ({ isSpoolFull, isFull }) => isSpoolFull || isFull),
    heapUsage: process.heapUsedBytes / process.heapLimitBytes,
    gcLastMs: process.gcLastMs,
    gcMajorLastHour: process.gcMajorLastHour,
  };
}

function fullCaches({ caches = {} }: SourceReadings): string[] {
  return Object.entries(caches)
    .filter(([, { isFull }]) => isFull)
    .map(([name]) => name);
}

function sinksWhere({ sinks = {} }: SourceReadings, test: (sink: SinkReading) => boolean): string[] {
  return Object.entries(sinks)
    .filter(([, sink]) => test(sink))
    .map(([name]) => name);
}

function sourceReadings(sources: Partial<MetricSources>): SourceReadings {
  return {
    caches: sources.caches?.(),
    deadlines: sources.deadlines?.(),
    edges: sources.edges?.(),
    sinks: sources.sinks?.(),
    journal: sources.journal?.(),
    database: sources.database?.(),
    cluster: sources.cluster?.(),
  };
}

/** The catalogue as a registry of its own, whose values are read anew for each text. */
function buildRegistry(read: () => Readings) {
  const registry = new Registry();
  const histograms = new Map<string, Histogram>();
  let now: Readings | undefined;
  // One reading serves all rows of a text.
  const readings = () => (now ??= read());
  for (const row of metricCatalogue) {
    const labelNames = [...(row.labels ?? [])];
    const described = { name: row.name, help: helpOf(row), labelNames, registers: [registry] };
    if (row.kind === 'histogram') {
      histograms.set(row.name, new Histogram({ ...described, buckets: [...row.buckets] }));
    } else if (row.kind === 'counter') addCounter(described, row, readings);
    else addGauge(described, row, readings);
  }
  const eventDurations = histograms.get(eventTimerName);
  const chatDurations = histograms.get(chatDurationName);
  assert(eventDurations !== undefined && chatDurations !== undefined, 'the catalogue has both histograms');
  return {
    eventDurations,
    chatDurations,
    contentType: registry.contentType,
    text() {
      now = undefined;
      return registry.metrics();
    },
  };
}

interface Described {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}

function addCounter(described: Described, row: ValueRow, readings: () => Readings): void {
  new Counter({
    ...described,
    collect() {
      this.reset();
      for (const { labels = {}, value } of row.read(readings())) this.inc(labels, value);
    },
  });
}

function addGauge(described: Described, row: ValueRow, readings: () => Readings): void {
  new Gauge({
    ...described,
    collect() {
      this.reset();
      for (const { labels = {}, value } of row.read(readings())) this.set(labels, value);
    },
  });
}

/** The help text, with the guide's name where it has one. */
function helpOf({ help, guideName }: MetricRow): string {
  return guideName === undefined ? help : `${help} (${guideName})`;
}
