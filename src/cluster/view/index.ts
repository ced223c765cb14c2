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
