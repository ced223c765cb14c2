/** A cluster serves with a majority of its nodes and not without one, and every node says how it stands. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  aboutOf,
  aliveStatus,
  settled,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

const [first, second, third] = ['GWE_Node1', 'GWE_Node2', 'GWE_Node3'] as const;
/** The lease, and room for a machine that is busy with something else. */
const leaseBoundMs = 2_000 + 3_000;
const returnBoundMs = 20_000;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster(3);
});

afterAll(async () => {
  await cluster.remove();
});

async function alive(name: string): Promise<number> {
  return aliveStatus(await cluster.node(name));
}

it('says in nodes.json which processes serve where', async () => {
  const nodes = await cluster.nodes();
  expect(nodes.map(({ name }) => name)).toEqual([first, second, third]);
  expect(new Set(nodes.map(({ pid }) => pid)).size).toBe(3);
  for (const node of nodes) {
    expect(await aboutOf(node)).toMatchObject({ node: node.name, serving: true });
    expect((await fetch(`${node.ui}/workspace/`)).status).toBe(200);
    expect((await fetch(`${node.deploy}/server/data/rules`)).status).toBe(200);
  }
});

it('stops serving within the lease when the others are silent, and goes on when they are back', async () => {
  await settled(cluster);
  const left = await cluster.node(first);
  const client = await openVisit(left.default);
  expect((await client.send([client.event('PageEntered')])).status).toBe(200);
  await cluster.signal(second, 'SIGSTOP');
  await cluster.signal(third, 'SIGSTOP');
  try {
    await until(async () => (await aliveStatus(left)) === 503, 'the minority to stop', leaseBoundMs);
    const about = await aboutOf(left);
    expect(about).toMatchObject({ serving: false, reason: expect.stringMatching(/\w/) as string });
    const refused = await client.send([client.event('Looked')]);
    expect(refused.status).toBe(503);
  } finally {
    await cluster.signal(second, 'SIGCONT');
    await cluster.signal(third, 'SIGCONT');
  }
  await settled(cluster, returnBoundMs);
  expect((await client.send([client.event('Looked')])).status).toBe(200);
});

it('serves from the second of three nodes on after a stop of all, and the third joins', async () => {
  expect(await cluster.stop()).toBe(0);
  for (const { name } of await cluster.nodes()) expect(await alive(name)).toBe(0);
  const startsFirst = cluster.startNode(first);
  await until(async () => (await alive(first)) === 503, 'the first node to answer', returnBoundMs);
  expect((await aboutOf(await cluster.node(first)))?.reason).toMatch(/\w/);
  const ended = await Promise.all([startsFirst, cluster.startNode(second)]);
  for (const { code, output } of ended) expect({ code, output }).toMatchObject({ code: 0 });
  expect([await alive(first), await alive(second), await alive(third)]).toEqual([200, 200, 0]);
  expect(await cluster.startNode(third)).toMatchObject({ code: 0 });
  await settled(cluster, returnBoundMs);
});
