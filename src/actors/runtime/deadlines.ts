/** When which cell wants to be woken: many keys, coarse ticks, one timer for all of them. */

const tickMs = 50;

export interface Deadlines {
  /** Sets or clears (null) the deadline of a key. */
  set(key: string, deadlineMs: number | null): void;
  /** Removes and returns the keys that are due. */
  takeDue(nowMs: number): string[];
  readonly size: number;
}

/**
 * Keys lie in buckets of `tickMs`. A key whose deadline moves stays in its old bucket too and is skipped
 * there, so that setting costs no search; a bucket holds each key at most once a move.
 */
export function createDeadlines(): Deadlines {
  const deadlineOf = new Map<string, number>();
  const buckets = new Map<number, string[]>();
  let lastTick = 0;

  function bucketOf(deadlineMs: number): number {
    return Math.max(lastTick + 1, Math.ceil(deadlineMs / tickMs));
  }

  return {
    set(key, deadlineMs) {
      const before = deadlineOf.get(key);
      if (deadlineMs === null) {
        if (before !== undefined) deadlineOf.delete(key);
        return;
      }
      if (before === deadlineMs) return;
      deadlineOf.set(key, deadlineMs);
      const tick = bucketOf(deadlineMs);
      const bucket = buckets.get(tick);
      if (bucket === undefined) buckets.set(tick, [key]);
      else bucket.push(key);
    },

    takeDue(nowMs) {
      const due: string[] = [];
      const now = Math.floor(nowMs / tickMs);
      if (lastTick === 0 || now - lastTick > buckets.size + 1_000) {
        // After a long sleep it is cheaper to look at every bucket than at every tick.
        for (const tick of [...buckets.keys()].sort((a, b) => a - b))
          if (tick <= now) takeBucket(tick, nowMs, due);
      } else for (let tick = lastTick + 1; tick <= now; tick++) takeBucket(tick, nowMs, due);
      lastTick = Math.max(lastTick, now);
      return due;
    },

    get size() {
      return deadlineOf.size;
    },
  };

  function takeBucket(tick: number, nowMs: number, due: string[]): void {
    const bucket = buckets.get(tick);
    if (bucket === undefined) return;
    buckets.delete(tick);
    for (const key of bucket) {
      const deadlineMs = deadlineOf.get(key);
      if (deadlineMs === undefined || deadlineMs > nowMs) continue;
      deadlineOf.delete(key);
      due.push(key);
    }
  }
}
