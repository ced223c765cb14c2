/** The automaton finds exactly what is there; what an expression demands is in everything that it matches. */
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/categories/fold.js';
import { createLiteralIndex } from '../../../src/categories/literal-index.js';
import { requiredLiterals } from '../../../src/categories/required-literals.js';

const shortText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '😀'), maxLength: 6 });

describe('the automaton', () => {
  it('finds the texts that are in a page, each once, as a plain search does', () => {
    const texts = fc.array(shortText.filter(Boolean), { maxLength: 12 });
    const page = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '😀', 'x'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.array(page, { minLength: 1, maxLength: 3 }), (wanted, pages) => {
        const index = createLiteralIndex(wanted.map((text, id) => ({ text, id })));
        for (const text of pages) {
          const found: number[] = [];
          index.scan(text, (id) => found.push(id));
          const there = wanted.flatMap((one, id) => (text.includes(one) ? [id] : []));
          expect(found.sort((one, other) => one - other)).toEqual(there);
        }
      }),
    );
  });

  it('holds nothing when there is nothing to find', () => {
    const found: number[] = [];
    createLiteralIndex([]).scan('a page', (id) => found.push(id));
    expect(found).toEqual([]);
  });
});

describe('what an expression demands', () => {
  it.each([
    ['tea/(green|black)', ['tea/green', 'tea/black']],
    ['^https?://shop\\.example/', ['://shop.example/']],
    ['[Tt]ea', ['tea']],
    ['(?i)Checkout.*step\\d', ['checkout']],
    ['(cart|checkout)+/?', ['cart', 'checkout']],
    ['a{2,}bc', ['bc']],
    ['x*', undefined],
    ['a|', undefined],
    ['\\d+', undefined],
    ['(tea|\\d)', undefined],
    ['\\Qa.b\\E', undefined],
    ['\\x41bc', undefined],
  ])('%s: %j', (expression, texts) => {
    expect(requiredLiterals(expression)).toEqual(texts);
  });

  const atom = fc.constantFrom('a', 'B', 's', 'k', '\\.', '.', '\\d', '[ab]', '[^a]', '[Kk]', '^', '$', 'é');
  const { expression } = fc.letrec<{ expression: string; group: string }>((tie) => ({
    group: fc
      .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?P<n>'), tie('expression'))
      .map(([open, inner]) => `${open}${inner})`),
    expression: fc
      .array(
        fc
          .tuple(
            fc.oneof({ depthSize: 'small' }, atom, atom, tie('group')),
            fc.constantFrom('', '', '', '+', '*', '?', '{2}', '{0,2}', '|'),
          )
          .map(([part, after]) => (/^[\^$]/.test(part) ? part : part + after)),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.join('')),
  }));

  it('is in every text that the expression matches', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'A', 'b', 'B', 's', 'ſ', 'k', '\u212a', '.', '1', 'é', 'É'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 20 }), fc.boolean(), (source, texts, isStrict) => {
        let compiled: RE2JS;
        try {
          compiled = RE2JS.compile(source, isStrict ? 0 : RE2JS.CASE_INSENSITIVE);
        } catch {
          return;
        }
        const demanded = requiredLiterals(source);
        if (demanded === undefined) return;
        for (const one of texts) {
          if (!compiled.test(one)) continue;
          const folded = fold(one);
          expect(demanded.some((literal) => folded.includes(literal))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
