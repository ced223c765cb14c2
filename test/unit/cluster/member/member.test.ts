import { describe, expect, it } from 'vitest';
import { handCluster } from './hand-cluster.js';

describe('a cluster of members', () => {
  it('forms, serves every partition with a copy elsewhere, where the ring wants it', () => {
    const cluster = handCluster();
    const tookMs = cluster.runUntil('healthy', cluster.isHealthy);
    expect(tookMs).toBeLessThan(5_000);
    expect(cluster.doubtful()).toBe(0);
    for (const name of ['a', 'b', 'c']) expect(cluster.nodeOf(name).placed.get(3)).toBe(cluster.serverOf(3));
  });
});
