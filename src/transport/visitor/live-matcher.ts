/**
 * The matcher of the current categories. The first request after a change sees it; while changes come close
 * together, as in an import, they are taken up together, a quarter of a second apart.
 */
import type { Clock } from '../../base/index.js';
import { type CategoryMatcher, createCategoryMatcher } from '../../categories/index.js';
import type { Category } from '../../model/index.js';

/** The least time between two matchers: making one of 10,000 tags is work. */
const gatherMs = 250;

export interface CategorySource {
  readonly categories: readonly Category[];
  onCategories(listener: (categories: readonly Category[]) => void): void;
}

export interface LiveMatcher {
  readonly current: CategoryMatcher;
}

export function createLiveMatcher(source: CategorySource, clock: Pick<Clock, 'monotonicMs'>): LiveMatcher {
  let current = createCategoryMatcher(source.categories);
  let takenUpMs = -Infinity;
  let isStale = false;
  source.onCategories(() => {
    isStale = true;
  });

  function takeUp(): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - takenUpMs < gatherMs) return;
    takenUpMs = nowMs;
    isStale = false;
    current = createCategoryMatcher(source.categories);
  }

  return {
    get current() {
      if (isStale) takeUp();
      return current;
    },
  };
}
