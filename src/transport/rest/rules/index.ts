export { backtestRoutes, backtestStreamRoute, type BacktestRoutesOptions } from './backtest-routes.js';
export { rulesRoutes, type RulesRoutesOptions } from './rules-routes.js';
