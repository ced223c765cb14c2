// Tells the metrics now and then, to the log and the console, and looks at the alarms, as section `metrics`
// says.
import type { Logger } from 'pino';
import type { Options } from '../config/index.js';
import { type AlarmState, evaluateAlarms } from './alarms.js';
import type { MetricValue, Metrics } from './metrics.js';

export interface ReporterOptions {
  metrics: Metrics;
  options: Options['metrics'];
  logger: Logger;
  /** Where the console reporter prints. */
  print(text: string): void;
}

/** Starts the reporters that are enabled; what it gives stops them. */
export function startReporters({ metrics, options, logger, print }: ReporterOptions): () => void {
  const timers: NodeJS.Timeout[] = [];
  let raised: AlarmState = new Set();

  function every(enabled: boolean, periodMs: number, work: () => void): void {
    if (enabled) timers.push(setInterval(work, periodMs).unref());
  }

  every(options['reporter.log.enabled'], options['reporter.log.logFrequency'], () =>
    logger.info(summaryOf(metrics.values()), 'metrics'),
  );
  every(options['reporter.console.enabled'], options['reporter.console.logFrequency'], () =>
    print(textOf(metrics.values())),
  );
  every(true, options['reporter.messageServer.logFrequency'], () => {
    // Taken in any case: it ends the span of time that "seen lately" means.
    const readings = metrics.takeAlarmReadings();
    if (!options['reporter.messageServer.enabled']) return;
    const { raised: next, events } = evaluateAlarms(raised, readings, options);
    raised = next;
    for (const { kind, id, text } of events) {
      // A detected alarm is a record of level standard, a cancelled one of level trace.
      if (kind === 'detected') logger.error({ alarm: id }, text);
      else logger.debug({ alarm: id }, text);
    }
  });
  return () => timers.forEach((timer) => clearInterval(timer));
}

function keyOf({ name, labels }: MetricValue): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** What is not 0, by name and labels. */
function summaryOf(values: readonly MetricValue[]): Record<string, number> {
  return Object.fromEntries(
    values.filter(({ value }) => value !== 0).map((metric) => [keyOf(metric), rounded(metric.value)]),
  );
}

function textOf(values: readonly MetricValue[]): string {
  return values.map((metric) => `${keyOf(metric)} ${rounded(metric.value)}\n`).join('');
}
