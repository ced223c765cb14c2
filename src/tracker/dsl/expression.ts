/**
 * The JavaScript expressions of a DSL file, read and evaluated by ourselves, so that they work under a
 * content-security policy without `unsafe-eval`. An expression reads and calls; it cannot assign, loop or
 * make functions.
 */
export type Scope = Readonly<Record<string, unknown>>;
/**
 * Evaluates in a scope, which is looked in before the page's globals; `this` is the scope's entry of that
 * name.
 */
export type Expression = (scope: Scope) => unknown;

type Thing = Record<string, unknown>;

/** Kinds of tokens, by their place; a regular expression is read where a value must stand. */
const numberKind = 0;
const nameKind = 1;
const stringKind = 2;
const operatorKind = 3;
const endKind = -1;
const tokenKinds = [
  /\d+\.?\d*(?:e[+-]?\d+)?|\.\d+/,
  /[\w$]+/,
  /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/,
  /[=!]==?|[<>]=?|&&|\|\||\?\?|[-+*/%!?:.,()[\]]/,
];
const tokenPattern = new RegExp(`\\s*(?:${tokenKinds.map(({ source }) => `(${source})`).join('|')}|$)`, 'iy');
const regexPattern = /\s*\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)/y;

/** What could turn text into code. */
const forbiddenPattern = /^(eval|Function|constructor|prototype|__proto__|set(Timeout|Interval))$/;

const literals: Scope = { true: true, false: false, null: null, undefined };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The right side is evaluated only when it is needed. */
type Binary<Operand> = (left: Operand, right: () => Operand) => unknown;
type Binaries<Operand> = readonly Readonly<Record<string, Binary<Operand>>>[];

/** By precedence, lowest first; each operator means what the expression's author means by it. */
const logicals: Binaries<unknown> = [
  { '??': (a, b) => a ?? b() },
  // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing
  { '||': (a, b) => a || b() },
  { '&&': (a, b) => a && b() },
  {
    // eslint-disable-next-line eqeqeq
    '==': (a, b) => a == b(),
    // eslint-disable-next-line eqeqeq
    '!=': (a, b) => a != b(),
    '===': (a, b) => a === b(),
    '!==': (a, b) => a !== b(),
  },
];
/** Typed for numbers; what is no number is converted by the operator itself. */
const numerics: Binaries<number> = [
  { '<': (a, b) => a < b(), '>': (a, b) => a > b(), '<=': (a, b) => a <= b(), '>=': (a, b) => a >= b() },
  { '+': (a, b) => a + b(), '-': (a, b) => a - b() },
  { '*': (a, b) => a * b(), '/': (a, b) => a / b(), '%': (a, b) => a % b() },
];
const binaries: Binaries<never> = [...logicals, ...numerics];
const unaries: Readonly<Record<string, (value: never) => unknown>> = {
  '!': (value) => !value,
  '-': (value) => -value,
  '+': (value) => +value,
  typeof: (value) => typeof value,
};

/** Reads an expression; throws a `SyntaxError` that tells where it stops being one we evaluate. */
export function parseExpression(source: string, globals: object): Expression {
  return new Reader(source, globals).read();
}

class Reader {
  readonly #source: string;
  readonly #globals: Thing;
  #token = '';
  #kind: number = endKind;
  #tokenAt = 0;
  #position = 0;

  constructor(source: string, globals: object) {
    this.#source = source;
    this.#globals = globals as Thing;
  }

  read(): Expression {
    this.#next();
    const whole = this.#ternary();
    if (!this.#isAtEnd()) this.#fail();
    return whole;
  }

  #isAtEnd(): boolean {
    return this.#kind === endKind;
  }

  #fail(): never {
    throw new SyntaxError(`cannot read "${this.#source}" from "${this.#source.slice(this.#tokenAt)}"`);
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#tokenAt;
    const match = pattern.exec(this.#source) ?? this.#fail();
    this.#position = pattern.lastIndex;
    return match;
  }

