/** A place in the token list and the few ways to move on from it; every reader of the language shares one. */
import type { Place } from '../../base/index.js';
import type { Token } from './lexer.js';
import { type Problems, ReadStop } from './problems.js';

/**
 * Nesting of brackets and operators that a reader follows before it refuses, so that no text can exhaust the
 * stack.
 */
const depthMax = 120;

export class Cursor {
  readonly problems: Problems;
  readonly text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[], problems: Problems) {
    this.text = text;
    this.#tokens = tokens;
    this.problems = problems;
  }

  get token(): Token {
    return this.peek(0);
  }

  get index(): number {
    return this.#index;
  }

  peek(ahead: number): Token {
    const { length } = this.#tokens;
    return this.#tokens[Math.min(this.#index + ahead, length - 1)] as Token;
  }

  advance(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  /** Goes back to a place that `index` gave. */
  rewind(index: number): void {
    this.#index = index;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === mark;
  }

  isName(name: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text === name;
  }

  takeMark(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.#index++;
    return true;
  }

  takeName(name: string): boolean {
    if (!this.isName(name)) return false;
    this.#index++;
    return true;
  }

  expectMark(mark: string, where: string): Token {
    if (this.isMark(mark)) return this.advance();
    this.fail(this.token, `"${mark}" expected ${where}, but found ${described(this.token)}`);
  }

  expectName(what: string): Token {
    if (this.token.kind === 'name') return this.advance();
    this.fail(this.token, `${what} expected, but found ${described(this.token)}`);
  }

  expectString(what: string): Token {
    if (this.token.kind === 'string') return this.advance();
    this.fail(this.token, `${what} expected in quotes, but found ${described(this.token)}`);
  }

  /** A name that may contain hyphens, as attributes do: the parts must touch. */
  hyphenName(): string {
    const first = this.peek(0);
    if (first.kind !== 'name') return '';
    let name = first.text;
    let ahead = 0;
    while (this.isMark('-', ahead + 1) && this.peek(ahead + 2).kind === 'name') {
      if (this.peek(ahead + 1).start !== this.peek(ahead).end) break;
      if (this.peek(ahead + 2).start !== this.peek(ahead + 1).end) break;
      name += `-${this.peek(ahead + 2).text}`;
      ahead += 2;
    }
    return name;
  }

  /** Moves past the name that `hyphenName` saw. */
  skipHyphenName(): void {
    const parts = this.hyphenName().split('-').length;
    this.#index += parts * 2 - 1;
  }

  dottedName(what: string): string {
    let name = this.expectName(what).text;
    while (this.isMark('.') && (this.peek(1).kind === 'name' || this.isMark('*', 1))) {
      this.advance();
      name += `.${this.advance().text}`;
    }
    return name;
  }

  /** The text from a token place on, as written. */
  raw(fromIndex: number): string {
    return this.text.slice(this.#tokens[fromIndex]?.start ?? 0, this.#tokens[this.#index - 1]?.end ?? 0);
  }

  /**
   * The tokens from a place on as one string: the same for texts that differ in white space and comments
   * only.
   */
  key(fromIndex: number): string {
    return tokenKey(this.#tokens.slice(fromIndex, this.#index));
  }

  /** The text between two token places, on one line. */
  slice(fromIndex: number, toIndex = this.#index): string {
    const from = this.#tokens[fromIndex]?.start ?? 0;
    const to = this.#tokens[Math.max(fromIndex, toIndex - 1)]?.end ?? from;
    return this.text.slice(from, to).replace(/\s+/g, ' ');
  }

  /** Notes the mistake and gives up the construct that is being read. */
  fail(at: Place, message: string, suggestion?: string): never {
    this.problems.error(at, message, suggestion);
    throw new ReadStop(message);
  }

  /** Reads one level deeper; refuses a text that nests without end. */
  nested<T>(read: () => T): T {
    if (this.#depth >= depthMax) this.fail(this.token, `nested more than ${depthMax} levels deep`);
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}

export function tokenKey(tokens: readonly Token[]): string {
  return tokens.map((token) => `${token.kind}:${token.text}`).join('\n');
}

export function described(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'string') return `the string "${token.text.slice(0, 30)}"`;
  return `"${token.text.slice(0, 30)}"`;
}
