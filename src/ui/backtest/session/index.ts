export { createBacktestApi, type BacktestApi, type DeployedText, type Draft } from './api.js';
export { useBacktest, type Backtest } from './use-backtest.js';
