/** What the log tells of this node's place among the others: each turn once, however often it is tried. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/index.js';

export interface Reports {
  reach(node: string, isUp: boolean, reason: string | undefined): void;
  /** A caller that is no node of this cluster, with its address or the name that it gives. */
  refused(from: string, reason: string): void;
  /** Why this node serves nothing now; undefined: it serves. */
  serving(reason: string | undefined): void;
  /** This node leaves: that it reaches nobody any more is no news. */
  close(): void;
}

const refusedAgainMs = 60_000;
/** Hosts and reasons remembered; beyond it all of them may be told again. */
const refusalsMax = 1_000;

export function createReports(clock: Pick<Clock, 'monotonicMs'>, logger: Logger): Reports {
  const reached = new Set<string>();
  const refusals = new Map<string, { atMs: number; more: number }>();
  let notServing: string | undefined = '';
  let isClosed = false;
  return {
    reach(node, isUp, reason) {
      if (isClosed) return;
      if (isUp) {
        reached.add(node);
        logger.info({ node }, 'a node is reached');
      } else {
        // At the start others are simply not there yet; one that goes is worth a look.
        const level = reached.delete(node) ? 'warn' : 'info';
        logger[level]({ node, reason }, 'a node is not reached');
      }
    },
    refused(from, reason) {
      const nowMs = clock.monotonicMs();
      const key = `${from.replace(/:\d+$/, '')} ${reason}`;
      const last = refusals.get(key);
      if (last !== undefined && nowMs - last.atMs < refusedAgainMs) {
        last.more++;
        return;
      }
      if (refusals.size >= refusalsMax) refusals.clear();
      refusals.set(key, { atMs: nowMs, more: 0 });
      const more = last === undefined || last.more === 0 ? {} : { before: last.more };
      logger.warn({ from, reason, ...more }, 'a caller is no node of this cluster');
    },
    serving(reason) {
      if (reason === notServing) return;
      notServing = reason;
      if (reason === undefined) logger.info('this node serves');
      else logger.info({ reason }, 'this node serves nothing');
    },
    close() {
      isClosed = true;
    },
  };
}