  /** Goes to the next token and returns the one that was. */
  #next(): string {
    const taken = this.#token;
    this.#tokenAt = this.#position;
    const groups = this.#match(tokenPattern).slice(1);
    this.#kind = groups.findIndex(Boolean);
    this.#token = groups[this.#kind] ?? '';
    return taken;
  }

  /** Whether the operator `wanted` stands here; if so it is passed. */
  #take(wanted: string): boolean {
    const isHere = this.#isAt(wanted);
    if (isHere) this.#next();
    return isHere;
  }

  #isAt(operator: string): boolean {
    return this.#token === operator && this.#kind === operatorKind;
  }

  #expect(wanted: string): void {
    if (!this.#take(wanted)) this.#fail();
  }

  #ternary(): Expression {
    const condition = this.#binary(0);
    if (!this.#take('?')) return condition;
    const yes = this.#ternary();
    this.#expect(':');
    const no = this.#ternary();
    return (scope) => (condition(scope) ? yes : no)(scope);
  }

  #binary(level: number): Expression {
    const operators = binaries[level];
    if (operators === undefined) return this.#unary();
    let whole = this.#binary(level + 1);
    while (this.#kind === operatorKind && Object.hasOwn(operators, this.#token)) {
      const apply = operators[this.#next()];
      const left = whole;
      const right = this.#binary(level + 1);
      whole = (scope) => apply?.(left(scope) as never, () => right(scope) as never);
    }
    return whole;
  }

  #unary(): Expression {
    if (!Object.hasOwn(unaries, this.#token) || this.#kind === stringKind) return this.#chain();
    const apply = unaries[this.#next()];
    const operand = this.#unary();
    return (scope) => apply?.(operand(scope) as never);
  }

  /** A value with its members and calls. */
  #chain(): Expression {
    let value = this.#primary();
    let owner: Expression = () => undefined;
    for (;;) {
      if (this.#take('(')) {
        value = call(value, owner, this.#list(')'));
        owner = () => undefined;
      } else if (this.#take('[')) {
        [value, owner] = member(value, this.#ternary());
        this.#expect(']');
      } else if (this.#take('.')) {
        if (this.#kind !== nameKind) this.#fail();
        [value, owner] = member(value, constant(this.#next()));
      } else return value;
    }
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#ternary());
    }
    return items;
  }

  #primary(): Expression {
    if (this.#kind === nameKind) return this.#named(this.#next());
    if (this.#kind === numberKind) return constant(Number(this.#next()));
    if (this.#kind === stringKind) return constant(unquoted(this.#next()));
    if (this.#isAt('/')) return this.#regex();
    if (this.#take('[')) {
      const items = this.#list(']');
      return (scope) => items.map((item) => item(scope));
    }
    this.#expect('(');
    const inner = this.#ternary();
    this.#expect(')');
    return inner;
  }

  /** A name that nobody has defined is undefined, so that a condition may ask for it. */
  #named(name: string): Expression {
    if (Object.hasOwn(literals, name)) return constant(literals[name]);
    guard(name);
    return (scope) => (Object.hasOwn(scope, name) ? scope : this.#globals)[name];
  }

  #regex(): Expression {
    const [, body = '', flags] = this.#match(regexPattern);
    this.#next();
    const pattern = new RegExp(body, flags);
    // A fresh one for each use, as one with the flag `g` remembers where it was.
    return () => new RegExp(pattern);
  }
}

function constant(value: unknown): Expression {
  return () => value;
}

/** The member's value, and the object that it was last read from: a call that follows needs it as `this`. */
function member(object: Expression, key: Expression): [Expression, Expression] {
  let holder: unknown;
  const value: Expression = (scope) => {
    holder = object(scope);
    const name = String(key(scope));
    guard(name);
    return (holder as Thing)[name];
  };
  return [value, () => holder];
}

function call(callee: Expression, owner: Expression, given: Expression[]): Expression {
  return (scope) => {
    const method = callee(scope) as (...values: unknown[]) => unknown;
    const self = owner(scope);
    const values = given.map((item) => item(scope));
    return method.apply(self, values);
  };
}

function guard(name: string): void {
  if (forbiddenPattern.test(name)) throw new SyntaxError(`"${name}" may not be used here`);
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\([^])/g, (_, plain: string) => escapes[plain] ?? plain);
}
