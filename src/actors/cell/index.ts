export { stepCell, type CellEffect, type CellInput } from './cell.js';
export {
  answerQuery,
  type CellAnswers,
  type CellQuery,
  type ChatAnswer,
  type MissedNotifications,
} from './query.js';
export { outboxBounds } from './outbox.js';
export { cellBounds, initialCell, isBlank, type CellState } from './state.js';
