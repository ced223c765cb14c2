export { startNode, type NodeAddresses, type NodeStartOptions, type RunningNode } from './start-node.js';
