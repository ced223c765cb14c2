export { openSpool, type Spool, type SpoolOptions, type SpooledRows } from './open-spool.js';
