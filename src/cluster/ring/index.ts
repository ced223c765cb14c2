export { partitionOf } from './partition-of.js';
export {
  backupOf,
  balanceOf,
  createRing,
  movesBetween,
  orderOf,
  ownerOf,
  type Balance,
  type Move,
  type Ring,
  type RingMember,
} from './ring.js';
