/**
 * Which categories a page belongs to (spec/categories.md, "Matching"): a category matches when any of its
 * tags does. A text tag is a substring of the URL or title; a regular expression need match only a part of
 * one. Expressions run on a linear-time engine, so no page and no category can stall a node.
 */
import { RE2JS } from 're2js';
import type { Category, CategoryTag } from '../model/index.js';

export interface PageContext {
  url: string;
  title: string;
  languageCode: string;
}

export interface CategoryMatcher {
  /** Names of the matching categories, in the order in which they were given. */
  match(page: PageContext): string[];
}

type Test = (page: PageContext, lower: { url: string; title: string }) => boolean;

export interface CategoryProblem {
  tag: string;
  message: string;
}

/** What is wrong with the tags of a category beyond its schema: expressions that do not compile. */
export function categoryProblems(category: Category): CategoryProblem[] {
  const problems: CategoryProblem[] = [];
  for (const tag of category.tags) {
    if (tag.type !== 'regex') continue;
    try {
      compileExpression(tag);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push({ tag: tag.name, message: `The regular expression does not compile: ${reason}` });
    }
  }
  return problems;
}

/** Throws for a category that has `categoryProblems`. */
export function createCategoryMatcher(categories: readonly Category[]): CategoryMatcher {
  const compiled = categories.map(({ name, tags }) => ({ name, tests: tags.map(compileTag) }));
  return {
    match(page) {
      const lower = { url: page.url.toLowerCase(), title: page.title.toLowerCase() };
      const names: string[] = [];
      for (const { name, tests } of compiled) if (tests.some((test) => test(page, lower))) names.push(name);
      return names;
    },
  };
}

function compileTag(tag: CategoryTag): Test {
  const inPage = tag.type === 'regex' ? expressionTest(tag) : textTest(tag);
  const language = tag.languageCode?.toLowerCase();
  if (language === undefined) return inPage;
  return (page, lower) => speaks(page.languageCode.toLowerCase(), language) && inPage(page, lower);
}

/** `en` covers `en-US`; `en-US` covers only itself. */
function speaks(pageLanguage: string, tagLanguage: string): boolean {
  return pageLanguage === tagLanguage || pageLanguage.startsWith(`${tagLanguage}-`);
}

function textTest({ expression, caseSensitive }: CategoryTag): Test {
  if (caseSensitive === true)
    return ({ url, title }) => url.includes(expression) || title.includes(expression);
  const wanted = expression.toLowerCase();
  return (_page, { url, title }) => url.includes(wanted) || title.includes(wanted);
}

function expressionTest(tag: CategoryTag): Test {
  const expression = compileExpression(tag);
  return ({ url, title }) => expression.matcher(url).find() || expression.matcher(title).find();
}

function compileExpression({ expression, caseSensitive }: CategoryTag): RE2JS {
  return RE2JS.compile(expression, caseSensitive === true ? 0 : RE2JS.CASE_INSENSITIVE);
}
