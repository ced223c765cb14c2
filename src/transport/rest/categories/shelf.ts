/**
 * The categories as the management API sees them: what is there, with its version, and every change checked
 * before it is made.
 */
import { documentAddress, type DocumentPut } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import { categoryProblems, openExpressions } from '../../../categories/index.js';
import type { Routing } from '../../../cluster/index.js';
import { type Category, categoryLimits } from '../../../model/index.js';

export interface CategoryView extends Category {
  version: number;
}

export interface CategorySet {
  readonly categories: readonly Category[];
  /** The newest version of a category, deleted or not; 0 when there was never one of the name. */
  categoryVersion(name: string): number;
}

/** Changes to the categories: some put, some deleted. */
export interface CategoryChange {
  put: readonly Category[];
  deleted: readonly string[];
}

export class CategoryShelf {
  readonly #routing: Routing;
  readonly #set: CategorySet;

  constructor(routing: Routing, set: CategorySet) {
    this.#routing = routing;
    this.#set = set;
  }

  /** By name, in the order of code units, which is the same everywhere. */
  list(): Category[] {
    return [...this.#set.categories].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  find(name: string): Category | undefined {
    return this.#set.categories.find((category) => category.name === name);
  }

  /** Throws NOT_FOUND. */
  get(name: string): Category {
    const category = this.find(name);
    if (category === undefined) throw new AppError('NOT_FOUND', `There is no category ${name}.`);
    return category;
  }

  versionOf(name: string): number {
    return this.#set.categoryVersion(name);
  }

  viewOf({ name, tags }: Category): CategoryView {
    return { name, version: this.versionOf(name), tags };
  }

  /** Throws BAD_REQUEST or TOO_LARGE when the change breaks a rule; then nothing is changed. */
  check({ put, deleted }: CategoryChange): void {
    for (const category of put) checkExpressions(category);
    const names = put.map(({ name }) => name);
    const twice = [...names, ...deleted].find((name, index, all) => all.indexOf(name) !== index);
    if (twice !== undefined) throw new AppError('BAD_REQUEST', `The category ${twice} is named twice.`);
    const gone = new Set([...names, ...deleted]);
    checkTotals([...this.#set.categories.filter(({ name }) => !gone.has(name)), ...put]);
  }

  /** Resolves with the new version. `expectedVersion` refuses with CONFLICT what somebody else changed. */
  async write(name: string, category: Category | null, expectedVersion?: number): Promise<number> {
    const value = category === null ? null : JSON.stringify({ name, tags: category.tags });
    const put = await this.#routing.ask<DocumentPut>(documentAddress('categories', name), {
      kind: 'putDocument',
      value,
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });
    return put.version;
  }
}

function checkExpressions(category: Category): void {
  const [problem] = categoryProblems(category);
  if (problem === undefined) return;
  const message = `Category ${category.name}, tag ${problem.tag}: ${problem.message}`;
  throw new AppError('BAD_REQUEST', message, { field: 'expression' });
}

function checkTotals(categories: readonly Category[]): void {
  const { categoriesMax, tagsMax, openExpressionsMax } = categoryLimits;
  if (categories.length > categoriesMax) {
    throw new AppError('TOO_LARGE', `There can be at most ${categoriesMax} categories.`);
  }
  if (categories.reduce((sum, { tags }) => sum + tags.length, 0) > tagsMax) {
    throw new AppError('TOO_LARGE', `All categories together can have at most ${tagsMax} tags.`);
  }
  if (categories.reduce((sum, category) => sum + openExpressions(category), 0) > openExpressionsMax) {
    const what = 'regular expressions that have no text which every match contains';
    throw new AppError('TOO_LARGE', `There can be at most ${openExpressionsMax} ${what}.`);
  }
}
