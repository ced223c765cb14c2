import { describe, expect, it } from 'vitest';
import { handCluster, type HandCluster } from './hand-cluster.js';

/** A small generator of chance with a seed (mulberry32), in [0, 1). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Chaos {
  /** Further failures come only after everything is backed up again; then nothing may be lost. */
  strict: boolean;
  steps: number;
}

/** Random failures, inputs and operations under lossy, shuffling links; and healing at the end. */
function misuse(seed: number, { strict, steps }: Chaos): HandCluster {
  const random = chance(seed);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const lossy = random() < 0.7 ? random() * 0.1 : 0;
  const slowMs = pick([1, 3, 10, 40]);
  const names = pick([
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'd', 'e'],
  ]);
  const cluster = handCluster({
    names,
    partitionCount: 6,
    isLost: () => random() < lossy,
    delayMs: () => 1 + Math.floor(random() * slowMs),
  });
  const settle = (): void => {
    cluster.mend();
    for (const name of names) {
      cluster.thaw(name);
      if (!cluster.isUp(name)) cluster.start(name);
    }
    cluster.runUntil(
      `healthy (seed ${seed})`,
      () => cluster.upNames().length === names.length && cluster.isHealthy(),
      90_000,
    );
  };
  settle();
  for (let step = 0; step < steps; step++) {
    const victim = pick(names);
    const other = pick(names);
    const inputs = Math.floor(random() * 30);
    for (let count = 0; count < inputs; count++) {
      cluster.input(Math.floor(random() * cluster.partitionCount));
      if (random() < 0.5) cluster.run(1);
    }
    const what = random();
    if (what < 0.3) {
      if (strict) settle();
      if (cluster.isUp(victim)) cluster.kill(victim);
    } else if (what < 0.45) {
      if (!cluster.isUp(victim)) cluster.start(victim);
    } else if (what < 0.55) {
      if (!strict && victim !== other) cluster.cut(victim, other);
    } else if (what < 0.6) cluster.mend();
    else if (what < 0.7) {
      const kind = random() < 0.7 ? ('drain' as const) : ('undrain' as const);
      cluster.give(victim, { kind: 'operator', id: step, command: { kind, node: other } });
    } else if (what < 0.8) {
      for (const name of names)
        for (const partition of cluster.nodeOf(name).served.keys())
          if (random() < 0.5) cluster.persist(name, partition);
    } else if (what < 0.85) {
      if (strict) settle();
      cluster.give(victim, { kind: 'leave' });
      cluster.run(1);
      cluster.kill(victim);
    } else if (what < 0.9 && !strict) cluster.freeze(victim);
    cluster.run(Math.floor(random() * 3_000));
  }
  settle();
  return cluster;
}

const more = Number(process.env.BECKON_CHAOS ?? 1);
const first = Number(process.env.BECKON_CHAOS_SEED ?? 1);

/** Long enough for a busy machine; the work itself is bounded. */
const timeoutMs = 60_000;

describe('a misused cluster', { timeout: timeoutMs }, () => {
  it('loses nothing while one node fails at a time, and heals', () => {
    for (let seed = first; seed < first + 6 * more; seed++) {
      const cluster = misuse(seed, { strict: true, steps: 8 });
      expect(cluster.lost, `seed ${seed}`).toEqual([]);
      expect(cluster.doubtful(), `seed ${seed}`).toBe(0);
    }
  });

  it('says what it loses when more fails, and heals', () => {
    for (let seed = first; seed < first + 6 * more; seed++) {
      const cluster = misuse(seed + 1_000_000, { strict: false, steps: 10 });
      expect(cluster.lost, `seed ${seed}`).toEqual([]);
    }
  });
});
