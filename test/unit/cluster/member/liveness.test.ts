// The traps in which a cluster could stand still for ever (the table of the cluster protocol): each heals by
// itself, or the status names the command that heals it.
import { describe, expect, it } from 'vitest';
import { handCluster, type HandCluster, type HandOptions } from './hand-cluster.js';

/** A loaded machine is slow; what has to happen is bounded in the cluster's own time. */
const timeoutMs = 120_000;

function healthy(options?: HandOptions): HandCluster {
  const cluster = handCluster({ partitionCount: 6, ...options });
  cluster.runUntil('healthy', cluster.isHealthy);
  return cluster;
}

function isServed(cluster: HandCluster): boolean {
  return [...Array(cluster.partitionCount).keys()].every(
    (partition) => cluster.serverOf(partition) !== undefined,
  );
}

/** Every partition takes an input, and it is acknowledged. */
function expectAlive(cluster: HandCluster): void {
  const before = cluster.ackedCount();
  for (let partition = 0; partition < cluster.partitionCount; partition++) {
    expect(cluster.input(partition)).toBeDefined();
  }
  cluster.runUntil('acknowledged', () => cluster.ackedCount() === before + cluster.partitionCount);
  expect(cluster.lost).toEqual([]);
}

describe('a cluster goes on', { timeout: timeoutMs }, () => {
  it('when two nodes accepted a view, and its proposer died before anyone learned of it', () => {
    let isUnheard = false;
    const cluster = healthy({ isLost: (_, __, { kind }) => isUnheard && kind === 'accepted' });
    const { epoch } = cluster.status('a').view.view!;
    isUnheard = true;
    cluster.give('a', { kind: 'operator', id: 1, command: { kind: 'drain', node: 'c' } });
    cluster.runUntil('accepted', () =>
      ['b', 'c'].every((name) => cluster.status(name).view.acceptedEpoch === epoch + 1),
    );
    cluster.kill('a');
    isUnheard = false;
    cluster.runUntil('the view is completed', () => cluster.status('b').view.view!.epoch > epoch);
    // A value that may have been decided is completed as it is, and what has become of it follows.
    const installed = cluster
      .effects('b')
      .flatMap((effect) => (effect.kind === 'installed' ? effect.view : []));
    expect(installed.find((view) => view.epoch === epoch + 1)).toMatchObject({ draining: ['c'] });
    cluster.runUntil('served', () => isServed(cluster));
    expectAlive(cluster);
  });

  it('when a node comes back without its disk, and it is the one with the first name', () => {
    const cluster = healthy();
    cluster.kill('a');
    cluster.wipe('a');
    cluster.start('a');
    cluster.runUntil('a takes part', () => cluster.upNames().length === 3 && cluster.isHealthy());
    expect(cluster.status('b').view.view!.admitted).toContainEqual({
      name: 'a',
      incarnation: cluster.nodeOf('a').identity.incarnation,
    });
    expectAlive(cluster);
    expect(cluster.doubtful()).toBe(0);
  });

  it('when a main loop hangs while the other threads of its process answer', () => {
    const cluster = healthy({ settings: { silentMs: 5_000, suspectMs: 6_000, hangMs: 8_000 } });
    expect(cluster.nodeOf('b').served.size).toBeGreaterThan(0);
    cluster.hang('b');
    cluster.runUntil(
      'a view without b',
      () => !cluster.status('a').view.view!.members.some(({ name }) => name === 'b'),
      40_000,
    );
    cluster.runUntil('the others serve', () => {
      const { services: one } = cluster.nodeOf('a').member!.partitions;
      const { services: other } = cluster.nodeOf('c').member!.partitions;
      return one.size + other.size === cluster.partitionCount;
    });
    cluster.thaw('b');
    cluster.runUntil('b takes part again', cluster.isHealthy, 60_000);
    expectAlive(cluster);
    expect(cluster.doubtful()).toBe(0);
  });

  it('at once when a node that died is back before the others could stop waiting for its lease', () => {
    const cluster = healthy({ partitionCount: 24 });
    const { epoch } = cluster.status('a').view.view!;
    const isAt = (later: number, ...names: string[]) =>
      names.every((name) => cluster.status(name).view.view!.epoch === epoch + later);
    cluster.give('a', { kind: 'operator', id: 1, command: { kind: 'drain', node: 'c' } });
    cluster.runUntil('a view of all', () => isAt(1, 'a', 'b', 'c') && isServed(cluster));
    cluster.kill('b');
    cluster.runUntil('a view without b', () => isAt(2, 'a', 'c'));
    cluster.start('b');
    cluster.runUntil('a view with b', () => isAt(3, 'a', 'b', 'c'));
    // The last lease that could be in the way was the dead process's. The new one has forgotten who held one.
    expect(cluster.status('b').view.takeoverLeftMs).toBeGreaterThan(1_500);
    expect(cluster.runUntil('all served', () => isServed(cluster))).toBeLessThan(200);
    expectAlive(cluster);
    expect(cluster.doubtful()).toBe(0);
  });

  it('when everybody is alive to everybody, and the link between a server and its copy is dead', () => {
    const cluster = healthy();
    const [service] = cluster.nodeOf('b').member!.partitions.services.values();
    const { partition, copies } = service!;
    cluster.cutMessages('b', copies[0]!.node);
    const before = cluster.ackedCount();
    cluster.input(partition);
    cluster.runUntil('acknowledged in a later view', () => cluster.ackedCount() > before, 40_000);
    cluster.mendMessages();
    cluster.runUntil('all take part again', cluster.isHealthy, 90_000);
    expectAlive(cluster);
    expect(cluster.doubtful()).toBe(0);
  });
});

