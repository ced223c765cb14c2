import { describe, expect, it } from 'vitest';
import type { PartitionMessage } from '../../../../src/cluster/replication/index.js';
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
    expect(reply()).toMatchObject({
      ok: true,
      text: 'b serves nothing, and holds nothing that others need: it can be stopped',
    });
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

describe('a drain that another node was told of', () => {
  it('is answered when the drained node holds nothing more', () => {
    const cluster = healthy();
    cluster.give('a', { kind: 'operator', id: 8, command: { kind: 'drain', node: 'b' } });
    const reply = () =>
      cluster.effects('a').find((effect) => effect.kind === 'operatorReply' && effect.id === 8);
    cluster.runUntil('the operator hears', () => reply() !== undefined);
    expect(reply()).toMatchObject({ ok: true });
    expect(cluster.status('b').partitions).toMatchObject({ served: 0, copiesHeld: 0 });
  });
});

describe('replication', () => {
  it('acknowledges nothing that a copy in sync lacks, however long its link is dead', () => {
    const cluster = healthy();
    const partition = [...cluster.nodeOf('a').served.keys()][0]!;
    const copies = cluster.nodeOf('a').member!.partitions.services.get(partition)!.copies;
    const backup = copies[0]!.node;
    cluster.cutMessages('a', backup);
    const before = cluster.acked.get(partition)!.length;
    cluster.input(partition);
    cluster.run(10_000);
    expect(cluster.acked.get(partition)!.length).toBe(before);
    // Then it is said, and a newer view goes on without the link.
    cluster.runUntil('acknowledged', () => cluster.acked.get(partition)!.length === before + 1, 40_000);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
  });

  it('acknowledges nothing without a copy that never heard of the epoch, however many views come', () => {
    const cluster = healthy();
    const { services } = cluster.nodeOf('b').member!.partitions;
    const { partition } = [...services.values()].find(({ copies }) => copies[0]!.node === 'a')!;
    cluster.cutOneWay('b', 'a');
    const before = cluster.acked.get(partition)!.length;
    for (const kind of ['drain', 'undrain', 'drain', 'undrain'] as const) {
      const { epoch } = cluster.status('b').view.view!;
      cluster.give('a', { kind: 'operator', id: epoch, command: { kind, node: 'c' } });
      cluster.runUntil('a view that helps nobody', () => cluster.status('b').view.view!.epoch > epoch);
      cluster.runUntil('b serves on', () => cluster.serverOf(partition) === 'b');
      cluster.input(partition);
      cluster.run(3_000);
    }
    expect(cluster.acked.get(partition)!.length).toBe(before);
    cluster.mendMessages();
    cluster.runUntil('acknowledged', () => cluster.acked.get(partition)!.length === before + 4);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
  });

  it('loses nothing with a server that two views have not brought nearer to its copy', () => {
    // One copy is filled at a time: meanwhile a server that went on alone would rest on its journal.
    const cluster = healthy({ settings: { seedsMax: 1 } });
    const apart = [...cluster.nodeOf('b').member!.partitions.services.values()]
      .filter(({ copies }) => copies[0]!.node === 'a')
      .map(({ partition }) => partition);
    cluster.cutOneWay('b', 'a');
    for (const kind of ['drain', 'undrain'] as const) {
      const { epoch } = cluster.status('b').view.view!;
      cluster.give('c', { kind: 'operator', id: epoch, command: { kind, node: 'c' } });
      cluster.runUntil('a view that helps nobody', () => cluster.status('b').view.view!.epoch > epoch);
      cluster.runUntil('b serves on', () => apart.every((partition) => cluster.serverOf(partition) === 'b'));
      for (const partition of apart) cluster.input(partition);
      cluster.run(200);
    }
    const told = new Map(apart.map((partition) => [partition, [...cluster.acked.get(partition)!]]));
    cluster.kill('b');
    cluster.mendMessages();
    for (const [partition, ids] of told) {
      cluster.runUntil('served again', () => ['a', 'c'].includes(cluster.serverOf(partition) ?? ''));
      const server = cluster.nodeOf(cluster.serverOf(partition)!);
      expect(server.served.get(partition)!.ids).toEqual(expect.arrayContaining(ids));
    }
    expect(cluster.lost).toEqual([]);
  });

  it('makes a copy on another node when the one that the ring wants can not be reached', () => {
    const cluster = handCluster({
      isLost: (from, to, { kind }) => kind === 'frames' && from === 'a' && to === 'b',
    });
    cluster.runUntil('served', () => cluster.status('a').partitions.served > 0);
    cluster.runUntil('backed', () => cluster.status('a').partitions.underReplicated === 0, 4_000);
    expect(cluster.status('a').view.view!.epoch).toBe(1);
  });

  it('refuses messages of older epochs and other boots', () => {
    const cluster = healthy();
    const { identity } = cluster.nodeOf('b');
    const { epoch } = cluster.status('a').view.view!;
    const refused = () => cluster.status('a').partitions.totals.refused;
    const before = refused();
    const acks: PartitionMessage = { kind: 'acks', epoch: epoch - 1, acks: [] };
    cluster.give('a', { kind: 'peerMessage', from: identity, message: { ...acks } });
    cluster.give('a', {
      kind: 'peerMessage',
      from: { ...identity, boot: 'earlier' },
      message: { ...acks, epoch },
    });
    expect(refused()).toBe(before + 2);
    cluster.give('a', { kind: 'peerMessage', from: identity, message: { ...acks, epoch } });
    expect(refused()).toBe(before + 2);
  });

  it('refuses inputs at the bound of a log, and takes them again when the store has the old ones', () => {
    const cluster = healthy({ settings: { partitionLogBytesMax: 200, logBytesMax: 2_000 } });
    const partition = [...cluster.nodeOf('a').served.keys()][0]!;
    for (let count = 0; count < 100; count++) cluster.input(partition);
    cluster.run(100);
    expect(cluster.input(partition)).toBeUndefined();
    expect(cluster.status('a').partitions.totals.overloaded).toBeGreaterThan(0);
    expect(cluster.effects('a').some(({ kind }) => kind === 'checkpoint')).toBe(true);
    cluster.persist('a', partition);
    expect(cluster.input(partition)).toBeDefined();
    cluster.run(10);
    const backup = cluster.nodeOf('a').member!.partitions.services.get(partition)!.copies[0]!.node;
    expect(cluster.nodeOf(backup).member!.partitions.partitions[partition]!.copy!.log.bytes).toBeLessThan(10);
  });

  it('drops from a copy what the store has, though the word of it was lost', () => {
    let isDeaf = false;
    const cluster = healthy({
      isLost: (_from, _to, message) => isDeaf && message.kind === 'frames' && message.batches.length === 0,
    });
    const partition = [...cluster.nodeOf('a').served.keys()][0]!;
    for (let count = 0; count < 50; count++) cluster.input(partition);
    cluster.run(100);
    isDeaf = true;
    cluster.persist('a', partition);
    cluster.run(100);
    const backup = cluster.nodeOf('a').member!.partitions.services.get(partition)!.copies[0]!.node;
    const bytes = () => cluster.nodeOf(backup).member!.partitions.partitions[partition]!.copy!.log.bytes;
    const before = bytes();
    cluster.input(partition);
    cluster.run(100);
    expect(before).toBeGreaterThan(50);
    expect(bytes()).toBeLessThan(10);
  });

  it('pauses a partition for a hand-off no longer than a message takes', () => {
    const cluster = healthy();
    cluster.kill('c');
    cluster.runUntil('healthy', cluster.isHealthy);
    cluster.start('c');
    cluster.runUntil('c takes part', () => cluster.status('c').serving.ok);
    cluster.runUntil('served', () => unserved(cluster).length === 0);
    const pauses = new Map<number, number>();
    cluster.runUntil('healthy with all', () => {
      for (const index of unserved(cluster)) pauses.set(index, (pauses.get(index) ?? 0) + 1);
      return cluster.isHealthy();
    });
    expect(pauses.size).toBeGreaterThan(0);
    expect(Math.max(...pauses.values())).toBeLessThanOrEqual(2);
  });

  it('goes from one hand-off to the next without waiting for its time to plan', () => {
    const cluster = healthy({ partitionCount: 128 });
    cluster.kill('c');
    cluster.runUntil('healthy', cluster.isHealthy);
    cluster.start('c');
    cluster.runUntil('c takes part', () => cluster.status('c').serving.ok);
    cluster.runUntil('served', () => unserved(cluster).length === 0);
    // Four at a time, each some messages long: some forty go.
    expect(cluster.runUntil('healthy with all', cluster.isHealthy)).toBeLessThan(250);
  });
});

