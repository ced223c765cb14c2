/**
 * Categories matched the plain way, one tag after another: what the automaton is measured against and must
 * agree with.
 */
import { RE2JS } from 're2js';
import type { CategoryMatcher } from '../../src/categories/index.js';
import type { Category, CategoryTag } from '../../src/model/index.js';

type Test = (page: { url: string; title: string }, lower: { url: string; title: string }) => boolean;

/** Tags of pages only. */
export function createNaiveMatcher(categories: readonly Category[]): Pick<CategoryMatcher, 'match'> {
  const compiled = categories.map(({ name, tags }) => ({
    name,
    tests: tags.map((tag) => ({ language: tag.languageCode?.toLowerCase(), test: testOf(tag) })),
  }));
  return {
    match(page) {
      const spoken = page.languageCode.toLowerCase();
      const lower = { url: page.url.toLowerCase(), title: page.title.toLowerCase() };
      return compiled.flatMap(({ name, tests }) =>
        tests.some(
          ({ language, test }) =>
            (language === undefined || spoken === language || spoken.startsWith(`${language}-`)) &&
            test(page, lower),
        )
          ? [name]
          : [],
      );
    },
  };
}

function testOf({ type, expression, caseSensitive }: CategoryTag): Test {
  if (type === 'regex') {
    const compiled = RE2JS.compile(expression, caseSensitive === true ? 0 : RE2JS.CASE_INSENSITIVE);
    return ({ url, title }) => compiled.test(url) || compiled.test(title);
  }
  if (caseSensitive === true)
    return ({ url, title }) => url.includes(expression) || title.includes(expression);
  const wanted = expression.toLowerCase();
  return (_page, { url, title }) => url.includes(wanted) || title.includes(wanted);
}
