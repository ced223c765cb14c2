export type {
  BayeuxCounters,
  BayeuxEffect,
  BayeuxInput,
  BayeuxMessage,
  BayeuxPolicy,
  BayeuxSettings,
  ConnectionType,
  Origin,
  SessionContext,
  SessionEndReason,
} from './types.js';
