export {
  createViewState,
  currentView,
  epochOf,
  holdsLease,
  isInView,
  leaseUntilMs,
  newKeptState,
  olderHolders,
  takeoverAtMs,
  type ViewOptions,
  type ViewState,
} from './state.js';
export { viewStatus, whyNotServing, type ViewStatus } from './status.js';
export { stepView } from './view.js';
export type {
  AcceptedView,
  Ballot,
  KeptState,
  ViewAlarm,
  ViewCommand,
  ViewEffect,
  ViewInput,
  ViewMessage,
} from './types.js';
