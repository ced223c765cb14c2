export {
  alarmCatalogue,
  evaluateAlarms,
  type AlarmEvent,
  type AlarmReadings,
  type AlarmRow,
  type AlarmState,
  type AlarmThresholds,
} from './alarms.js';
export { metricCatalogue } from './catalogue.js';
export { createLogger, type LogPlaces } from './create-logger.js';
export type { MetricRow } from './metric-row.js';
export { createMetrics, type Metrics, type MetricsOptions, type MetricValue } from './metrics.js';
export type {
  CacheReading,
  ClusterReading,
  EdgeReading,
  JournalReading,
  MetricSources,
  SinkReading,
} from './readings.js';
export { startReporters, type ReporterOptions } from './reporters.js';
