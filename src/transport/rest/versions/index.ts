export { readLimit } from './parameters.js';
export { refusalOf, versionsOf, type TextVersions, type VersionsOptions } from './text-versions.js';
