export type { ExplainedRule } from './explain-routes.js';
export { visitRoutes, type VisitRoutesOptions } from './visit-routes.js';
