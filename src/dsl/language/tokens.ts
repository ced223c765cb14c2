/** Cuts the source of an expression into tokens, and says where it stops making sense. */

/** Kinds of tokens, by their place in `tokenKinds`; a regular expression is read where a value must stand. */
export const numberKind = 0;
export const nameKind = 1;
export const stringKind = 2;
export const operatorKind = 3;
const endKind = -1;

const tokenKinds = [
  /0x[\da-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+/,
  /[\w$\u00aa-\uffff]+/,
  /'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"/,
  /=>|[=!]==?|>>>|>>|<<|[<>]=?|&&|\|\||\?\?|\?\.(?!\d)|[-+]=|[-+*/%!?:.,()[\]{};=&|^~`]/,
];
const tokenPattern = new RegExp(`\\s*(?:${tokenKinds.map(({ source }) => `(${source})`).join('|')}|$)`, 'iy');
const regexPattern = /\s*\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([a-z]*)/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** An expression that cannot be read; `at` is the offset in its source. */
export class ExpressionError extends SyntaxError {
  readonly at: number;

  constructor(source: string, at: number, reason?: string) {
    const rest = source.slice(at, at + 40);
    super(reason ?? (rest === '' ? 'the expression ends too early' : `cannot be read from "${rest}" on`));
    this.at = at;
  }
}

export class Tokens {
  readonly source: string;
  /** The present token: its text, kind, and offset. */
  text = '';
  kind: number = endKind;
  at = 0;
  /** The offset behind the present token. */
  #end = 0;

  constructor(source: string) {
    this.source = source;
    this.next();
  }

  get isAtEnd(): boolean {
    return this.kind === endKind;
  }

  fail(reason?: string, at = this.at): never {
    throw new ExpressionError(this.source, at, reason);
  }

  /** Goes to the next token and returns the text of the one that was. */
  next(): string {
    const taken = this.text;
    // The end of the last token, so that an error points there when no token follows.
    this.at = this.#end;
    const match = this.#match(tokenPattern);
    const groups = match.slice(1);
    this.kind = groups.findIndex(Boolean);
    this.text = groups[this.kind] ?? '';
    this.at = this.#end - this.text.length;
    return taken;
  }

  isAt(text: string, kind = operatorKind): boolean {
    return this.text === text && this.kind === kind;
  }

  /** Whether the token is here; if so it is passed. */
  take(text: string, kind = operatorKind): boolean {
    const isHere = this.isAt(text, kind);
    if (isHere) this.next();
    return isHere;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail();
  }

  takeName(): string {
    if (this.kind !== nameKind || /^\d/.test(this.text)) this.fail();
    return this.next();
  }

  /** The regular expression that begins at the present `/`. */
  takeRegex(): [body: string, flags: string] {
    this.#end = this.at;
    const [, body = '', flags = ''] = this.#match(regexPattern);
    this.next();
    return [body, flags];
  }

  /** Reads a template from the present backquote; `hole` reads the expression of a `${…}`. */
  takeTemplate<Hole>(hole: () => Hole): (string | Hole)[] {
    const parts: (string | Hole)[] = [];
    for (;;) {
      const piece = this.#match(/((?:\\[^]|\$(?!\{)|[^\\`$])*)(`|\$\{)/y);
      parts.push(unescaped(piece[1] ?? ''));
      this.next();
      if (piece[2] === '`') return parts;
      parts.push(hole());
      if (!this.isAt('}')) this.fail();
    }
  }

  /** A place to come back to. */
  mark(): () => void {
    const { text, kind, at } = this;
    const end = this.#end;
    return () => {
      Object.assign(this, { text, kind, at });
      this.#end = end;
    };
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#end;
    const match = pattern.exec(this.source) ?? this.fail(undefined, this.#end);
    this.#end = pattern.lastIndex;
    return match;
  }
}

/** The text that a string literal stands for. */
export function unquoted(literal: string): string {
  return unescaped(literal.slice(1, -1));
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, (_, wide, narrow, plain: string) => {
    const code = (wide ?? narrow) as string | undefined;
    return code === undefined ? (escapes[plain] ?? plain) : String.fromCharCode(parseInt(code, 16));
  });
}
