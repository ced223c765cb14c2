/**
 * Selectors as DSL files write them: those of CSS, and jQuery's own pseudo-classes. Cuts a selector into
 * parts that a browser understands and filters of ours; knows no page.
 */

/**
 * jQuery's pseudo-classes that CSS has not, and the two of CSS that may have one of them as their argument;
 * the value tells whether an argument follows.
 */
export const jqueryFilters = {
  contains: true,
  not: true,
  has: true,
  first: false,
  last: false,
  even: false,
  odd: false,
  eq: true,
  gt: true,
  lt: true,
  visible: false,
  hidden: false,
  selected: false,
  parent: false,
  header: false,
  input: false,
  button: false,
  text: false,
  password: false,
  radio: false,
  checkbox: false,
  submit: false,
  reset: false,
  image: false,
  file: false,
} as const;

export type FilterName = keyof typeof jqueryFilters;

export interface Filter {
  name: FilterName;
  argument: string;
}

/** One step from a set of elements to the next: a combinator, CSS, and filters, in the order written. */
export interface Step {
  /**
   * How the next elements stand to those before: ` `, `>`, `+` or `~`; the first step stands below the
   * root.
   */
  combinator: string;
  /** What a browser understands; may itself have several steps, and is `*` where only filters stand. */
  css: string;
  filters: (Filter | string)[];
}

/** A selector that cannot be read; `at` is the offset in its text. */
export class SelectorError extends SyntaxError {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const notEqualPattern = /\[([\w-]+)!=((?:"[^"]*"|'[^']*'|[^\]"'])*)\]/g;
const filterPattern = new RegExp(`^:(${Object.keys(jqueryFilters).join('|')})(?![\\w-])`);

/** The alternatives of a selector list, each as its steps. Throws `SelectorError`. */
export function readSelector(selector: string): Step[][] {
  return alternatives(selector).map(([text, at]) => readSteps(text, at));
}

/** Cuts at the commas that stand outside brackets and quotes. */
function alternatives(selector: string): [text: string, at: number][] {
  const found: [string, number][] = [];
  let start = 0;
  for (let at = 0; at <= selector.length; at++) {
    const character = selector[at];
    if (character !== undefined && character !== ',') {
      at = endOf(selector, at) - 1;
      continue;
    }
    const text = selector.slice(start, at);
    if (text.trim() === '') throw new SelectorError('the selector has nothing here', start);
    found.push([text.trim(), start + text.search(/\S/)]);
    start = at + 1;
  }
  return found;
}

/** The offset behind the bracket, quotation or escape that begins at `at`, or behind the one character. */
function endOf(text: string, at: number): number {
  const opening = text[at] ?? '';
  if (opening === '\\') return at + 2;
  if (opening === ')' || opening === ']') throw new SelectorError(`"${opening}" closes nothing`, at);
  const isQuote = opening === '"' || opening === "'";
  const closing = isQuote ? opening : opening === '(' ? ')' : opening === '[' ? ']' : '';
  if (closing === '') return at + 1;
  for (let end = at + 1; end < text.length;) {
    if (text[end] === closing) return end + 1;
    end = isQuote && text[end] !== '\\' ? end + 1 : endOf(text, end);
  }
  throw new SelectorError(`"${opening}" is never closed`, at);
}

function readSteps(text: string, offset: number): Step[] {
  const steps: Step[] = [];
  let step: Step = { combinator: ' ', css: '', filters: [] };
  const add = (part: string): void => {
    // CSS after a filter narrows what the filter has left, unless a combinator comes first.
    const last = step.filters.at(-1);
    if (last === undefined) step.css += part;
    else if (typeof last === 'string') step.filters.splice(-1, 1, last + part);
    else step.filters.push(part);
  };
  for (let at = 0; at < text.length;) {
    const filter = filterPattern.exec(text.slice(at));
    if (filter !== null) {
      const [whole, name] = filter as unknown as [string, FilterName];
      const end = at + whole.length;
      const hasArgument = text[end] === '(';
      if (jqueryFilters[name] !== hasArgument) {
        throw new SelectorError(`:${name} ${hasArgument ? 'takes no' : 'needs an'} argument`, offset + at);
      }
      const behind = hasArgument ? closed(text, end, offset) : end;
      step.filters.push({ name, argument: hasArgument ? unquoted(text.slice(end + 1, behind - 1)) : '' });
      at = behind;
      continue;
    }
    const gap = /^\s*([>+~])\s*|^\s+/.exec(text.slice(at));
    if (gap !== null && step.filters.length > 0) {
      steps.push(step);
      step = { combinator: gap[1] ?? ' ', css: '', filters: [] };
      at += gap[0].length;
      continue;
    }
    const end = gap === null ? closed(text, at, offset) : at + gap[0].length;
    add(text.slice(at, end));
    at = end;
  }
  // A gap at the very end begins no step.
  if (step.css.trim() !== '' || step.filters.length > 0) steps.push(step);
  return steps.map(({ combinator, css, filters }) => ({
    combinator,
    css: whole(css),
    filters: filters.map((filter) => (typeof filter === 'string' ? standard(filter) : filter)),
  }));
}

function closed(text: string, at: number, offset: number): number {
  try {
    return endOf(text, at);
  } catch (error) {
    if (error instanceof SelectorError) throw new SelectorError(error.message, error.at + offset);
    throw error;
  }
}

/** `div > ` before a filter means any child. */
function whole(css: string): string {
  const trimmed = css.trim();
  return standard(trimmed === '' || /[>+~]$|\s$/.test(css) ? `${trimmed} *`.trim() : trimmed);
}

/** jQuery's `[name!=value]` in CSS. */
function standard(css: string): string {
  return css.replace(notEqualPattern, ':not([$1=$2])');
}

function unquoted(argument: string): string {
  return argument.trim().replace(/^(["'])([^]*)\1$/, '$2');
}
