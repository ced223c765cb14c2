export { createWorkspaceApi, type WorkspaceApi } from './api.js';
export { saveOutbox, restoreOutbox, forgetOutbox, type TextStorage } from './outbox-storage.js';
export { OutboxSender, type OutboxSenderOptions } from './outbox-sender.js';
export {
  WorkspaceSession,
  type Notice,
  type SessionOptions,
  type SessionPhase,
  type SessionView,
} from './session.js';
export { TypingSignal, typingTimes } from './typing-signal.js';
export { StateReader, type StateReaderOptions } from './state-reader.js';
