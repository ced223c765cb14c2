/**
 * The JavaScript expressions of a DSL file, read and evaluated by ourselves, so that they work under a content-security
 * policy without `unsafe-eval`. An expression reads and calls; it cannot assign, loop or make functions.
 */
export type Scope = Readonly<Record<string, unknown>>;
/** Evaluates in a scope, which is looked in before the page's globals; `this` is the scope's entry of that name. */
export type Expression = (scope: Scope) => unknown;

type Thing = Record<PropertyKey, unknown>;

/** Names, operators, numbers and strings; a regular expression is read where a value must stand. */
const tokenPattern =
  /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([\w$]+)|('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|([=!]==?|[<>]=?|&&|\|\||\?\?|\?\.(?!\d)|[-+*/%!?:.,()[\]{}]))/iy;
const regexPattern = /\s*\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)/y;

/** What could turn text into code. */
const forbiddenPattern = /^(eval|Function|constructor|prototype|__proto__|set(Timeout|Interval))$/;

const literals: Scope = { true: true, false: false, null: null, undefined };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

type Binary = (left: never, right: never) => unknown;
/** By precedence, lowest first; `??`, `||` and `&&` look at their right side only when they need it. */
const binaries: readonly Readonly<Record<string, Binary>>[] = [
  { '??': () => 0 },
  { '||': () => 0 },
  { '&&': () => 0 },
  {
    '==': (a, b) => a == b,
    '!=': (a, b) => a != b,
    '===': (a, b) => a === b,
    '!==': (a, b) => a !== b,
  },
  { '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b },
  { '+': (a: number, b: number) => a + b, '-': (a: number, b: number) => a - b },
  {
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
    '%': (a: number, b: number) => a % b,
  },
];
const unaries: Readonly<Record<string, (value: never) => unknown>> = {
  '!': (value) => !value,
  '-': (value) => -value,
  '+': (value) => +value,
  typeof: (value) => typeof value,
};

/** Reads an expression; throws a `SyntaxError` that tells where it stops being one we evaluate. */
export function parseExpression(source: string, globals: object): Expression {
  let position = 0;
  let token = '';
  let tokenAt = 0;
  let kind: 'number' | 'name' | 'string' | 'operator' | 'end' = 'end';

  function next(): string {
    const taken = token;
    tokenPattern.lastIndex = tokenAt = position;
    const match = tokenPattern.exec(source);
    if (match !== null) {
      position = tokenPattern.lastIndex;
      token = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
      kind = match[1] ? 'number' : match[2] ? 'name' : match[3] ? 'string' : 'operator';
    } else if (source.slice(position).trim() === '') [token, kind] = ['', 'end'];
    else fail();
    return taken;
  }

  function fail(): never {
    throw new SyntaxError(`cannot read "${source}" from "${source.slice(tokenAt)}"`);
  }

  /** Whether the operator `wanted` stands here; if so it is passed. */
  function take(wanted: string): boolean {
    const isHere = token === wanted && kind === 'operator';
    if (isHere) next();
    return isHere;
  }

  function expect(wanted: string): void {
    if (!take(wanted)) fail();
  }

  function ternary(): Expression {
    const condition = binary(0);
    if (!take('?')) return condition;
    const yes = ternary();
    expect(':');
    const no = ternary();
    return (scope) => (condition(scope) ? yes : no)(scope);
  }

  function binary(level: number): Expression {
    const operators = binaries[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    while (kind === 'operator' && Object.hasOwn(operators, token)) {
      left = joined(left, token, operators[next()] as Binary, binary(level + 1));
    }
    return left;
  }

  function unary(): Expression {
    const operator = Object.hasOwn(unaries, token) && kind !== 'string' ? unaries[next()] : undefined;
    if (operator === undefined) return chain(primary());
    const operand = unary();
    return (scope) => operator(operand(scope) as never);
  }

  /** Members and calls behind a value. After a `?.` that found nothing, the rest of the chain finds nothing too. */
  function chain(start: Expression): Expression {
    let value = start;
    let owner: Expression = () => undefined;
    let isLenient = false;
    for (;;) {
      const object = value;
      const isOptional = take('?.');
      isLenient ||= isOptional;
      const lenient = isLenient;
      if (take('(')) {
        const given = list(')');
        const holder = owner;
        value = (scope) => called(holder, object, given, scope, lenient);
        owner = () => undefined;
      } else if (take('[')) {
        const key = ternary();
        expect(']');
        [owner, value] = member(object, key, lenient);
      } else if (isOptional || take('.')) {
        if (kind !== 'name') fail();
        const name = next();
        [owner, value] = member(object, () => name, lenient);
      } else return value;
    }
  }

  function list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!take(end)) {
      items.push(ternary());
      if (!take(',')) {
        expect(end);
        break;
      }
    }
    return items;
  }

  function primary(): Expression {
    if (kind === 'number') {
      const value = Number(next());
      return () => value;
    }
    if (kind === 'string') {
      const value = unquoted(next());
      return () => value;
    }
    if (kind === 'name' && !/^\d/.test(token)) return named(next(), globals);
    if (token === '/') return regex();
    if (take('(')) {
      const inner = ternary();
      expect(')');
      return inner;
    }
    if (take('[')) {
      const items = list(']');
      return (scope) => items.map((item) => item(scope));
    }
    if (take('{')) return object();
    return fail();
  }

  function object(): Expression {
    const fields: [key: string, value: Expression][] = [];
    while (!take('}')) {
      if (kind === 'operator' || kind === 'end') fail();
      const key = kind === 'string' ? unquoted(next()) : next();
      expect(':');
      fields.push([key, ternary()]);
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    return (scope) => Object.fromEntries(fields.map(([key, value]) => [key, value(scope)]));
  }

  function regex(): Expression {
    regexPattern.lastIndex = tokenAt;
    const match = regexPattern.exec(source) ?? fail();
    position = regexPattern.lastIndex;
    next();
    const value = new RegExp(match[1] as string, match[2]);
    return () => new RegExp(value);
  }

  next();
  const whole = ternary();
  if (kind !== 'end') fail();
  return whole;
}

function joined(left: Expression, operator: string, apply: Binary, right: Expression): Expression {
  if (operator === '&&') return (scope) => left(scope) && right(scope);
  if (operator === '||') return (scope) => left(scope) || right(scope);
  if (operator === '??') return (scope) => left(scope) ?? right(scope);
  return (scope) => apply(left(scope) as never, right(scope) as never);
}

/** A name that nobody has defined is undefined, so that a condition may ask for it. */
function named(name: string, globals: object): Expression {
  if (Object.hasOwn(literals, name)) return () => literals[name];
  guard(name);
  return (scope) => (Object.hasOwn(scope, name) ? scope[name] : (globals as Thing)[name]);
}

/** The object once evaluated is kept for the call that may follow, which needs it as `this`. */
function member(object: Expression, key: Expression, isLenient: boolean): [Expression, Expression] {
  let last: unknown;
  const value: Expression = (scope) => {
    const holder = object(scope);
    const name = String(key(scope));
    guard(name);
    const found = isLenient && holder == null ? undefined : (holder as Thing)[name];
    last = holder;
    return found;
  };
  return [() => last, value];
}

function called(
  owner: Expression,
  callee: Expression,
  given: readonly Expression[],
  scope: Scope,
  isLenient: boolean,
): unknown {
  const method = callee(scope);
  const self = owner(scope);
  if (isLenient && method == null) return undefined;
  return (method as (...values: unknown[]) => unknown).apply(
    self,
    given.map((item) => item(scope)),
  );
}

function guard(name: string): void {
  if (forbiddenPattern.test(name)) throw new TypeError(`"${name}" may not be used here`);
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, (_, long?: string, short?: string, plain = '') => {
      const code = long ?? short;
      return code === undefined ? (escapes[plain] ?? plain) : String.fromCharCode(parseInt(code, 16));
    });
}
