/** How long partitions took no inputs while the cluster changed, of the last ones of each cause. */
import type { Clock } from '../../base/index.js';

export type PauseCause = 'handOff' | 'view';

export interface PauseFigures {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface Pauses {
  /** A partition has gone to another node. */
  handedOff(pauseMs: number): void;
  /** A new view suspends what this node serves. */
  suspended(): void;
  /** A partition goes on under the new view. */
  resumed(): void;
  /** Undefined for a cause that has not come up yet. */
  figures(): Record<PauseCause, PauseFigures | undefined>;
}

/** As many as a cluster has partitions by default. */
const rememberedMax = 1_024;

export function createPauses(clock: Clock): Pauses {
  const pauses: Record<PauseCause, number[]> = { handOff: [], view: [] };
  const next: Record<PauseCause, number> = { handOff: 0, view: 0 };
  let suspendedMs = clock.monotonicMs();

  function add(cause: PauseCause, pauseMs: number): void {
    pauses[cause][next[cause]] = pauseMs;
    next[cause] = (next[cause] + 1) % rememberedMax;
  }

  return {
    handedOff: (pauseMs) => add('handOff', pauseMs),
    suspended() {
      suspendedMs = clock.monotonicMs();
    },
    resumed: () => add('view', clock.monotonicMs() - suspendedMs),
    figures: () => ({ handOff: figuresOf(pauses.handOff), view: figuresOf(pauses.view) }),
  };
}

function figuresOf(pauses: readonly number[]): PauseFigures | undefined {
  if (pauses.length === 0) return undefined;
  const sorted = [...pauses].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}
