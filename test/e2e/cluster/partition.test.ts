/**
 * Five nodes on five hosts whose network is cut: who is alone stops and says so, visitors go on with the
 * others, and when the network is whole again so is the cluster, with every acknowledged event.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HostCluster, hostAuthorization, startHostCluster } from '../../support/cluster-hosts.js';
import { type ClusterLoad, startLoad } from '../../support/cluster-load.js';
import { aboutOf, aliveStatus, settled } from '../../support/cluster-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

/** A machine that is shared may need a multiple of the seconds that this takes on a quiet one. */
const boundMs = 40_000;

let cluster: HostCluster;
let load: ClusterLoad;
const waits: Record<string, number> = {};

beforeAll(async () => {
  cluster = await startHostCluster(5);
  await settled(cluster.nodes, 60_000);
  load = await startLoad({
    nodes: cluster.nodes,
    visitors: 20,
    pauseMs: 200,
    attemptTimeoutMs: 1_500,
    authorization: hostAuthorization,
  });
  await load.allServed(boundMs);
}, 120_000);

afterAll(async () => {
  await cluster.remove();
  console.info(`longest wait of any visitor while the network was cut, ms: ${JSON.stringify(waits)}`);
});

function nodeAt(index: number) {
  const node = cluster.nodes[index];
  if (node === undefined) throw new Error(`there is no node ${index}`);
  return node;
}

async function membersAt(index: number): Promise<string[]> {
  return (await aboutOf(nodeAt(index)))?.cluster?.members ?? [];
}

/** Cuts both ways between `one` and everybody who is not of it. */
function cutOff(...ones: number[]): void {
  const others = cluster.nodes.map((_, index) => index).filter((index) => !ones.includes(index));
  for (const one of ones) {
    for (const other of others) {
      cluster.hosts.cut(one, other);
      cluster.hosts.cut(other, one);
    }
  }
}

async function isWhole(): Promise<void> {
  cluster.hosts.heal();
  const startMs = performance.now();
  await settled(cluster.nodes, boundMs);
  console.info(`whole again ${Math.round(performance.now() - startMs)} ms after the network`);
}

it(
  'serves the visits of a node that is cut off, which stops and says why',
  { timeout: 120_000 },
  async () => {
    load.longestWaitsMs();
    cutOff(1);
    await until(async () => (await aliveStatus(nodeAt(1))) === 503, 'the one alone to stop', boundMs);
    expect((await aboutOf(nodeAt(1)))?.reason).toMatch(/of 5 nodes answer, 3 are needed/);
    await until(async () => (await membersAt(0)).length === 4, 'a view of four', boundMs);
    await load.allServed(boundMs);
    waits.cut = load.longestWaitMs();
    expect(await membersAt(1)).toHaveLength(5);
    await isWhole();
  },
);

it('goes on when packets pass one way only', { timeout: 180_000 }, async () => {
  load.longestWaitsMs();
  cluster.hosts.cut(2, 3);
  await until(async () => (await membersAt(0)).length === 4, 'one of the two to be left out', boundMs);
  await load.allServed(boundMs);
  waits['one way'] = load.longestWaitMs();
  await isWhole();
});

it('has every acknowledged event once and in order', { timeout: 60_000 }, async () => {
  await load.stop();
  expect(load.acknowledged).toBeGreaterThan(200);
  const { events, ...verdict } = await load.compare(nodeAt(4));
  expect(events).toBeGreaterThan(400);
  expect(verdict).toEqual({ lost: 0, doubled: 0, reordered: 0, strange: 0 });
});

it('lets three of five go on, and neither of the two', { timeout: 120_000 }, async () => {
  cutOff(0, 4);
  for (const index of [0, 4]) {
    await until(async () => (await aliveStatus(nodeAt(index))) === 503, 'the minority to stop', boundMs);
  }
  await until(async () => (await membersAt(2)).length === 3, 'a view of three', boundMs);
  await until(async () => (await aliveStatus(nodeAt(2))) === 200, 'the majority to serve', boundMs);
  const visit = await openVisit(nodeAt(2).default);
  await until(
    async () => (await visit.send([visit.event('PageEntered')])).status === 200,
    'a visit at the majority',
    boundMs,
  );
  await until(() => cluster.logOf(0).includes('noMajority'), 'the alarm', boundMs);
  expect(await (await fetch(`${nodeAt(0).default}/metrics`)).text()).toMatch(
    /^beckon_cluster_lease_milliseconds 0$/m,
  );
  await isWhole();
  expect((await visit.send([visit.event('Looked')])).status).toBe(200);
});
