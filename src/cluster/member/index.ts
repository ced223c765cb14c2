export type { ServedPartition } from '../replication/index.js';
export type {
  Append,
  MemberAlarm,
  MemberEffect,
  MemberInput,
  MemberOptions,
  MemberStatus,
  OperatorCommand,
  PeerMessage,
} from './types.js';
export {
  appendInput,
  createMember,
  flushMember,
  memberServing,
  servedByMember,
  memberStatus,
  stepMember,
  type MemberState,
} from './member.js';
