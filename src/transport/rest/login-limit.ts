/** Slows guessing of passwords: a user or an address with many failures has to wait. */
import { LRUCache } from 'lru-cache';

const failuresMax = 5;
const windowMs = 60_000;
/** Users and addresses remembered at once; the least recent goes first. */
const keysMax = 10_000;

export interface LoginLimit {
  /** Whether another attempt may be made for these keys now. */
  allows(keys: readonly string[], nowMs: number): boolean;
  failed(keys: readonly string[], nowMs: number): void;
  succeeded(keys: readonly string[]): void;
}

/** `failuresMax` failures within a minute close a key until that minute is over. */
export function createLoginLimit(): LoginLimit {
  const failures = new LRUCache<string, { count: number; until: number }>({ max: keysMax });
  return {
    allows: (keys, nowMs) =>
      keys.every((key) => {
        const entry = failures.get(key);
        return entry === undefined || entry.count < failuresMax || nowMs >= entry.until;
      }),
    failed(keys, nowMs) {
      for (const key of keys) {
        const entry = failures.get(key);
        if (entry === undefined || nowMs >= entry.until)
          failures.set(key, { count: 1, until: nowMs + windowMs });
        else entry.count++;
      }
    },
    succeeded(keys) {
      for (const key of keys) failures.delete(key);
    },
  };
}
