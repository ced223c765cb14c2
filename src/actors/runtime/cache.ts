/** The four caches of the guide, counted as the guide counts them. */
import { LRUCache } from 'lru-cache';

export const cacheNames = [
  'VisitProfileCache',
  'EventsCache',
  'DroolsSessionCache',
  'IxnProfileCache',
] as const;
export type CacheName = (typeof cacheNames)[number];

/** The guide's figures of one cache; `totalLoadTimeNs` in nanoseconds. */
export interface CacheFigures {
  cacheSize: number;
  evictionCount: number;
  hitCount: number;
  missCount: number;
  loadSuccessCount: number;
  loadExceptionCount: number;
  totalLoadTimeNs: number;
  isFull: boolean;
}

export interface CountedCache<Value extends object> {
  /** Looks `key` up, counts a hit or a miss, and makes it the most recently used. */
  get(key: string): Value | undefined;
  /** Looks without counting or changing the order. */
  peek(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Takes a key out; not an eviction. */
  delete(key: string): void;
  /** Counts a load that began at `startedMs` of the monotonic clock. */
  loaded(durationMs: number, ok: boolean): void;
  /** Least recently used first. */
  oldest(): Iterable<[string, Value]>;
  readonly size: number;
  figures(): CacheFigures;
}

/** A cache of at most `max` values; `onEvicted` gets what has to go for want of room. */
export function createCountedCache<Value extends object>(
  max: number,
  onEvicted: (value: Value, key: string) => void,
): CountedCache<Value> {
  let evictionCount = 0;
  let hitCount = 0;
  let missCount = 0;
  let loadSuccessCount = 0;
  let loadExceptionCount = 0;
  let totalLoadTimeNs = 0;
  const cache = new LRUCache<string, Value>({
    max,
    dispose(value, key, reason) {
      if (reason !== 'evict') return;
      evictionCount++;
      onEvicted(value, key);
    },
  });
  return {
    get(key) {
      const value = cache.get(key);
      if (value === undefined) missCount++;
      else hitCount++;
      return value;
    },
    peek: (key) => cache.peek(key),
    set(key, value) {
      cache.set(key, value);
    },
    delete(key) {
      cache.delete(key);
    },
    loaded(durationMs, ok) {
      if (ok) loadSuccessCount++;
      else loadExceptionCount++;
      totalLoadTimeNs += Math.round(durationMs * 1e6);
    },
    oldest: () => cache.rentries() as Iterable<[string, Value]>,
    get size() {
      return cache.size;
    },
    figures: () => ({
      cacheSize: cache.size,
      evictionCount,
      hitCount,
      missCount,
      loadSuccessCount,
      loadExceptionCount,
      totalLoadTimeNs,
      isFull: cache.size >= max,
    }),
  };
}
