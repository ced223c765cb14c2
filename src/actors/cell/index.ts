export { stepCell, type CellEffect, type CellInput } from './cell.js';
export { answerQuery, type CellAnswers, type CellQuery, type ChatAnswer } from './query.js';
export { cellBounds, initialCell, isBlank, type CellState } from './state.js';
