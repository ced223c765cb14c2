/** What the back-test page asks of the server. */
import type { BacktestRun } from '../../../model/index.js';
import type { Http } from '../../shared/index.js';

export interface DeployedText {
  package: string;
  version: number;
  text: string;
}

export interface Draft {
  text: string;
  sinceMs: number;
  untilMs: number;
}

export interface BacktestApi {
  logIn(user: string, password: string): Promise<void>;
  /** Also how the page finds out whether somebody is logged in: rejects with status 401 otherwise. */
  packages(): Promise<DeployedText[]>;
  start(draft: Draft): Promise<{ id: string; user: string }>;
  run(id: string): Promise<BacktestRun>;
  cancel(id: string): Promise<void>;
}

export function createBacktestApi(http: Http): BacktestApi {
  return {
    async logIn(user, password) {
      await http('POST', '/workspace/api/login', { user, password });
    },
    packages: async () => (await http('GET', '/backtest/api/packages')).body as DeployedText[],
    start: async (draft) =>
      (await http('POST', '/backtest/api/runs', draft)).body as { id: string; user: string },
    run: async (id) => (await http('GET', `/backtest/api/runs/${id}`)).body as BacktestRun,
    async cancel(id) {
      await http('POST', `/backtest/api/runs/${id}/cancel`, {});
    },
  };
}
