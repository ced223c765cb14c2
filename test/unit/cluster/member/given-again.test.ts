// What the others have gone on without, because nobody who had it could be reached, is theirs again once
// somebody who has it takes part: from its copy or its journal, whether its process has ended or not.
import { describe, expect, it } from 'vitest';
import { handCluster, type HandCluster, type HandOptions } from './hand-cluster.js';

function healthy(options?: HandOptions): HandCluster {
  const cluster = handCluster({ partitionCount: 8, ...options });
  cluster.runUntil('healthy', cluster.isHealthy);
  return cluster;
}

function servesIn(cluster: HandCluster, names: readonly string[], partition: number): boolean {
  return names.some((name) => cluster.nodeOf(name).member?.partitions.services.has(partition) === true);
}

function idsAt(cluster: HandCluster, partition: number): string[] {
  return cluster.nodeOf(cluster.serverOf(partition)!).served.get(partition)!.ids;
}

/** An input, which its client is told to be safe. */
function acknowledged(cluster: HandCluster, partition: number): string {
  const before = cluster.acked.get(partition)?.length ?? 0;
  const id = cluster.input(partition)!;
  cluster.runUntil('acknowledged', () => (cluster.acked.get(partition)?.length ?? 0) > before);
  return id;
}

describe('inputs that the others have gone on without', () => {
  it('are given again by a server and its copy that were cut off together, as far as clients know', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const cluster = healthy({ names });
    const server = cluster.serverOf(0)!;
    const copy = cluster.nodeOf(server).member!.partitions.services.get(0)!.copies[0]!.node;
    const rest = names.filter((name) => ![server, copy].includes(name));
    const told = acknowledged(cluster, 0);
    for (const name of rest) cluster.cut(server, name).add(`${copy} ${name}`);
    cluster.cutMessages(server, copy);
    const untold = cluster.input(0)!;
    cluster.runUntil('the rest serves', () => servesIn(cluster, rest, 0));
    expect(cluster.doubtful()).toBeGreaterThan(0);
    const stand = rest.find((name) => servesIn(cluster, [name], 0))!;
    expect(cluster.nodeOf(stand).served.get(0)!.ids).not.toContain(told);
    cluster.mend();
    cluster.mendMessages();
    cluster.runUntil(
      'all take part',
      () => cluster.isHealthy() && cluster.status(server).view.view!.epoch > 2,
    );
    cluster.runUntil('nothing waits', () =>
      names.every((name) => cluster.status(name).partitions.orphans === 0),
    );
    expect(idsAt(cluster, 0)).toContain(told);
    expect(idsAt(cluster, 0)).not.toContain(untold);
    for (const name of names) expect(cluster.nodeOf(name).member!.partitions.orphanBytes).toBe(0);
    expect(cluster.lost).toEqual([]);
  });

  it('are given again from the journal of a server that was alone, and its records are free then', () => {
    let isDeaf = false;
    const cluster = healthy({
      partitionCount: 16,
      isLost: (_from, _to, { kind }) => isDeaf && kind === 'frames',
    });
    const { services } = cluster.nodeOf('a').member!.partitions;
    const { partition } = [...services.values()].find(({ copies }) => copies[0]!.node === 'b')!;
    isDeaf = true;
    cluster.kill('b');
    cluster.runUntil('journalled', () => cluster.status('a').partitions.journalled > 0);
    cluster.runUntil('served', () => cluster.serverOf(partition) === 'a');
    const told = acknowledged(cluster, partition);
    cluster.cut('a', 'b');
    cluster.cut('a', 'c');
    isDeaf = false;
    cluster.start('b');
    cluster.runUntil('served without a', () => servesIn(cluster, ['b', 'c'], partition), 30_000);
    expect(cluster.doubtful()).toBeGreaterThan(0);
    cluster.mend();
    cluster.runUntil('a takes part', () => cluster.status('a').serving.ok && cluster.isHealthy(), 30_000);
    cluster.runUntil('given again', () => idsAt(cluster, partition).includes(told));
    cluster.runUntil('nothing waits', () => cluster.status('a').partitions.orphans === 0);
    cluster.runUntil(
      'no record is needed',
      () => cluster.nodeOf('a').member!.partitions.journal.claims.size === 0,
    );
    expect(cluster.status('a').partitions.journalBytes).toBe(0);
    expect(cluster.lost).toEqual([]);
  });
});
