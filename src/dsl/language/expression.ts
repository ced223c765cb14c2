/**
 * The JavaScript of a DSL file, read and evaluated by ourselves, so that it works under a content-security
 * policy without `unsafe-eval`. It reads and calls, and has functions, variables and conditions of its own;
 * it has no loops, changes nothing but its own variables, and makes no code of text.
 */
import { binaries, unaries } from './operators.js';
import { nameKind, numberKind, operatorKind, stringKind, Tokens, unquoted } from './tokens.js';

export type Scope = Readonly<Record<string, unknown>>;
/**
 * Evaluates in a scope, which is looked in before the page's globals; `this` is the scope's entry of that
 * name.
 */
export type Expression = (scope: Scope) => unknown;

type Thing = Record<string, unknown>;
type Callable = (...values: unknown[]) => unknown;

/** How a list of statements went: the value of the last one, and whether it was returned. */
interface Run {
  value: unknown;
  isReturned: boolean;
}
type Statement = (scope: Scope, run: Run) => void;

/** What could turn text into code. */
const forbiddenPattern = /^(eval|Function|constructor|prototype|__proto__|set(Timeout|Interval))$/;
const literals: Scope = { true: true, false: false, null: null, undefined };
const declarers = ['var', 'let', 'const'];
const reservedPattern =
  /^(for|while|do|switch|case|class|throw|try|catch|with|import|export|delete|yield|await|async)$/;

const depthMax = 100;

/** The value of a chain that `?.` has cut short. */
const cut = Symbol('cut');

/**
 * Reads an expression, or statements of which the last gives the value; throws an `ExpressionError` that
 * tells where it stops being what we evaluate.
 */
export function parseExpression(source: string, globals: object): Expression {
  return new Reader(source, globals).read();
}

class Reader {
  readonly #tokens: Tokens;
  readonly #globals: Thing;
  /** Names of variables and parameters, which alone may be assigned to. */
  readonly #own = new Set<string>();
  /** The last name read as a value, to tell `name = …` from `member.name = …`. */
  #named: { name: string; value: Expression } | undefined;
  #depth = 0;

  constructor(source: string, globals: object) {
    this.#tokens = new Tokens(source);
    this.#globals = globals as Thing;
  }

