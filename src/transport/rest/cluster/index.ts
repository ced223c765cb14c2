export { clusterRoutes, type ClusterRoutesOptions } from './cluster-routes.js';
