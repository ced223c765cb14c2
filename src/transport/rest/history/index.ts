export { historyRoutes, type HistoryRoutesOptions } from './history-routes.js';
