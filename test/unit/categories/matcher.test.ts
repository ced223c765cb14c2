/** Categories of a page: text and expressions, language, case, and expressions that do not compile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNaiveMatcher } from '../../../bench/support/naive-categories.js';
import {
  categoryProblems,
  createCategoryMatcher,
  joinCategories,
  openExpressions,
} from '../../../src/categories/index.js';
import { type Category, type CategoryTag, eventLimits } from '../../../src/model/index.js';

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

describe('many tags', () => {
  const tag: fc.Arbitrary<CategoryTag> = fc
    .record({
      type: fc.constantFrom('text' as const, 'regex' as const),
      expression: fc.constantFrom(
        'tea',
        'Tea',
        '/tea/',
        'g',
        'green|t',
        'e+',
        '[gt]r',
        'shop.ex',
        'a b',
        '|',
      ),
      caseSensitive: fc.boolean(),
      languageCode: fc.option(fc.constantFrom('en', 'en-US', 'de'), { nil: undefined }),
    })
    .map(({ languageCode, ...rest }) => ({ name: 't', ...rest, ...(languageCode && { languageCode }) }));
  const categoriesOf = (tags: CategoryTag[][]): Category[] =>
    tags.map((some, index) => ({ name: `c${index}`, tags: some }));
  const words = fc.array(fc.constantFrom('tea', 'TEA', '/', 'Green', 'shop.example', 'a b', 'x', '|'), {
    maxLength: 6,
  });

  it('match as trying one after another does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(tag, { minLength: 1, maxLength: 4 }), { maxLength: 8 }).map(categoriesOf),
        words.map((some) => some.join('')),
        words.map((some) => some.join(' ')),
        fc.constantFrom('en-US', 'en', 'DE', ''),
        (categories, url, title, languageCode) => {
          const at = { url, title, languageCode };
          expect(createCategoryMatcher(categories).match(at)).toEqual(
            createNaiveMatcher(categories).match(at),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds texts longer than what the automaton keeps', () => {
    const long = 'ab'.repeat(100);
    const category: Category = { name: 'c', tags: [{ name: 't', type: 'text', expression: `x${long}` }] };
    const matcher = createCategoryMatcher([category]);
    expect(matcher.match({ ...page, url: `http://y/x${long}` })).toEqual(['c']);
    expect(matcher.match({ ...page, url: `http://y/z${long}` })).toEqual([]);
  });

  it('gives an event no more names than it has room for', () => {
    const categories = Array.from({ length: 300 }, (_, index) => ({
      name: `category ${index}`,
      tags: [{ name: 't', type: 'text' as const, expression: 'tea' }],
    }));
    const names = createCategoryMatcher(categories).match(page);
    expect(names.join(';').length).toBeLessThanOrEqual(eventLimits.categoryLengthMax);
    expect(names.length).toBeGreaterThan(100);
    const joined = joinCategories(names.join(';'), ['one more', ...names]);
    expect(joined.length).toBeLessThanOrEqual(eventLimits.categoryLengthMax);
    expect(joinCategories('a;b', ['b', 'c'])).toBe('a;b;c');
    expect(joinCategories('', [])).toBe('');
  });
});

describe('a tag of a data field', () => {
  const price: Category = {
    name: 'Expensive',
    tags: [{ name: 'price', type: 'regex', expression: '^[0-9]{4,}', dataField: 'price' }],
  };
  const matcher = createCategoryMatcher([price]);

  it.each([
    [{ price: 1_299 }, ['Expensive']],
    [{ price: '1299 EUR' }, ['Expensive']],
    [{ price: 99 }, []],
    [{ price: { amount: 1_299 } }, []],
    [{ cost: 1_299 }, []],
    [{}, []],
  ])('looks into %j: %j', (data, names) => {
    expect(matcher.matchData({ languageCode: 'en', data })).toEqual(names);
  });

  it('never matches a page, nor what every object inherits', () => {
    expect(matcher.readsData).toBe(true);
    expect(matcher.match({ url: '1299', title: '1299', languageCode: 'en' })).toEqual([]);
    const odd = createCategoryMatcher([
      { name: 'o', tags: [{ name: 't', type: 'text', expression: 'o', dataField: 'constructor' }] },
    ]);
    expect(odd.matchData({ languageCode: 'en', data: {} })).toEqual([]);
  });
});

it('counts the expressions that every page must be shown to', () => {
  const tags: CategoryTag[] = ['\\d+', 'tea\\d', '.*'].map((expression) => ({
    name: expression,
    type: 'regex',
    expression,
  }));
  expect(openExpressions({ name: 'c', tags: [...tags, { name: 't', type: 'text', expression: '.' }] })).toBe(
    2,
  );
});
