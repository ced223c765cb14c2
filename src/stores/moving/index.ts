export { exportRows, type OnProgress } from './export-rows.js';
export { importRows, type MovedCount } from './import-rows.js';
