import { describe, expect, it } from 'vitest';
import { handCluster, type HandCluster, type HandOptions } from './hand-cluster.js';

/** A cluster in which every partition has a copy, and some inputs that were acknowledged. */
function healthy(options?: HandOptions): HandCluster {
  const cluster = handCluster(options);
  cluster.runUntil('healthy', cluster.isHealthy);
  load(cluster, 3);
  return cluster;
}

/** Some inputs to every partition, and time for them to become stable. */
function load(cluster: HandCluster, rounds: number): void {
  const before = cluster.ackedCount();
  let given = 0;
  for (let round = 0; round < rounds; round++) {
    for (let partition = 0; partition < cluster.partitionCount; partition++) {
      if (cluster.input(partition) !== undefined) given++;
    }
    cluster.run(1);
  }
  cluster.runUntil('inputs are stable', () => cluster.ackedCount() >= before + given, 3_000);
}

describe('a cluster of members', () => {
  it('forms, serves every partition with a copy elsewhere, where the ring wants it', () => {
    const cluster = handCluster();
    expect(cluster.runUntil('healthy', cluster.isHealthy)).toBeLessThan(5_000);
    expect(cluster.doubtful()).toBe(0);
    for (const name of ['a', 'b', 'c']) expect(cluster.nodeOf(name).placed.get(3)).toBe(cluster.serverOf(3));
    load(cluster, 3);
    expect(cluster.ackedCount()).toBe(3 * cluster.partitionCount);
  });

  it.each(['a', 'b', 'c'])('loses nothing when %s dies, and serves all again within 5 s', (victim) => {
    const cluster = healthy();
    // Inputs under way at the very moment.
    for (let partition = 0; partition < cluster.partitionCount; partition++) cluster.input(partition);
    cluster.run(1);
    cluster.kill(victim);
    const names = cluster.upNames();
    const tookMs = cluster.runUntil('served again', () =>
      [...Array(cluster.partitionCount).keys()].every((partition) =>
        names.includes(cluster.serverOf(partition) ?? ''),
      ),
    );
    expect(tookMs).toBeLessThan(5_000);
    cluster.runUntil('backed again', cluster.isHealthy);
    load(cluster, 2);
    cluster.start(victim);
    cluster.runUntil('healthy with all', () => cluster.upNames().length === 3 && cluster.isHealthy());
    load(cluster, 2);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
  });

  it('keeps its cells through a view that only another node causes', () => {
    const cluster = healthy();
    const before = [...cluster.nodeOf('a').served.keys()];
    cluster.start('d');
    cluster.run(500);
    cluster.give('a', { kind: 'operator', id: 1, command: { kind: 'add', node: 'd' } });
    cluster.runUntil('d takes part', () => cluster.upNames().length === 4 && cluster.isHealthy());
    const serves = cluster.effects('a').filter((effect) => effect.kind === 'serve' && effect.resumed);
    expect(serves.length).toBeGreaterThanOrEqual(before.length);
    expect(cluster.status('d').partitions.served).toBeGreaterThan(0);
    load(cluster, 2);
    expect(cluster.lost).toEqual([]);
  });

  it('does not wait for old leases where a partition stays with its server', () => {
    const cluster = healthy({ partitionCount: 16 });
    const kept = [...cluster.nodeOf('a').served.keys()];
    cluster.kill('c');
    const { epoch } = cluster.status('a').view.view!;
    cluster.runUntil('the next view', () => cluster.status('a').view.view!.epoch > epoch);
    const tookMs = cluster.runUntil('a serves what it served', () =>
      kept.every((partition) => cluster.serverOf(partition) === 'a'),
    );
    expect(tookMs).toBeLessThan(400);
  });
});

describe('a cluster of one', () => {
  it('acknowledges from its journal, and has everything after a crash', () => {
    const cluster = handCluster({ names: ['a'] });
    cluster.runUntil('served', () => cluster.status('a').partitions.served === cluster.partitionCount);
    load(cluster, 5);
    cluster.persist('a', 3);
    load(cluster, 1);
    cluster.kill('a');
    cluster.start('a');
    cluster.runUntil('served', () => cluster.status('a').partitions.served === cluster.partitionCount);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
    load(cluster, 1);
    expect(cluster.status('a').partitions.underReplicated).toBe(cluster.partitionCount);
  });
});

describe('a drain', () => {
  it('moves everything to the others, says so, and the node leaves without a loss', () => {
    const cluster = healthy();
    cluster.give('b', { kind: 'operator', id: 7, command: { kind: 'drain', node: 'b' } });
    const reply = () =>
      cluster.effects('b').find((effect) => effect.kind === 'operatorReply' && effect.id === 7);
    cluster.runUntil('the operator hears', () => reply() !== undefined);
    expect(reply()).toMatchObject({ ok: true, text: expect.stringContaining('it can be stopped') });
    expect(cluster.status('b').partitions).toMatchObject({ served: 0, copiesHeld: 0 });
    load(cluster, 2);
    cluster.give('b', { kind: 'leave' });
    cluster.run(1);
    cluster.kill('b');
    cluster.runUntil('healthy', cluster.isHealthy);
    cluster.start('b');
    cluster.runUntil('healthy', () => cluster.upNames().length === 3 && cluster.isHealthy());
    expect(cluster.status('b').partitions.served).toBeGreaterThan(0);
    expect(cluster.lost).toEqual([]);
  });
});
