export {
  categoryProblems,
  createCategoryMatcher,
  type CategoryMatcher,
  type CategoryProblem,
  type PageContext,
} from './matcher.js';
