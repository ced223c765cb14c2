/**
 * Which categories a page or an event belongs to (spec/categories.md, "Matching"): a category matches when
 * any of its tags does. A tag looks into the URL and title of the page, or into one field of an event's data.
 * Texts of all tags are searched in one pass and expressions run on a linear-time engine, so no page and no
 * category can stall a node.
 */
import type { JsonObject, JsonValue } from '../base/index.js';
import { type Category, categoryLimits, eventLimits } from '../model/index.js';
import { compileExpression, compileTag } from './compiled-tag.js';
import { createTagIndex, type IndexedTag, type TagIndex } from './tag-index.js';

export interface PageContext {
  url: string;
  title: string;
  languageCode: string;
}

export interface EventContext {
  languageCode: string;
  data: JsonObject;
}

export interface CategoryMatcher {
  /**
   * Names of the categories of a page, in the order in which they were given; as many as fit into an event.
   */
  match(page: PageContext): string[];
  /** Names of the categories that look into data and match this. */
  matchData(event: EventContext): string[];
  /** Whether any tag looks into data. */
  readonly readsData: boolean;
}

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

/** Tags that every page must be shown to, as their expressions demand no text that could be looked for. */
export function openExpressions({ tags }: Category): number {
  return tags.filter((tag) => compileTag(tag).literals === undefined).length;
}

/** `category` of an event with more names, as many as fit. */
export function joinCategories(category: string, names: readonly string[]): string {
  const known = category === '' ? [] : category.split(';');
  return fitting([...known, ...names.filter((name) => !known.includes(name))]).join(';');
}

/** A tag of `categoryProblems` matches nothing. */
export function createCategoryMatcher(categories: readonly Category[]): CategoryMatcher {
  const ofPages: IndexedTag[] = [];
  const ofField = new Map<string, IndexedTag[]>();
  for (const [category, { tags }] of categories.entries()) {
    for (const tag of tags) {
      const indexed = { tag: compileTag(tag), category };
      if (tag.dataField === undefined) ofPages.push(indexed);
      else ofField.set(tag.dataField, [...(ofField.get(tag.dataField) ?? []), indexed]);
    }
  }
  const pages = createTagIndex(ofPages);
  const fields = new Map<string, TagIndex>();
  for (const [field, tags] of ofField) fields.set(field, createTagIndex(tags));

  function namesOf(found: ReadonlySet<number>): string[] {
    if (found.size === 0) return [];
    const positions = [...found].sort((one, other) => one - other);
    return fitting(positions.map((position) => (categories[position] as Category).name));
  }

  return {
    readsData: fields.size > 0,
    match({ url, title, languageCode }) {
      const found = new Set<number>();
      pages.find([url, title], languageCode, found);
      return namesOf(found);
    },
    matchData({ data, languageCode }) {
      const found = new Set<number>();
      for (const [field, index] of fields) {
        const text = Object.hasOwn(data, field) ? textOf(data[field]) : undefined;
        if (text !== undefined) index.find([text], languageCode, found);
      }
      return namesOf(found);
    },
  };
}

/** What tags look into: the text of a scalar, and no more of it than people write. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  return String(value).slice(0, categoryLimits.dataTextLengthMax);
}

/** The first names that an event's `category` has room for. */
function fitting(names: readonly string[]): string[] {
  let length = -1;
  const tooMuch = names.findIndex((name) => (length += name.length + 1) > eventLimits.categoryLengthMax);
  return tooMuch < 0 ? [...names] : names.slice(0, tooMuch);
}
