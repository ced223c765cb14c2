export { refusalOf, versionsOf, type TextVersions, type VersionsOptions } from './text-versions.js';
export { versionRoutes } from './version-routes.js';
