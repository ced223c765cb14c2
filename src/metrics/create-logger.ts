// The log, as section `log` of the options wants it: levels, outputs, layouts, and what must never be seen in
// it.
import { pino, type DestinationStream, type Logger } from 'pino';
import { AppError } from '../base/index.js';
import type { Options } from '../config/index.js';
import { LogFile, fileLimits } from './log-file.js';
import { type LogRecord, compilePattern } from './log-pattern.js';

type LogOptions = Options['log'];

/**
 * The guide's levels and the program's. What the guide calls trace is coarser than its debug, so the
 * program's names are the other way round. The node has no records of its own on the level interaction.
 */
const levelOf = {
  none: 'silent',
  standard: 'info',
  interaction: 'info',
  trace: 'debug',
  debug: 'trace',
  all: 'trace',
} as const satisfies Record<LogOptions['verbose'], string>;

const standardMin = pino.levels.values.info ?? 30;
const traceMin = pino.levels.values.debug ?? 20;

/** Fields that are never written, at the top of a record or one below. */
const secretFields = ['password', 'passwordHash', 'authorization', 'cookie', 'token', 'secret'];
/** Fields of people, which `suppress-data` hides. */
const personalFields = [
  ...['data', 'userData', 'text', 'message', 'name', 'url', 'ip', 'address', 'addresses'],
  ...['event', 'events', 'identity', 'visit', 'profile', 'transcript', 'headers', 'body'],
];
const hidden = '*****';

const layouts = {
  short: '%d %-5p %m%n',
  medium: '%d %-5p %m %X%n',
  full: undefined,
} as const;

interface Output {
  /** The lowest level that goes there, as pino counts them. */
  levelMin: number;
  write(line: string): void;
}

export interface LogPlaces {
  stdout(line: string): void;
  stderr(line: string): void;
}

const processPlaces: LogPlaces = {
  stdout: (line) => void process.stdout.write(line),
  stderr: (line) => void process.stderr.write(line),
};

/**
 * The node's logger. `logger.child({ name })` speaks for a part of the node. With `affectedLoggers`,
 * `verbose` holds for the parts that it names, and the others speak on level standard. Throws when a log file
 * cannot be opened.
 */
export function createLogger(options: LogOptions, places: LogPlaces = processPlaces): Logger {
  const outputs = outputsOf(options, places);
  const layout = layoutOf(options);
  const destination: DestinationStream = {
    write(json: string) {
      const { level, line } = layout(json);
      for (const output of outputs) if (level >= output.levelMin) output.write(line);
    },
  };
  const level = levelOf[options.verbose];
  const affected = options.affectedLoggers;
  return pino(
    {
      level: affected.length === 0 || level === 'silent' ? level : 'info',
      base: null,
      serializers: { err: errorOf },
      redact: { paths: hiddenPaths(options['suppress-data']), censor: hidden },
      onChild(child) {
        const { name } = child.bindings() as { name?: unknown };
        if (typeof name === 'string' && affected.includes(name)) child.level = level;
      },
    },
    destination,
  );
}

/**
 * What we expect to go wrong is told in words, with what caused it; only a defect shows its stack.
 */
function errorOf(error: unknown): unknown {
  if (!(error instanceof AppError)) return pino.stdSerializers.err(error as Error);
  const { cause } = error;
  const because = cause instanceof Error && cause.message !== '' ? cause.message : undefined;
  const isSaid = because === undefined || error.message.includes(because);
  return { code: error.code, message: isSaid ? error.message : `${error.message} (${because})` };
}

function hiddenPaths(suppressData: boolean): string[] {
  const fields = suppressData ? [...secretFields, ...personalFields] : secretFields;
  return fields.flatMap((field) =>
    field === 'name' || field === 'message' ? [`*.${field}`] : [field, `*.${field}`],
  );
}

/** Each place once, with the lowest level that any option sends there. */
function outputsOf(options: LogOptions, places: LogPlaces): Output[] {
  const levels = new Map<string, number>();
  const wanted: [readonly string[], number][] = [
    [options.all, 0],
    [options.standard, standardMin],
    [options.trace, traceMin],
    [options.debug, 0],
  ];
  for (const [names, levelMin] of wanted) {
    for (const name of names) levels.set(name, Math.min(levelMin, levels.get(name) ?? Infinity));
  }
  const limits = fileLimits(options.segment, options.expire);
  return [...levels].map(([name, levelMin]) => {
    if (name === 'stdout' || name === 'stderr') return { levelMin, write: places[name] };
    return { levelMin, write: fileOutput(new LogFile(name, limits), name, places) };
  });
}

/** A full disk must not stop the node: what the file does not take goes to the standard error output. */
function fileOutput(file: LogFile, name: string, places: LogPlaces): (line: string) => void {
  let failing = false;
  return (line) => {
    try {
      file.write(line);
      failing = false;
    } catch (error) {
      if (!failing) places.stderr(`The log file ${name} cannot be written: ${String(error)}\n`);
      failing = true;
      places.stderr(line);
    }
  };
}

interface PinoRecord {
  level: number;
  time: number;
  name?: string;
  msg?: string;
}

type Layout = (json: string) => { level: number; line: string };

/** `full` is the record as JSON; the others are lines of text. */
function layoutOf(options: LogOptions): Layout {
  const format = options['message-format'];
  const pattern = format === 'custom' ? options.outputPattern || layouts.medium : layouts[format];
  if (pattern === undefined) return (json) => ({ level: (JSON.parse(json) as PinoRecord).level, line: json });
  const compiled = compilePattern(pattern, { format: options.time_format, zone: options.time_convert });
  return (json) => {
    const { level, time, name, msg, ...rest } = JSON.parse(json) as PinoRecord;
    const record: LogRecord = {
      time,
      level: pino.levels.labels[level]?.toUpperCase() ?? String(level),
      name: name ?? '',
      // Layouts without a place for the part that speaks name it before its words.
      message: name === undefined || pattern.includes('%c') ? (msg ?? '') : `${name}: ${msg ?? ''}`,
      rest,
    };
    return { level, line: compiled(record) };
  };
}
