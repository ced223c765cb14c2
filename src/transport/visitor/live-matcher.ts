/**
 * The matcher of the current categories. A change is taken up within a quarter of a second; changes that come
 * close together, as in an import, are taken up together.
 */
import { type CategoryMatcher, createCategoryMatcher } from '../../categories/index.js';
import type { Category } from '../../model/index.js';

const gatherMs = 250;

export interface CategorySource {
  readonly categories: readonly Category[];
  onCategories(listener: (categories: readonly Category[]) => void): void;
}

export interface LiveMatcher {
  readonly current: CategoryMatcher;
  /** Takes up no more changes. */
  close(): void;
}

export function createLiveMatcher(source: CategorySource): LiveMatcher {
  let current = createCategoryMatcher(source.categories);
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  source.onCategories(() => {
    if (isClosed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      current = createCategoryMatcher(source.categories);
    }, gatherMs);
  });
  return {
    get current() {
      return current;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
