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
  memberStatus,
  stepMember,
  type MemberState,
} from './member.js';
