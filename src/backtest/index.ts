export { DraftError, runBacktest, threadsMax, type BacktestOptions } from './backtest.js';
export { readDuration, readMoment, sayDuration } from './duration.js';
export { readEventLine, type EventLine } from './event-lines.js';
export { createReplay, type Replay, type ReplayOptions, type Suspension } from './replay.js';
export { createBacktestRuns, type BacktestRequest, type BacktestRuns } from './runs.js';
export { runScenario, type DiffLine, type Scenario, type ScenarioResult } from './scenario.js';
export { readScenarios, type FileProblem, type ScenarioFile } from './scenario-reader.js';
