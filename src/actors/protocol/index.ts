export {
  agentAddress,
  chatAddress,
  chatAddressOf,
  documentAddress,
  engagementAddress,
  groupAddress,
  monitorChannel,
  notificationChannel,
  visitAddress,
  visitIdOfCell,
  workspaceChannel,
  type ActorKind,
  type Address,
} from './address.js';
export type { Documents, DomainRules } from './documents.js';
export type { Effect, Observation } from './effects.js';
export type {
  ActorInput,
  AgentInput,
  ChatInput,
  DispositionTaken,
  DocumentInput,
  DocumentPut,
  EngagementInput,
  EventsReceived,
  GroupInput,
  MessagePosted,
  PageOpened,
  Qualification,
  VisitInput,
  WakeInput,
} from './inputs.js';
