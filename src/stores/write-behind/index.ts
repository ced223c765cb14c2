export { createWriteBehind, type WriteBehindOptions } from './create-write-behind.js';
