export { openMembership, type Membership, type MembershipOptions } from './membership.js';
export type { MemberSeen } from './messages.js';
export { createSeal, sealBytes, type Seal } from './seal.js';