function unserved(cluster: HandCluster): number[] {
  const all = [...Array(cluster.partitionCount).keys()];
  return all.filter((partition) => cluster.serverOf(partition) === undefined);
}

describe('the journal', () => {
  it('gives inputs to the server that only the journal of a crashed node has', () => {
    let isDeaf = false;
    const cluster = healthy({ isLost: (_from, _to, { kind }) => isDeaf && kind === 'frames' });
    const partition = [...cluster.nodeOf('a').served.keys()].find(
      (index) => cluster.nodeOf('a').member!.partitions.services.get(index)!.copies[0]!.node === 'b',
    )!;
    // The copy is gone, and no other can be made: the journal stands in.
    isDeaf = true;
    cluster.kill('b');
    cluster.runUntil('journalled', () => cluster.status('a').partitions.journalled > 0);
    cluster.runUntil('served', () => cluster.serverOf(partition) === 'a');
    const before = cluster.acked.get(partition)!.length;
    const id = cluster.input(partition)!;
    cluster.runUntil('acknowledged', () => cluster.acked.get(partition)!.length > before);
    cluster.kill('a');
    isDeaf = false;
    cluster.start('b');
    cluster.runUntil(
      'served elsewhere',
      () => ['b', 'c'].includes(cluster.serverOf(partition) ?? ''),
      30_000,
    );
    expect(cluster.doubtful()).toBeGreaterThan(0);
    cluster.start('a');
    cluster.runUntil('nothing waits', () => cluster.upNames().length === 3 && cluster.isHealthy());
    cluster.runUntil('given again', () => cluster.acked.get(partition)!.includes(id));
    cluster.runUntil('orphans are gone', () => cluster.status('a').partitions.orphans === 0);
    load(cluster, 1);
    expect(cluster.lost).toEqual([]);
  });

  it('brings a cluster back that was stopped as a whole, without a doubt', () => {
    const cluster = healthy();
    for (const name of ['a', 'b', 'c']) {
      cluster.give(name, { kind: 'leave' });
      cluster.run(2);
      expect(cluster.effects(name).some(({ kind }) => kind === 'left')).toBe(true);
      cluster.kill(name);
    }
    for (const name of ['a', 'b', 'c']) cluster.start(name);
    cluster.runUntil('healthy', cluster.isHealthy);
    load(cluster, 1);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
    cluster.runUntil('old records are free', () => cluster.status('a').partitions.orphans === 0);
  });

  it('does not grow with the restarts of a node that finds no majority', () => {
    const cluster = healthy();
    const stop = (name: string): void => {
      cluster.give(name, { kind: 'leave' });
      cluster.run(2);
      expect(cluster.effects(name).some(({ kind }) => kind === 'left')).toBe(true);
      cluster.kill(name);
    };
    for (const name of ['a', 'b', 'c']) stop(name);
    const kept = cluster.nodeOf('a').records.length;
    for (let times = 0; times < 3; times++) {
      cluster.start('a');
      cluster.run(3_000);
      stop('a');
    }
    expect(kept).toBeGreaterThan(0);
    expect(cluster.nodeOf('a').records.length).toBe(kept);
    for (const name of ['a', 'b', 'c']) cluster.start(name);
    cluster.runUntil('healthy', cluster.isHealthy);
    load(cluster, 1);
    expect(cluster.lost).toEqual([]);
    expect(cluster.doubtful()).toBe(0);
  });

  it('is written anew when it has grown, so that old records go', () => {
    const cluster = handCluster({ names: ['a'], partitionCount: 4 });
    cluster.runUntil('served', () => cluster.status('a').partitions.served === 4);
    const { member } = cluster.nodeOf('a');
    const released = () => cluster.effects('a').filter(({ kind }) => kind === 'releaseJournal').length;
    const before = released();
    for (let round = 0; round < 20; round++) {
      for (let partition = 0; partition < 4; partition++) cluster.inputOf(partition, 500_000);
      cluster.run(2);
      for (let partition = 0; partition < 4; partition++) cluster.persist('a', partition);
      cluster.run(25);
    }
    expect(released()).toBeGreaterThan(before);
    expect(member!.partitions.journal.bytes).toBeLessThan(20_000_000);
  });
});
