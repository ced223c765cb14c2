export { channelKind, wildcardsOver, type ChannelKind } from './channel.js';
export { decodeMessages, isCallbackName, isHandshake, wrapCallback, type Decoded } from './codec.js';
export { createBayeuxMachine, type BayeuxMachine } from './machine.js';
export { defaultBayeuxSettings, tickMs } from './settings.js';
export { hasSubscribers, noCounters, type BayeuxState } from './state.js';
export type {
  BayeuxCounters,
  BayeuxEffect,
  BayeuxInput,
  BayeuxMessage,
  BayeuxPolicy,
  BayeuxSettings,
  ConnectionType,
  MissedMessage,
  Origin,
  SessionContext,
  SessionEndReason,
} from './types.js';
