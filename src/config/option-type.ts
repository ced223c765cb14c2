// The kinds of value an option may have. A kind states what is allowed in words, for messages and the
// reference page, and reads a value from its text, because options are texts wherever they come from.

/** A value as written: one text, or the items of a YAML list. */
export type WrittenValue = string | readonly string[];

export interface OptionType<Value> {
  /** What is allowed, to follow "must be": `a whole number from 10 to 1800, in seconds`. */
  readonly allowed: string;
  /** The value that `written` stands for, or undefined when it is not allowed. */
  parse(written: WrittenValue): Value | undefined;
}

/** A kind that is written as one text; blanks around it do not count. */
function scalar<Value>(allowed: string, parse: (text: string) => Value | undefined): OptionType<Value> {
  return { allowed, parse: (written) => (typeof written === 'string' ? parse(written.trim()) : undefined) };
}

export function flag(): OptionType<boolean> {
  const values = new Map([
    ['true', true],
    ['false', false],
  ]);
  return scalar('true or false', (text) => values.get(text.toLowerCase()));
}

interface Range {
  min: number;
  max?: number;
  /** What is counted: `seconds`, `percent`. */
  unit?: string;
}

function wordsOf({ min, max, unit }: Range): string {
  const range = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
  return unit === undefined ? range : `${range}, in ${unit}`;
}

function inRange(value: number, { min, max }: Range): number | undefined {
  return value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER) ? value : undefined;
}

export function whole(range: Range): OptionType<number> {
  return scalar(`a whole number ${wordsOf(range)}`, (text) =>
    /^[+-]?\d{1,16}$/.test(text) ? inRange(Number(text), range) : undefined,
  );
}

export function seconds(min: number, max?: number): OptionType<number> {
  return whole({ min, unit: 'seconds', ...(max === undefined ? {} : { max }) });
}

export function port(): OptionType<number> {
  return whole({ min: 1, max: 65_535 });
}

export function fractional(range: Range): OptionType<number> {
  return scalar(`a number ${wordsOf(range)}`, (text) =>
    /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? inRange(Number(text), range) : undefined,
  );
}

/** One of `values`, whatever the case it is written in; `aliases` maps other spellings, in lower case. */
export function choice<const Values extends readonly string[]>(
  values: Values,
  aliases: Readonly<Record<string, Values[number]>> = {},
): OptionType<Values[number]> {
  const known = new Map<string, Values[number]>(values.map((value) => [value.toLowerCase(), value]));
  for (const [alias, value] of Object.entries(aliases)) known.set(alias, value);
  return scalar(`one of ${values.join(', ')}`, (text) => known.get(text.toLowerCase()));
}

interface TextShape {
  /** Words for what is allowed, when `pattern` is more than "any text". */
  allowed: string;
  pattern: RegExp;
}

const anyText: TextShape = { allowed: 'a text of 1 to 2000 characters', pattern: /^[^]{1,2000}$/ };

export function text(shape: TextShape = anyText): OptionType<string> {
  return scalar(shape.allowed, (written) => (shape.pattern.test(written) ? written : undefined));
}

/** A text that may also be empty. */
export function optionalText(): OptionType<string> {
  return text({ allowed: 'a text of at most 2000 characters', pattern: /^[^]{0,2000}$/ });
}

/** A file or folder; a relative one starts at the folder of the configuration file. */
export function path(): OptionType<string> {
  return text({ allowed: 'a path of 1 to 1000 characters', pattern: /^[^\0]{1,1000}$/ });
}

export function url(): OptionType<string> {
  return scalar('an http or https URL', (written) => {
    const parsed = URL.canParse(written) ? new URL(written) : undefined;
    return parsed !== undefined && /^https?:$/.test(parsed.protocol) ? written : undefined;
  });
}

/** The text of a regular expression in JavaScript's notation. */
export function pattern(): OptionType<string> {
  return scalar('a regular expression of 1 to 2000 characters', (written) => {
    if (written.length === 0 || written.length > 2_000) return undefined;
    try {
      new RegExp(written);
      return written;
    } catch {
      return undefined;
    }
  });
}

const itemsMax = 200;

/**
 * Texts written as a YAML list or as one text with commas; blanks around items and empty items do not count.
 */
export function list(of = 'texts', item = /^[^,]{1,500}$/): OptionType<readonly string[]> {
  return {
    allowed: `a list of ${of}, separated by commas`,
    parse(written) {
      const items = typeof written === 'string' ? written.split(',') : written;
      const trimmed = items.map((entry) => entry.trim()).filter((entry) => entry !== '');
      return trimmed.length <= itemsMax && trimmed.every((entry) => item.test(entry)) ? trimmed : undefined;
    },
  };
}

const unitSeconds: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3_600,
  d: 86_400,
};

/** A span of time with its unit, as milliseconds: `30min`; a bare number counts seconds. */
export function duration(): OptionType<number> {
  return scalar('a duration such as 30s, 5min, 2h or 1d, of 1 second to 30 days', (written) => {
    const match = /^(\d{1,8})\s*([a-z]*)$/.exec(written);
    const factor = unitSeconds[match?.[2] ?? '?'];
    if (match === null || factor === undefined) return undefined;
    return inRange(Number(match[1]) * factor * 1_000, { min: 1_000, max: 30 * 86_400_000 });
  });
}
