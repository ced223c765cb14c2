export { asFallback, createRestApplication, type RestApplicationOptions } from './application.js';
export { clusterRoutes, type ClusterRoutesOptions } from './cluster/index.js';
export { dslRoutes, type DslFile, type DslRoutesOptions } from './dsl/index.js';
export { setErrorHandler } from './error-handler.js';
export { categoriesRoutes, type CategoriesRoutesOptions } from './categories/index.js';
export { rebuildRoute, type RebuildRouteOptions, type RebuildWanted } from './index-admin/index.js';
export { basicAuthentication, historyRoutes } from './history/index.js';
export { privacyRoutes, type PrivacyRoutesOptions } from './privacy/index.js';
export { backtestRoutes, backtestStreamRoute, rulesRoutes, type RulesRoutesOptions } from './rules/index.js';
export { type ExplainedRule, visitRoutes, type VisitRoutesOptions } from './visits/index.js';
export {
  createSessionTokens,
  sessionCookieName,
  workspaceRoutes,
  type Person,
  type SessionTokens,
  type WorkspaceRoutesOptions,
} from './workspace/index.js';
export { ownMachineOnly } from './own-machine.js';
