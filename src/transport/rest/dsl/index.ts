export { dslRoutes, type DslFile, type DslRoutesOptions } from './dsl-routes.js';
