// The layouts of a log record (section `log`): patterns in the notation of Java loggers, compiled once.

export interface LogRecord {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly level: string;
  /** The part of the node that speaks, empty for the node itself. */
  readonly name: string;
  readonly message: string;
  /** What else was logged. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface TimeStyle {
  readonly format: 'time' | 'locale' | 'ISO8601';
  readonly zone: 'local' | 'utc';
}

type Part = (record: LogRecord) => string;

const conversion = /%(-?\d{1,2})?([A-Za-z%])(?:\{([^}]*)\})?/g;

/**
 * Compiles a layout: `%d` time, or `%d{ISO8601}`; `%p` level; `%c` and `%t` the part that speaks; `%m`
 * message; `%X` what else was logged; `%n` line feed; a number pads, `-` to the right of the text. Other
 * letters stay as they are. A line feed ends every record even if the layout has none.
 */
export function compilePattern(pattern: string, style: TimeStyle): (record: LogRecord) => string {
  const parts: Part[] = [];
  let end = 0;
  for (const match of pattern.matchAll(conversion)) {
    const [whole, pad, letter = '', argument] = match;
    const literal = pattern.slice(end, match.index);
    end = match.index + whole.length;
    const part = partOf(letter, argument, style) ?? (() => whole);
    parts.push(() => literal, pad === undefined ? part : padded(part, Number(pad)));
  }
  const tail = pattern.slice(end);
  parts.push(() => tail);
  return (record) => {
    const text = parts.map((part) => part(record)).join('');
    return `${text.trimEnd()}\n`;
  };
}

function partOf(letter: string, argument: string | undefined, style: TimeStyle): Part | undefined {
  switch (letter) {
    case 'd': {
      const format: TimeStyle = argument === 'ISO8601' ? { ...style, format: 'ISO8601' } : style;
      return ({ time }) => formatTime(time, format);
    }
    case 'p':
      return ({ level }) => level;
    case 'c':
    case 't':
      return ({ name }) => name;
    case 'm':
      return ({ message }) => oneLine(message);
    case 'X':
      return ({ rest }) => formatRest(rest);
    case 'n':
      return () => '\n';
    case '%':
      return () => '%';
    default:
      return undefined;
  }
}

function padded(part: Part, width: number): Part {
  return width < 0 ? (record) => part(record).padEnd(-width) : (record) => part(record).padStart(width);
}

/** A record stays on its line, whatever is in it: nobody can forge a second one. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ⏎ ');
}

function formatRest(rest: Readonly<Record<string, unknown>>): string {
  return Object.entries(rest)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? formatText(value) : JSON.stringify(value)}`)
    .join(' ');
}

function formatText(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}

function formatTime(time: number, { format, zone }: TimeStyle): string {
  const date = new Date(time);
  if (format === 'locale') {
    return date.toLocaleString(undefined, zone === 'utc' ? { timeZone: 'UTC' } : {});
  }
  const shiftMs = zone === 'utc' ? 0 : -date.getTimezoneOffset() * 60_000;
  const iso = new Date(time + shiftMs).toISOString();
  if (format === 'time') return iso.slice(11, 23);
  return zone === 'utc' ? iso : `${iso.slice(0, -1)}${offsetText(shiftMs / 60_000)}`;
}

function offsetText(minutes: number): string {
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
}
