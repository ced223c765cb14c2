export { checkDsl, dslLengthMax, type CheckedDsl, type CheckedEvent, type Problem } from './check.js';
