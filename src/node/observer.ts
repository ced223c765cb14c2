/** Where the runtime reports: facts to the metrics, defects to the log as well. */
import type { Logger } from 'pino';
import { AppError } from '../base/index.js';
import type { Observer } from '../actors/runtime/index.js';
import type { Metrics } from '../metrics/index.js';

export function createNodeObserver(metrics: Metrics, logger: Logger): Observer {
  return {
    observe(fact) {
      metrics.observe(fact);
      if (fact.name !== 'ruleSuspended') return;
      const { package: packageName, rule, reason } = fact;
      logger.warn({ package: packageName, rule, reason }, 'a rule was suspended for a visit');
    },
    cellFailed(cell, error) {
      metrics.cellFailed();
      logger.error({ err: error, cell }, 'a cell broke an invariant; it is read again from the store');
    },
    loadFailed(cell, error) {
      metrics.loadFailed();
      // The visit is served elsewhere by now, or this node stops: nothing has gone wrong.
      const hasMoved = error instanceof AppError && error.code === 'INTERRUPTED';
      logger[hasMoved ? 'debug' : 'error']({ err: error, cell }, 'a cell could not be read');
    },
  };
}
