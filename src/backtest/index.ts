export {
  DraftError,
  runBacktest,
  threadsMax,
  type BacktestOptions,
  type BacktestProgress,
} from './backtest.js';
export { readDuration, readMoment, sayDuration } from './duration.js';
export { readEventLine, type EventLine } from './event-lines.js';
export {
  createReplay,
  type EmittedFiring,
  type Replay,
  type ReplayOptions,
  type Suspension,
} from './replay.js';
export { runScenario, type DiffLine, type Scenario, type ScenarioResult } from './scenario.js';
export { readScenarios, type FileProblem, type ScenarioFile } from './scenario-reader.js';
export type { BacktestReport, FiredVisit, LiveReport, RuleReport } from './tally.js';
export {
  createBacktestRuns,
  type BacktestMessage,
  type BacktestRequest,
  type BacktestRun,
  type BacktestRuns,
  type BacktestState,
} from './runs.js';
