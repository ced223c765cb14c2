export { createRouting, type Routing, type RoutingOptions } from './routing.js';
export { type Cluster, type ClusterGuests, type ClusterStatus, openCluster } from './node/open-cluster.js';
export { contradictionIn, type ClusterSettings, defaultClusterSettings } from './settings.js';
export type { OperatorReply } from './node/operators.js';
