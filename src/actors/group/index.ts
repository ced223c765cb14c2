export { capacityOf, groupMachine, type GroupState } from './group.js';
