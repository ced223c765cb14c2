export { visitRoutes, type VisitRoutesOptions } from './visit-routes.js';