  read(): Expression {
    if (this.#tokens.isAtEnd) this.#tokens.fail();
    const body = this.#statements(() => this.#tokens.isAtEnd);
    return (scope) => run(body, Object.assign(Object.create(null) as Thing, scope)).value;
  }

  #statements(isOver: () => boolean): Statement[] {
    const body: Statement[] = [];
    while (!isOver()) {
      if (!this.#tokens.take(';')) body.push(this.#statement(isOver));
    }
    return body;
  }

  #statement(isOver: () => boolean): Statement {
    return this.#nested(() => {
      const tokens = this.#tokens;
      if (tokens.take('{')) return block(this.#body());
      if (tokens.take('if', nameKind)) return this.#condition(isOver);
      const statement = this.#simple(isOver);
      if (!isOver() && !tokens.isAt('}')) tokens.expect(';');
      return statement;
    });
  }

  #simple(isOver: () => boolean): Statement {
    const tokens = this.#tokens;
    if (tokens.take('return', nameKind)) {
      const isBare = isOver() || tokens.isAt(';') || tokens.isAt('}');
      const value = isBare ? constant(undefined) : this.#value();
      return (scope, run) => Object.assign(run, { value: value(scope), isReturned: true });
    }
    if (tokens.kind === nameKind && declarers.includes(tokens.text)) return this.#declaration();
    const value = this.#value();
    return (scope, run) => {
      run.value = value(scope);
    };
  }

  #declaration(): Statement {
    this.#tokens.next();
    const made: [string, Expression][] = [];
    do {
      const name = this.#declare();
      made.push([name, this.#tokens.take('=') ? this.#value() : constant(undefined)]);
    } while (this.#tokens.take(','));
    return (scope) => {
      for (const [name, value] of made) (scope as Thing)[name] = value(scope);
    };
  }

  #declare(): string {
    const name = this.#tokens.takeName();
    this.#guard(name);
    this.#own.add(name);
    return name;
  }

  #condition(isOver: () => boolean): Statement {
    this.#tokens.expect('(');
    const condition = this.#value();
    this.#tokens.expect(')');
    const yes = this.#statement(isOver);
    this.#tokens.take(';');
    const no = this.#tokens.take('else', nameKind) ? this.#statement(isOver) : undefined;
    return (scope, run) => (condition(scope) ? yes : no)?.(scope, run);
  }

  /** Statements up to the closing brace. */
  #body(): Statement[] {
    const body = this.#statements(() => this.#tokens.isAt('}') || this.#tokens.isAtEnd);
    this.#tokens.expect('}');
    return body;
  }

  #nested<Result>(read: () => Result): Result {
    if (++this.#depth > depthMax) this.#tokens.fail('the expression is nested too deeply');
    const result = read();
    this.#depth--;
    return result;
  }

  #value(): Expression {
    return this.#nested(() => this.#arrow() ?? this.#assignment());
  }

  #assignment(): Expression {
    const tokens = this.#tokens;
    const { at } = tokens;
    const left = this.#ternary();
    const operator = ['=', '+=', '-='].find((candidate) => tokens.isAt(candidate));
    if (operator === undefined) return left;
    const target = this.#named?.value === left ? this.#named.name : undefined;
    if (target === undefined || !this.#own.has(target)) {
      return tokens.fail('only variables of the expression itself can be assigned to', at);
    }
    tokens.next();
    const right = this.#value();
    const change = operator === '=' ? undefined : (binaries.at(-2)?.[operator.charAt(0)] as Callable);
    return (scope) => {
      const value = right(scope);
      const next = change === undefined ? value : change(left(scope), () => value);
      (holderOf(scope, target) as Thing)[target] = next;
      return next;
    };
  }

  /** An arrow function, if one begins here. */
  #arrow(): Expression | undefined {
    const tokens = this.#tokens;
    const goBack = tokens.mark();
    const names: string[] = [];
    if (tokens.take('(')) {
      while (tokens.kind === nameKind && (names.push(tokens.next()), tokens.take(',')));
      if (tokens.take(')') && tokens.take('=>')) return this.#arrowBody(names);
    } else if (tokens.kind === nameKind && (names.push(tokens.next()), tokens.take('=>'))) {
      return this.#arrowBody(names);
    }
    goBack();
    return undefined;
  }

  #arrowBody(names: string[]): Expression {
    for (const name of names) this.#own.add(name);
    if (this.#tokens.take('{')) return arrowOf(names, this.#body());
    const value = this.#value();
    return arrowOf(names, [(scope, run) => Object.assign(run, { value: value(scope), isReturned: true })]);
  }

  #function(): Expression {
    const tokens = this.#tokens;
    tokens.expect('(');
    const names: string[] = [];
    while (!tokens.take(')')) {
      if (names.length > 0) tokens.expect(',');
      names.push(this.#declare());
    }
    tokens.expect('{');
    const body = this.#body();
    return (scope) =>
      function (this: unknown, ...given: unknown[]) {
        return returned(body, within(scope, names, given, { this: this }));
      };
  }

  #ternary(): Expression {
    const condition = this.#binary(0);
    if (!this.#tokens.take('?')) return condition;
    const yes = this.#value();
    this.#tokens.expect(':');
    const no = this.#value();
    return (scope) => (condition(scope) ? yes : no)(scope);
  }

  #binary(level: number): Expression {
    const operators = binaries[level];
    if (operators === undefined) return this.#unary();
    const tokens = this.#tokens;
    let whole = this.#binary(level + 1);
    while (tokens.kind !== stringKind && Object.hasOwn(operators, tokens.text)) {
      const apply = operators[tokens.next()];
      const left = whole;
      const right = this.#binary(level + 1);
      whole = (scope) => apply?.(left(scope) as never, () => right(scope) as never);
    }
    return whole;
  }

  #unary(): Expression {
    const tokens = this.#tokens;
    if (!Object.hasOwn(unaries, tokens.text) || tokens.kind === stringKind) return this.#chain();
    const apply = unaries[tokens.next()];
    const operand = this.#nested(() => this.#unary());
    return (scope) => apply?.(operand(scope) as never);
  }

  /** A value with its members and calls. */
  #chain(): Expression {
    const tokens = this.#tokens;
    let value = this.#primary();
    let owner: Expression = () => undefined;
    let isCuttable = false;
    for (;;) {
      if (tokens.take('?.')) {
        isCuttable = true;
        value = cutIfNothing(value);
        if (tokens.kind === nameKind) [value, owner] = member(value, constant(tokens.next()));
        else if (!tokens.isAt('(') && !tokens.isAt('[')) tokens.fail();
      } else if (tokens.take('(')) {
        value = call(value, owner, this.#list(')'));
        owner = () => undefined;
      } else if (tokens.take('[')) {
        [value, owner] = member(value, this.#value());
        tokens.expect(']');
      } else if (tokens.take('.')) {
        const { at, text } = tokens;
        if (forbiddenPattern.test(text)) tokens.fail(forbidden(text), at);
        [value, owner] = member(value, constant(tokens.takeName()));
      } else break;
    }
    if (!isCuttable) return value;
    const whole = value;
    return (scope) => orUndefined(whole(scope));
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#tokens.take(end)) {
      if (items.length > 0) this.#tokens.expect(',');
      items.push(this.#value());
    }
    return items;
  }

  #primary(): Expression {
    const tokens = this.#tokens;
    if (tokens.kind === nameKind) return this.#word();
    if (tokens.kind === numberKind) return constant(Number(tokens.next()));
    if (tokens.kind === stringKind) return constant(unquoted(tokens.next()));
    if (tokens.kind !== operatorKind) tokens.fail();
    if (tokens.isAt('/')) return this.#regex();
    if (tokens.isAt('`')) return this.#template();
    if (tokens.take('[')) {
      const items = this.#list(']');
      return (scope) => items.map((item) => item(scope));
    }
    if (tokens.take('{')) return this.#object();
    tokens.expect('(');
    const inner = this.#value();
    tokens.expect(')');
    return inner;
  }

  /** A name that nobody has defined is undefined, so that a condition may ask for it. */
  #word(): Expression {
    const tokens = this.#tokens;
    const { at } = tokens;
    const name = tokens.takeName();
    if (name === 'function') return this.#function();
    if (name === 'new') return this.#new();
    if (Object.hasOwn(literals, name)) return constant(literals[name]);
    if (reservedPattern.test(name)) tokens.fail(`"${name}" is not there in a DSL expression`, at);
    this.#guard(name, at);
    const value: Expression = (scope) => (name in scope ? scope : this.#globals)[name];
    this.#named = { name, value };
    return value;
  }

  #new(): Expression {
    const tokens = this.#tokens;
    let made = this.#word();
    while (tokens.take('.')) [made] = member(made, constant(tokens.takeName()));
    const given = tokens.take('(') ? this.#list(')') : [];
    const makes = made;
    return (scope) => {
      const type = makes(scope) as new () => unknown;
      return Reflect.construct(type, values(given, scope)) as unknown;
    };
  }

  #object(): Expression {
    const tokens = this.#tokens;
    const members: [string, Expression][] = [];
    while (!tokens.take('}')) {
      if (members.length > 0) tokens.expect(',');
      const isName = tokens.kind === nameKind;
      if (!isName && tokens.kind !== stringKind) tokens.fail();
      const key = isName ? tokens.text : unquoted(tokens.text);
      this.#guard(key);
      if (isName && !/^\d/.test(key)) {
        const word = tokens.mark();
        tokens.next();
        if (tokens.isAt(',') || tokens.isAt('}')) {
          word();
          members.push([key, this.#word()]);
          continue;
        }
      } else tokens.next();
      tokens.expect(':');
      members.push([key, this.#value()]);
    }
    return (scope) => Object.fromEntries(members.map(([key, value]) => [key, value(scope)]));
  }

  #regex(): Expression {
    const { at } = this.#tokens;
    const [body, flags] = this.#tokens.takeRegex();
    let pattern: RegExp;
    try {
      pattern = new RegExp(body, flags);
    } catch {
      this.#tokens.fail('the regular expression is none', at);
    }
    // A fresh one for each use, as one with the flag `g` remembers where it was.
    return () => new RegExp(pattern);
  }

  #template(): Expression {
    const parts = this.#tokens.takeTemplate(() => this.#value());
    return (scope) => parts.map((part) => (typeof part === 'string' ? part : String(part(scope)))).join('');
  }

  #guard(name: string, at?: number): void {
    if (forbiddenPattern.test(name)) this.#tokens.fail(forbidden(name), at);
  }
}

