export { eventsOf, restoreLog, reviveVisit } from './log.js';
export { restoreRules } from './rules.js';
export { initialVisit, visitBounds, type LogSegment, type VisitState } from './state.js';
export { visitMachine } from './visit.js';
