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
