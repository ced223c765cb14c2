export { documentMachine, type DocumentState } from './document.js';
