import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSelector, SelectorError } from '../../../src/dsl/language/index.js';

/** Steps as text: combinator, CSS and filters. */
function steps(selector: string): string[] {
  return readSelector(selector).map((found) =>
    found
      .map(({ combinator, css, filters }) => {
        const narrowed = filters.map((filter) =>
          typeof filter === 'string' ? `[${filter}]` : `|${filter.name}(${filter.argument})`,
        );
        return `${combinator}${css}${narrowed.join('')}`;
      })
      .join(';'),
  );
}

describe('a selector', () => {
  it.each<[string, string[]]>([
    ['.a > b[c="x,y"] + d', [' .a > b[c="x,y"] + d']],
    ['a, b , :first', [' a', ' b', ' *|first()']],
    ['td#go input:text', [' td#go input|text()']],
    ["li:contains('Green, tea')", [' li|contains(Green, tea)']],
    ['li:contains("a):b").x:eq(-1) > b', [' li|contains(a):b)[.x]|eq(-1);>b']],
    ['div :visible', [' div *|visible()']],
    ['div > :hidden ~ p', [' div > *|hidden();~p']],
    ['a:first-child:nth-of-type(2)', [' a:first-child:nth-of-type(2)']],
    ['input[type!=text]:not(:visible)', [' input:not([type=text])|not(:visible)']],
    ['a:hover::after', [' a:hover::after']],
    ['.a\\:first', [' .a\\:first']],
  ])('%s', (selector, expected) => {
    expect(steps(selector)).toEqual(expected);
  });

  it.each<[string, string, number]>([
    ['a[b', '"[" is never closed', 1],
    ['a)', '")" closes nothing', 1],
    ['a,,b', 'the selector has nothing here', 2],
    ['', 'the selector has nothing here', 0],
    ['p:eq', ':eq needs an argument', 1],
    ['ab, p:first(1)', ':first takes no argument', 5],
    ['a:contains("x)', '""" is never closed', 11],
  ])('%s is refused', (selector, message, at) => {
    expect(() => readSelector(selector)).toThrow(expect.objectContaining({ message, at }) as Error);
  });

  it('is read or refused, never more', () => {
    const parts = fc.constantFrom(
      'a',
      ':first',
      ':eq(1)',
      ':not(',
      '[b',
      ']',
      ')',
      '"',
      "'",
      ',',
      ' ',
      '>',
      '\\',
      '.c',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (chosen) => {
        try {
          readSelector(chosen.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(SelectorError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
