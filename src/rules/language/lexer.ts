/** Splits a DRL text into tokens, each with its place, so that every later message can point at one. */
import { type Place, type PlaceOf, placesOf } from '../../base/index.js';
import type { Problems } from './problems.js';

export interface Token extends Place {
  /** `end` closes every text. A number keeps its suffix: only its place says whether `5d` is a duration. */
  readonly kind: 'name' | 'string' | 'number' | 'mark' | 'end';
  readonly text: string;
  /** Offsets in the text; two tokens touch when the end of one is the start of the next. */
  readonly start: number;
  readonly end: number;
}

const namePattern = /[A-Za-z_$\u00c0-\uffdc][\w$\u00c0-\uffdc]*/y;
const numberPattern = /\d+(?:\.\d+)?(?:[eE][+-]?\d+(?![\w]))?\w*/y;
const spacePattern = /\s+/y;
const marks = [
  '===',
  '!==',
  '<=>',
  '>>>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '!.',
  '?.',
  '->',
  '+=',
  '-=',
  '*=',
  '/=',
  '++',
  '--',
  '<<',
  '>>',
] as const;

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  '0': '\0',
};

export function readTokens(text: string, problems: Problems): Token[] {
  return new Lexer(text, problems).all();
}

class Lexer {
  readonly #text: string;
  readonly #problems: Problems;
  readonly #place: PlaceOf;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(text: string, problems: Problems) {
    this.#text = text;
    this.#problems = problems;
    this.#place = placesOf(text);
  }

  all(): Token[] {
    const { length } = this.#text;
    while (this.#at < length) if (!this.#skip()) this.#next();
    this.#push('end', '', length, length);
    return this.#tokens;
  }

  #skip(): boolean {
    const text = this.#text;
    if (this.#match(spacePattern) !== undefined) return true;
    if (text.startsWith('//', this.#at) || text[this.#at] === '#') {
      const end = text.indexOf('\n', this.#at);
      this.#at = end < 0 ? text.length : end;
      return true;
    }
    if (!text.startsWith('/*', this.#at)) return false;
    const end = text.indexOf('*/', this.#at + 2);
    if (end < 0)
      this.#problems.error(this.#place(this.#at), 'this comment is never closed', 'Close it with */.');
    this.#at = end < 0 ? text.length : end + 2;
    return true;
  }

  #next(): void {
    const start = this.#at;
    const char = this.#text[start] ?? '';
    if (char === '"' || char === "'") {
      this.#string(char);
      return;
    }
    const name = this.#match(namePattern);
    if (name !== undefined) {
      this.#push('name', name, start, this.#at);
      return;
    }
    const number = this.#match(numberPattern);
    if (number !== undefined) {
      this.#push('number', number, start, this.#at);
      return;
    }
    const mark = marks.find((candidate) => this.#text.startsWith(candidate, start)) ?? char;
    this.#at += mark.length;
    this.#push('mark', mark, start, this.#at);
  }

  #string(quote: string): void {
    const start = this.#at;
    let value = '';
    let index = start + 1;
    for (;;) {
      const char = this.#text[index];
      if (char === undefined || char === '\n') {
        this.#problems.error(
          this.#place(start),
          'this string is never closed',
          `Close it with ${quote} on the same line.`,
        );
        break;
      }
      index++;
      if (char === quote) break;
      if (char !== '\\') {
        value += char;
        continue;
      }
      const taken = this.#escape(index);
      value += taken.value;
      index = taken.next;
    }
    this.#at = index;
    this.#push('string', value, start, index);
  }

  #escape(index: number): { value: string; next: number } {
    const char = this.#text[index] ?? '';
    if (char === 'u') {
      const hex = /^u+([0-9a-fA-F]{4})/.exec(this.#text.slice(index, index + 12));
      if (hex) return { value: String.fromCharCode(parseInt(hex[1] ?? '', 16)), next: index + hex[0].length };
    }
    const value = escapes[char];
    if (value !== undefined) return { value, next: index + 1 };
    this.#problems.error(
      this.#place(index - 1),
      `\\${char} is not an escape in a string`,
      `Write \\\\${char} for a backslash followed by ${char}, as in Java.`,
    );
    return { value: char, next: index + (char === '' ? 0 : 1) };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #push(kind: Token['kind'], text: string, start: number, end: number): void {
    this.#tokens.push({ kind, text, start, end, ...this.#place(start) });
  }
}
