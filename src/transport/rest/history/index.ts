export { basicAuthentication, type HistorySecurity } from './basic-auth.js';
export { historyRoutes, type HistoryRoutesOptions } from './history-routes.js';
