export { rulesRoutes, type RulesRoutesOptions } from './rules-routes.js';
