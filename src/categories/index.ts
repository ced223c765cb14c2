export {
  categoryProblems,
  createCategoryMatcher,
  joinCategories,
  openExpressions,
  type CategoryMatcher,
  type CategoryProblem,
  type EventContext,
  type PageContext,
} from './matcher.js';
