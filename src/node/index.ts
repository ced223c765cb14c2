export { checkConfiguration, peerTlsOf, portsOf } from './cluster.js';
export { openConfiguredStore } from './configured-store.js';
export { startNode, type NodeAddresses, type NodeStartOptions, type RunningNode } from './start-node.js';
