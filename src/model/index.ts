export type {
  BacktestMessage,
  BacktestProgress,
  BacktestReport,
  BacktestRun,
  BacktestState,
  EmittedFiring,
  FiredVisit,
  LiveReport,
  RuleReport,
} from './backtest.js';
export { Category, categoryLimits, CategoryTag } from './category.js';
export { chatLimits, type ChatEndReason, type ChatEntry, type ChatResource, type ChatState } from './chat.js';
export {
  clusterChannel,
  type ClusterNodePicture,
  type ClusterNodeReport,
  type ClusterPicture,
} from './cluster.js';
export { packageOfUrl, packageSees } from './domain.js';
export {
  dispositionCodes,
  type DispositionCode,
  type EngagementQueue,
  type EngagementResource,
  type EngagementState,
  type NoEngageReason,
  type QueueEntry,
} from './engagement.js';
export {
  decodeEvents,
  eachEventId,
  encodeEvents,
  eventCount,
  eventIdBytes,
  eventIdsIn,
} from './event-codec.js';
export {
  eventLimits,
  identityIdIn,
  systemEventNames,
  validateEvents,
  type EventBatch,
  type EventRejection,
  type EventType,
  type VisitorEvent,
} from './event.js';
export {
  eventResource,
  type EventResource,
  type IdentityResource,
  type PageResource,
  type VisitIdentity,
  type VisitResource,
  type VisitScope,
} from './history.js';
export { idRule, interactionIdOf, isId, visitIdOf } from './ids.js';
export type { MonitorMessage } from './monitor.js';
export type { OutboxMark, PushHub } from './push.js';
export type {
  ChatUpdateData,
  InvitationData,
  NotificationMessage,
  OpenChatData,
  RevocationData,
} from './notification.js';
export type { ActorRow, DocumentVersion, EventSegment } from './rows.js';
export type { Settings } from './settings.js';
export type {
  AgentChatView,
  AgentReadiness,
  AgentView,
  OfferView,
  WorkspaceMessage,
  WorkspaceState,
} from './workspace.js';
