export { partitionOf } from './partition-of.js';
export {
  backupOf,
  balanceOf,
  createRing,
  foreseeRings,
  movesBetween,
  orderOf,
  ownerOf,
  type Balance,
  type Move,
  type Ring,
  type RingMember,
} from './ring.js';
