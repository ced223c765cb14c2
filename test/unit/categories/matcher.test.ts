/** Categories of a page: text and expressions, language, case, and expressions that do not compile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoryProblems, createCategoryMatcher } from '../../../src/categories/index.js';
import type { Category, CategoryTag } from '../../../src/model/index.js';

const page = { url: 'http://shop.example/Tea/green', title: 'Green Tea | Shop', languageCode: 'en-US' };

function matches(tag: Partial<CategoryTag>, at = page): boolean {
  const category: Category = { name: 'c', tags: [{ name: 't', type: 'text', expression: 'x', ...tag }] };
  return createCategoryMatcher([category]).match(at).length === 1;
}

describe('a tag', () => {
  it.each([
    [{ expression: 'tea' }, true],
    [{ expression: 'GREEN TEA |' }, true],
    [{ expression: 'coffee' }, false],
    [{ expression: '/tea/', caseSensitive: true }, false],
    [{ expression: '/Tea/', caseSensitive: true }, true],
    [{ type: 'regex', expression: 'tea/(green|black)$' }, true],
    [{ type: 'regex', expression: '^green' }, true],
    [{ type: 'regex', expression: '^Tea$' }, false],
    [{ type: 'regex', expression: 'green tea', caseSensitive: true }, false],
    [{ expression: 'tea', languageCode: 'en' }, true],
    [{ expression: 'tea', languageCode: 'EN-us' }, true],
    [{ expression: 'tea', languageCode: 'en-GB' }, false],
    [{ expression: 'tea', languageCode: 'de' }, false],
  ] as [Partial<CategoryTag>, boolean][])('%j matches: %s', (tag, expected) => {
    expect(matches(tag)).toBe(expected);
  });

  it('takes every special character of a text as itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (expression) =>
        matches({ expression }, { ...page, url: `http://x/${expression}/y` }),
      ),
    );
  });

  it('cannot stall a node, however bad its expression', () => {
    const tag = { type: 'regex', expression: '(a+)+$' } as const;
    expect(matches(tag, { ...page, url: `${'a'.repeat(4_000)}!` })).toBe(false);
  });
});

describe('a category', () => {
  it('matches when any of its tags does, and keeps the order given', () => {
    const tag = (expression: string): CategoryTag => ({ name: expression, type: 'text', expression });
    const matcher = createCategoryMatcher([
      { name: 'B', tags: [tag('nothing'), tag('green')] },
      { name: 'A', tags: [tag('tea')] },
      { name: 'C', tags: [tag('coffee')] },
    ]);
    expect(matcher.match(page)).toEqual(['B', 'A']);
  });

  it('names the tags whose expression does not compile', () => {
    const tags: CategoryTag[] = [
      { name: 'good', type: 'regex', expression: 'a|b' },
      { name: 'bad', type: 'regex', expression: '(unclosed' },
      { name: 'text', type: 'text', expression: '(unclosed' },
    ];
    expect(categoryProblems({ name: 'c', tags }).map((problem) => problem.tag)).toEqual(['bad']);
  });
});