describe('a view stays', { timeout: timeoutMs }, () => {
  it.each([
    ['a', 'b'],
    ['b', 'c'],
    ['a', 'c'],
  ])('when %s and %s do not reach each other, and each could take the place of the other', (one, other) => {
    const cluster = healthy();
    const { epoch } = cluster.status('a').view.view!;
    cluster.cut(one, other);
    cluster.runUntil('one of the two is left out', () => {
      const { members } = cluster.status('a').view.view!;
      return members.length === 2;
    });
    cluster.run(20_000);
    const newest = Math.max(...['a', 'b', 'c'].map((name) => cluster.status(name).view.view!.epoch));
    expect(newest).toBeLessThanOrEqual(epoch + 2);
    cluster.mend();
    cluster.runUntil('all take part', cluster.isHealthy);
    expectAlive(cluster);
    expect(cluster.doubtful()).toBe(0);
  });
});

describe('a cluster says which command it needs', { timeout: timeoutMs }, () => {
  it('when two of three nodes came back without their disks', () => {
    const cluster = healthy();
    for (const name of ['b', 'c']) {
      cluster.kill(name);
      cluster.wipe(name);
    }
    for (const name of ['b', 'c']) cluster.start(name);
    const command = "'beckon cluster recover --nodes a,b,c'";
    for (const name of ['a', 'b', 'c']) {
      cluster.runUntil(`${name} says what it needs`, () => {
        const { serving } = cluster.status(name);
        return !serving.ok && serving.reason.includes(command);
      });
    }
    const alarmed = () =>
      cluster
        .effects('a')
        .some(
          (effect) =>
            effect.kind === 'alarm' && effect.alarm === 'noMajority' && effect.text.includes(command),
        );
    cluster.runUntil('the alarm says it too', alarmed);
    cluster.give('a', { kind: 'operator', id: 5, command: { kind: 'recover', nodes: ['a', 'b', 'c'] } });
    cluster.runUntil('all take part', () => cluster.upNames().length === 3 && cluster.isHealthy());
    expectAlive(cluster);
  });

  it('when the first view waits for a node that is away', () => {
    const cluster = handCluster();
    cluster.kill('c');
    const alarm = () =>
      cluster.effects('a').find((effect) => effect.kind === 'alarm' && effect.alarm === 'notFormed');
    cluster.runUntil('the alarm', () => alarm() !== undefined);
    expect(alarm()).toMatchObject({
      text: expect.stringContaining("'beckon cluster init --nodes") as string,
    });
    cluster.give('a', { kind: 'operator', id: 6, command: { kind: 'init', nodes: ['a', 'b'] } });
    cluster.runUntil('served', () => isServed(cluster));
    expectAlive(cluster);
  });
});
