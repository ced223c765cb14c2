/**
 * Cells that break an invariant again and again are left alone for a while, so that one cannot busy a node.
 */
import { LRUCache } from 'lru-cache';

const failuresMax = 3;
const quarantineMs = 60_000;
/** Cells remembered at once; the least recent goes first. */
const cellsMax = 1_000;

export interface Quarantine {
  /** Whether inputs of this cell are refused now. */
  holds(key: string, nowMs: number): boolean;
  failed(key: string, nowMs: number): void;
}

/** `failuresMax` failures within `quarantineMs` close a cell until that time has passed since the first. */
export function createQuarantine(): Quarantine {
  const failures = new LRUCache<string, { count: number; until: number }>({ max: cellsMax });
  return {
    holds(key, nowMs) {
      if (failures.size === 0) return false;
      const entry = failures.get(key);
      return entry !== undefined && entry.count >= failuresMax && nowMs < entry.until;
    },
    failed(key, nowMs) {
      const entry = failures.get(key);
      if (entry === undefined || nowMs >= entry.until) {
        failures.set(key, { count: 1, until: nowMs + quarantineMs });
      } else entry.count++;
    },
  };
}
