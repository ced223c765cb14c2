import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/dsl/language/index.js';

const globals = {
  location: { href: 'http://a.example/tea?x=1', pathname: '/tea' },
  parseInt,
  Math,
  Date,
  Array,
  cart: { items: [{ sku: 'T1', price: 2 }], total: (factor: number) => 21 * factor },
};

function evaluate(source: string, scope: Record<string, unknown> = {}): unknown {
  return parseExpression(source, globals)(scope);
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3 % 4', 1],
    ['"a" + \'b\' + 1', 'ab1'],
    ['\'it\\\'s\\n\' + "\\""', 'it\'s\n"'],
    ['.5 + 1e2 - 1.5e-1', 100.35],
    ['!0 && -(-3) || null', 3],
    ['null ?? (0 || "x")', 'x'],
    ['1 < 2 ? "yes" : "no"', 'yes'],
    ['false ? 1 : true ? 2 : 3', 2],
    ['1 == "1" && 1 !== "1" && null == undefined', true],
    ['typeof missing === "undefined"', true],
    ['missing', undefined],
    ['location.pathname.indexOf("tea") >= 0', true],
    ['location["path" + "name"].length', 4],
    ['cart.items[0].sku.toLowerCase()', 't1'],
    ['cart.total(cart.items.length + 1)', 42],
    ['Math.max(1, parseInt("12px"), 3)', 12],
    ['"1.234,50 EUR".replace(/[^\\d,]/g, "").split(",").join(".")', '1234.50'],
    ['/te+a/i.test("TEEA")', true],
    ['[1, "b", [true]].length', 3],
    ['  \n 7 ', 7],
    ['"trailing".length;', 8],
    ['var a = 2; var b = a + 1; a * b', 6],
    ['if (cart.items.length > 3) "many"; else "few"', 'few'],
    ['cart?.items?.[0]?.sku + missing?.deeper.still() + cart.nothing?.()', 'T1undefinedundefined'],
    ['`<${cart.items[0].sku}-${1 + 1}>`', '<T1-2>'],
    ['[3, 1, 2].map(n => n * 2).filter((n) => n > 2).join()', '6,4'],
    [
      '(function (list) { var sum = 0; list.forEach(function (n) { sum += n; }); return sum; })([1, 2, 3])',
      6,
    ],
    ['cart.items.map(item => { if (item.price > 1) { return item.sku } return "" }).join()', 'T1'],
    ['(() => ({ sku: "T1", n: [1] }))().sku', 'T1'],
    ['new Date(86400000).getTime() / 1000', 86400],
    ['"sku" in cart.items[0] && [] instanceof Array', true],
    ['~"abc".indexOf("z") | 0x10 & 0xff', 16],
    ["'\\u0041\\x42'", 'AB'],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it('looks in its scope before the globals, and calls a method on its object', () => {
    const event = {
      target: {
        name: 'button',
        self() {
          return this.name;
        },
      },
    };
    expect(evaluate('event.target.self() + location', { event, location: '!' })).toBe('button!');
  });

  it('evaluates a side that is not needed never', () => {
    expect(evaluate('false && missing.member')).toBe(false);
    expect(evaluate('1 || missing.member')).toBe(1);
    expect(evaluate('true ? 1 : missing.member')).toBe(1);
    expect(() => evaluate('missing.member')).toThrow(TypeError);
  });

  it('uses a regular expression afresh each time', () => {
    const expression = parseExpression('/a/g.test("a")', {});
    expect([expression({}), expression({}), expression({})]).toEqual([true, true, true]);
  });

  it.each([
    'a = 1',
    'a++',
    'var a = {}; a.b = 1',
    'var a; b = 1',
    'for (;;) 1',
    'while (true) {}',
    'function f() {}',
    'delete a.b',
    'a b',
    '() =>',
    '`${1',
    '1 +',
    '(1',
    '[1, 2',
    'f(1 2)',
    'a.1',
    '"open',
    '',
    'a ? b',
    '1 2',
    '/(/',
    `${'('.repeat(200)}1${')'.repeat(200)}`,
  ])('refuses %s', (source) => {
    expect(() => parseExpression(source, {})).toThrow(SyntaxError);
  });

  it.each([
    'eval("1")',
    'Function("return 1")()',
    '"".constructor.constructor("return 1")()',
    '""["const" + "ructor"]',
    'x.__proto__',
    'setTimeout("hack()", 0)',
    'new Function("return 1")()',
    '(() => 1)["constr" + "uctor"]("return 1")()',
    'x?.constructor',
    '({ __proto__: 1 })',
    'function (eval) { return eval }',
    'x["prototype"]',
  ])('does not let %s make code', (source) => {
    expect(() => parseExpression(source, globalThis)({ x: {} })).toThrow('may not be used here');
  });
});

/** Sources of whole expressions, with all brackets written, so that precedence is the reader's own work. */
const source = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 99 }).map(String),
    fc.constantFrom('true', 'false', 'null', '"a"', "'b '", 'x', 'y.z', 'y["z"]', 'f(x)', 'y.g(2)[0]'),
  ),
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    tie('leaf'),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '<', '>', '<=', '>=', '==', '!=', '===', '!==', '&&', '||'),
        tie('expression'),
      )
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc.tuple(fc.constantFrom('!', '- ', '+ ', 'typeof '), tie('leaf')).map((parts) => parts.join('')),
    fc
      .tuple(tie('leaf'), tie('expression'), tie('expression'))
      .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
    tie('expression').map((inner) => `(${inner})`),
    fc.array(tie('leaf'), { maxLength: 3 }).map((items) => `[${items.join(',')}].length`),
  ),
})).expression;

describe('any expression', () => {
  const scope = { x: 5, y: { z: 'seven', g: (n: number) => [n, 'g'] }, f: (n: number) => n * 2 };

  it('means what JavaScript means by it', () => {
    fc.assert(
      fc.property(source, (text) => {
        // The language itself is the judge, here in the test only.
        // eslint-disable-next-line @typescript-eslint/no-implied-eval
        const judge = new Function(...Object.keys(scope), `return ${text};`) as (
          ...given: unknown[]
        ) => unknown;
        expect(parseExpression(text, {})(scope)).toEqual(judge(...Object.values(scope)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read or refused, never more', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        try {
          parseExpression(text, {});
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
