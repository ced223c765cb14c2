export { eventsOf, restoreLog } from './log.js';
export { prepareRules } from './rules.js';
export { visitBounds, type LogSegment, type VisitState } from './state.js';
export { visitMachine } from './visit.js';
