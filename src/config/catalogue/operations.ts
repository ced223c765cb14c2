// Options of those who run the server: metrics, alarms and the log.
import { choice, duration, flag, fractional, list, optionalText, text, whole } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

function reporterEnabled(enabled: boolean, meaning: string) {
  return {
    type: flag(),
    default: String(enabled) as 'true' | 'false',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning,
  } as const;
}

function reporterFrequency(every: string, meaning: string) {
  return {
    type: duration(),
    default: every,
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning,
  } as const;
}

export const metrics = {
  'reporter.jmx.enabled': reporterEnabled(
    true,
    'Publishes the metrics to management tools; here that is `GET /metrics`, in the Prometheus text format.',
  ),
  'reporter.log.enabled': reporterEnabled(true, 'Writes the metrics to the log now and then.'),
  'reporter.log.logFrequency': reporterFrequency('30min', 'How often the log gets them.'),
  'reporter.messageServer.enabled': reporterEnabled(true, 'Watches the thresholds and raises alarms.'),
  'reporter.messageServer.logFrequency': reporterFrequency('1min', 'How often the thresholds are looked at.'),
  'reporter.console.enabled': reporterEnabled(
    false,
    'Prints the metrics to the standard output now and then.',
  ),
  'reporter.console.logFrequency': reporterFrequency('30min', 'How often the console gets them.'),
  'HeapMemoryUsage.threshold': {
    type: fractional({ min: 0, max: 1 }),
    default: '0.8',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Share of the maximum heap in use above which the Heap Memory Usage alarm is raised.',
  },
  'GcFrequency.threshold': {
    type: fractional({ min: 0.001, max: 1_000_000_000, unit: 'collections an hour' }),
    default: '600',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning:
      'Full garbage collections in the last hour above which the GC Frequency alarm is raised. Node.js ' +
      'collects in small steps beside the work, so it does so more often than a Java server.',
  },
  'GcLatency.threshold': {
    type: whole({ min: 1, max: 3_600_000, unit: 'milliseconds' }),
    default: '1000',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Length of a garbage collection above which the GC Latency alarm is raised.',
  },
  'EventDuration.threshold': {
    type: whole({ min: 1, max: 3_600_000, unit: 'milliseconds' }),
    default: '1000',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Average processing time of an event above which the Event Duration alarm is raised.',
  },
  'monitoring.event.timer.slidingWindowSize': {
    type: whole({ min: 1, max: 1_000_000, unit: 'samples' }),
    default: '100',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Samples that the statistics of `monitoring.event.timer` are taken over.',
  },
} as const satisfies SectionRows;

function output(levels: string, takesEffect: 'restart' | 'immediately', source: 'guide' | 'web' | 'own') {
  return {
    type: list('stdout, stderr and file names', /^(?!(network|memory)$)[^,\0]{1,1000}$/),
    default: 'stdout',
    scope: 'node',
    takesEffect,
    source,
    meaning: `Where records of ${levels} go. A relative file name starts at the working folder.`,
  } as const;
}

export const log = {
  all: output('every level', 'restart', 'guide'),
  standard: output('level standard', 'immediately', 'web'),
  trace: output('level trace and above', 'immediately', 'own'),
  debug: output('level debug and above', 'immediately', 'own'),
  verbose: {
    type: choice(['all', 'debug', 'trace', 'interaction', 'standard', 'none']),
    default: 'standard',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'Lowest level that is written at all; `all` is the same as `debug`.',
  },
  'message-format': {
    type: choice(['short', 'medium', 'full', 'custom']),
    default: 'medium',
    aliases: ['message_format'],
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'How much a record says; `custom` takes `outputPattern`.',
  },
  outputPattern: {
    type: optionalText(),
    default: '',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Layout of a record in place of that of `message-format`.',
  },
  'suppress-data': {
    type: flag(),
    default: 'false',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Hides personal data (user data, fields of a visitor, addresses) in the log.',
  },
  segment: {
    type: text({
      allowed: 'false, <n> or <n> KB, <n> MB, or <n> hr',
      pattern: /^(false|[1-9]\d{0,6}(\s*(KB|MB|hr))?)$/i,
    }),
    default: '10 MB',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'When a new log file is begun; a bare number counts kilobytes.',
  },
  expire: {
    type: text({
      allowed: 'false, <n> or <n> file (1 to 1000), or <n> day (1 to 100)',
      pattern: /^(false|(1000|[1-9]\d{0,2})(\s*files?)?|(100|[1-9]\d?)\s*days?)$/i,
    }),
    default: '10',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'How many log files, or files of how many days, are kept.',
  },
  affectedLoggers: {
    type: list('logger names'),
    default: '',
    scope: 'either',
    takesEffect: 'immediately',
    source: 'web',
    meaning: 'Loggers that `verbose` applies to; empty means all of them.',
  },
  time_format: {
    type: choice(['time', 'locale', 'ISO8601']),
    default: 'time',
    aliases: ['time-format'],
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Style of time stamps.',
  },
  time_convert: {
    type: choice(['local', 'utc']),
    default: 'local',
    aliases: ['time-convert'],
    scope: 'either',
    takesEffect: 'immediately',
    source: 'own',
    meaning: 'Time zone of time stamps.',
  },
} as const satisfies SectionRows;
