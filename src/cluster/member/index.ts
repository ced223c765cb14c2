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
  memberStatus,
  stepMember,
  type MemberState,
} from './member.js';
