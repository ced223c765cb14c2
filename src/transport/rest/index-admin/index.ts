export { rebuildRoute, type RebuildRouteOptions, type RebuildWanted } from './rebuild-route.js';
