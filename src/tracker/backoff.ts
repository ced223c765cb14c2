/**
 * How long to wait before the next try: doubling, bounded, and jittered so that browsers do not come back in
 * step.
 */
export interface Backoff {
  /** Milliseconds until the next try, never less than `atLeastMs` (what the server asked for). */
  nextMs(atLeastMs?: number): number;
  reset(): void;
}

/** Delays of half to all of `baseMs * 2^n`, at most `maxMs`, on top of what the server asked for. */
export function createBackoff(baseMs: number, maxMs: number): Backoff {
  let attempt = 0;
  return {
    nextMs(atLeastMs = 0) {
      const ceilingMs = Math.min(maxMs, baseMs * 2 ** attempt++);
      return Math.min(atLeastMs, 2 * maxMs) + ceilingMs * (0.5 + Math.random() / 2);
    },
    reset() {
      attempt = 0;
    },
  };
}