function forbidden(name: string): string {
  return `"${name}" may not be used here`;
}

function constant(value: unknown): Expression {
  return () => value;
}

/** A scope inside another, with parameters and more names of its own. */
function within(scope: Scope, names: string[] = [], given: unknown[] = [], more: Scope = {}): Scope {
  const inner = Object.assign(Object.create(scope) as Thing, more);
  names.forEach((name, index) => (inner[name] = given[index]));
  return inner;
}

function holderOf(scope: Scope, name: string): Scope {
  let holder: Scope | null = scope;
  while (holder !== null && !Object.hasOwn(holder, name))
    holder = Object.getPrototypeOf(holder) as Scope | null;
  return holder ?? scope;
}

function run(
  body: readonly Statement[],
  scope: Scope,
  going: Run = { value: undefined, isReturned: false },
): Run {
  for (const statement of body) {
    statement(scope, going);
    if (going.isReturned) break;
  }
  return going;
}

function returned(body: readonly Statement[], scope: Scope): unknown {
  const { value, isReturned } = run(body, scope);
  return isReturned ? value : undefined;
}

function block(body: readonly Statement[]): Statement {
  return (scope, going) => void run(body, scope, going);
}

function arrowOf(names: string[], body: readonly Statement[]): Expression {
  return (scope) =>
    (...given: unknown[]) =>
      returned(body, within(scope, names, given));
}

function values(given: readonly Expression[], scope: Scope): unknown[] {
  return given.map((item) => item(scope));
}

function cutIfNothing(value: Expression): Expression {
  return (scope) => value(scope) ?? cut;
}

function orUndefined(value: unknown): unknown {
  return value === cut ? undefined : value;
}

/** The member's value, and the object that it was last read from: a call that follows needs it as `this`. */
function member(object: Expression, key: Expression): [Expression, Expression] {
  let holder: unknown;
  const value: Expression = (scope) => {
    const found = object(scope);
    if (found === cut) return cut;
    const name = String(key(scope));
    if (forbiddenPattern.test(name)) throw new SyntaxError(forbidden(name));
    holder = found;
    return (found as Thing)[name];
  };
  return [value, () => holder];
}

function call(callee: Expression, owner: Expression, given: Expression[]): Expression {
  return (scope) => {
    const method = callee(scope);
    if (method === cut) return cut;
    const self = owner(scope);
    return (method as Callable).apply(self, values(given, scope));
  };
}
