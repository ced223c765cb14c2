/**
 * What a page must contain for a regular expression to match at all: a few plain texts, one of which stands
 * in every match. Pages with none of them need not be shown to the expression. What is not understood here
 * gives no answer, and the expression then sees every page.
 */
import { fold } from './fold.js';

/** Alternatives kept for one expression; a product of more is cut. */
const textsMax = 16;
const textLengthMax = 64;

/** What is known of a part of an expression, in folded text. */
interface Part {
  /** Every match is one of these. */
  exact?: readonly string[];
  /** Every match contains one of these. */
  some?: readonly string[];
}

const anything: Part = {};
const nothing: Part = { exact: [''] };

/** Folded texts, none empty, one of which is in the folded form of whatever `expression` matches. */
export function requiredLiterals(expression: string): readonly string[] | undefined {
  try {
    const reader = new Reader(expression);
    const part = reader.alternatives();
    if (!reader.isAtEnd) return undefined;
    return someOf(part);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

function someOf({ exact, some }: Part): readonly string[] | undefined {
  return exact !== undefined && !exact.includes('') ? better(exact, some) : some;
}

/** The texts that fewer pages have: the longest shortest one. */
function better(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return shortest(one) >= shortest(other) ? one : other;
}

function shortest(texts: readonly string[]): number {
  return texts.reduce((least, { length }) => Math.min(least, length), Infinity);
}

function eitherOf(parts: readonly Part[]): Part {
  const [only, ...others] = parts;
  if (only === undefined || others.length === 0) return only ?? nothing;
  const exact = parts.every((part) => part.exact !== undefined)
    ? [...new Set(parts.flatMap((part) => part.exact ?? []))]
    : undefined;
  if (exact !== undefined && exact.length <= textsMax) return { exact };
  const some: string[] = [];
  for (const part of parts) {
    const texts = someOf(part);
    if (texts === undefined) return anything;
    some.push(...texts);
  }
  return some.length <= textsMax ? { some } : anything;
}

/** One part after another: what is exact on both sides grows together, and the best piece is kept. */
function sequenceOf(parts: readonly Part[]): Part {
  let run: readonly string[] = [''];
  let best: readonly string[] | undefined;
  let pieces = 1;
  for (const part of parts) {
    const product = part.exact === undefined ? undefined : productOf(run, part.exact);
    if (product !== undefined) {
      run = product;
      continue;
    }
    best = better(someOf({ exact: run }), best);
    best = better(someOf(part), best);
    run = part.exact ?? [''];
    pieces++;
  }
  if (pieces === 1) return { exact: run };
  best = better(someOf({ exact: run }), best);
  return best === undefined ? anything : { some: best };
}

function productOf(heads: readonly string[], tails: readonly string[]): readonly string[] | undefined {
  if (heads.length * tails.length > textsMax) return undefined;
  const texts = heads.flatMap((head) => tails.map((tail) => head + tail));
  return texts.some((text) => text.length > textLengthMax) ? undefined : texts;
}

const zeroWidth = 'bBAz';
const wildClasses = 'dDsSwW';
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07' };
const groupStart = /^\?(?::|[ims]+:|P?<[A-Za-z_]\w*>)/;
const flagGroup = /^\?[ims]+\)/;
const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/;
/** A class of a few plain characters, such as `[Tt]`. */
const plainClass = /^\[([A-Za-z0-9_./ ]{1,8})\]/;
const depthMax = 50;

class Reader {
  #rest: string;
  #depth = 0;

  constructor(expression: string) {
    this.#rest = expression;
  }

  get isAtEnd(): boolean {
    return this.#rest === '';
  }

  /** `a|b|c` up to the end of the group. */
  alternatives(): Part {
    if (++this.#depth > depthMax) throw new NotUnderstood();
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    this.#depth--;
    return eitherOf(branches);
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#rest !== '' && !/^[|)]/.test(this.#rest)) parts.push(this.#repeated());
    return sequenceOf(parts);
  }

  #repeated(): Part {
    const part = this.#atom();
    const [text, count] = quantifier.exec(this.#rest) ?? [];
    if (text === undefined) return part;
    this.#rest = this.#rest.slice(text.length);
    const isOptional = text.startsWith('*') || text.startsWith('?') || Number(count ?? 1) === 0;
    const some = isOptional ? undefined : someOf(part);
    return some === undefined ? anything : { some };
  }

  #atom(): Part {
    if (this.#take('(')) return this.#group();
    if (this.#take('.')) return anything;
    if (this.#take('^') || this.#take('$')) return nothing;
    if (this.#rest.startsWith('[')) return this.#class();
    if (this.#take('\\')) return this.#escape();
    const unit = this.#next();
    if ('*+?{'.includes(unit)) throw new NotUnderstood();
    return literal(unit);
  }

  #group(): Part {
    if (this.#rest.startsWith('?')) {
      const flags = flagGroup.exec(this.#rest);
      const [start] = flags ?? groupStart.exec(this.#rest) ?? [];
      if (start === undefined) throw new NotUnderstood();
      this.#rest = this.#rest.slice(start.length);
      if (flags !== null) return nothing;
    }
    const part = this.alternatives();
    if (!this.#take(')')) throw new NotUnderstood();
    return part;
  }

  #class(): Part {
    const [plain, units] = plainClass.exec(this.#rest) ?? [];
    if (plain !== undefined && units !== undefined) {
      this.#rest = this.#rest.slice(plain.length);
      return { exact: [...new Set(fold(units))] };
    }
    this.#next();
    this.#take('^');
    this.#take(']');
    while (!this.#take(']')) {
      const unit = this.#next();
      if (unit === '[' && this.#rest.startsWith(':')) this.#rest = this.#rest.replace(/^:\^?[a-z]+:\]/, '');
      else if (unit === '\\') this.#next();
    }
    return anything;
  }

  #escape(): Part {
    const unit = this.#next();
    if (zeroWidth.includes(unit)) return nothing;
    if (wildClasses.includes(unit)) return anything;
    if (unit in controls) return literal(controls[unit] ?? '');
    if (/[A-Za-z0-9]/.test(unit)) throw new NotUnderstood();
    return literal(unit);
  }

  #take(unit: string): boolean {
    if (!this.#rest.startsWith(unit)) return false;
    this.#rest = this.#rest.slice(unit.length);
    return true;
  }

  #next(): string {
    const unit = this.#rest.charAt(0);
    if (unit === '') throw new NotUnderstood();
    this.#rest = this.#rest.slice(1);
    return unit;
  }
}

/** Beyond ASCII, folding and the engine's own idea of case differ in places: those stand for nothing. */
function literal(unit: string): Part {
  return unit < '\x80' ? { exact: [fold(unit)] } : anything;
}
