export { isOver, lastOffset, unreadCount } from './chats.js';
export {
  deskLimits,
  emptyDesk,
  type Desk,
  type DeskChat,
  type DeskInput,
  type OutgoingMessage,
} from './desk.js';
export { nextToSend } from './outbox.js';
export { reduce } from './reducer.js';
export { openedChats, ringingOffers, waitingCount, type OpenedChat } from './selectors.js';
export { safeHref, textPieces, type TextPiece } from './text.js';
export {
  addLiveEvents,
  categoriesOf,
  currentPage,
  firedRules,
  knownAs,
  liveEventsMax,
  mergeVisit,
  type VisitActivity,
  type VisitorIdentity,
} from './visit.js';
export { readAgent, readMonitorMessage, readState, readVisit, readWorkspaceMessage } from './wire.js';
