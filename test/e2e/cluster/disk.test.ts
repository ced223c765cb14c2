/**
 * Three nodes under load, one of which has no room left for its votes, and all of which lose their store: no
 * vote leaves a node before it is on disk, every node can be stopped, and nothing acknowledged is lost.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClusterLoad, startLoad } from '../../support/cluster-load.js';
import { aboutOf, settled, startTestCluster, type TestCluster } from '../../support/cluster-process.js';
import { until } from '../../support/until.js';

const [first, second, third] = ['GWE_Node1', 'GWE_Node2', 'GWE_Node3'] as const;
const boundMs = 40_000;

let cluster: TestCluster;
let load: ClusterLoad;
let disk: string;
let journalDisk: string;

function mount(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
}

/** The third node has one disk for its votes and small files, and one for its journal. */
function mountDisks(data: string): Promise<void> {
  disk = join(data, third);
  mkdirSync(disk);
  journalDisk = join(data, `${third}-journal`);
  mount(disk, '256k');
  mkdirSync(journalDisk);
  mount(journalDisk, '4m');
  mkdirSync(join(data, `${third}-spool`));
  symlinkSync(journalDisk, join(disk, 'journal'));
  symlinkSync(join(data, `${third}-spool`), join(disk, 'spool'));
  writeFileSync(join(data, `${third}.log`), '');
  symlinkSync(join(data, `${third}.log`), join(disk, 'node.log'));
  return Promise.resolve();
}

beforeAll(async () => {
  cluster = await startTestCluster(3, { prepare: mountDisks });
  await settled(cluster);
  const nodes = await cluster.nodes();
  load = await startLoad({ nodes, visitors: 15, pauseMs: 200, attemptTimeoutMs: 1_500 });
  await load.allServed(boundMs);
}, 120_000);

afterAll(async () => {
  for (const folder of [disk, journalDisk]) execFileSync('umount', ['-l', folder]);
  await cluster.remove();
});

/** Writes until there is no room for a single byte. */
function fill(folder: string): void {
  const filler = join(folder, 'filler');
  for (let bytes = 65_536; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

async function clusterAt(name: string) {
  return (await aboutOf(await cluster.node(name)))?.cluster;
}

it(
  'takes no part in a vote that its disk refuses, and votes when there is room',
  { timeout: 150_000 },
  async () => {
    const epoch = (await clusterAt(second))?.epoch;
    const kept = readFileSync(join(disk, 'cluster.json'), 'utf8');
    fill(disk);
    await cluster.signal(first, 'SIGKILL');
    await until(
      async () => (await clusterAt(third))?.alarms.some((alarm) => alarm.startsWith('stateNotKept')),
      'the alarm',
      boundMs,
    );
    const givenUp = /proposal for the next view was given up/g;
    await until(
      async () =>
        ((await readFile(join(cluster.data, second, 'node.log'), 'utf8')).match(givenUp)?.length ?? 0) >= 2,
      'the second node to ask in vain',
      boundMs,
    );
    expect(await clusterAt(second)).toMatchObject({ epoch, members: [first, second, third] });
    expect(readFileSync(join(disk, 'cluster.json'), 'utf8')).toBe(kept);

    rmSync(join(disk, 'filler'));
    await until(async () => (await clusterAt(second))?.members.length === 2, 'a view of two', boundMs);
    await until(
      async () => (await clusterAt(third))?.alarms.every((alarm) => !alarm.startsWith('stateNotKept')),
      'the end of the alarm',
      boundMs,
    );
    await load.allServed(boundMs);
    expect(await cluster.startNode(first)).toMatchObject({ code: 0 });
    await settled(cluster, boundMs);
  },
);

it('ends when it is told to, though its store is away', { timeout: 150_000 }, async () => {
  const holder = new Database(join(cluster.data, 'store', 'store.sqlite'));
  try {
    holder.exec('BEGIN IMMEDIATE');
    await load.allServed(boundMs);
    await cluster.signal(second, 'SIGTERM', 60_000);
    // Cells that were warm there alone wait for the store; the nodes that have them now do not mind.
    await until(async () => (await clusterAt(third))?.members.length === 2, 'a view of two', boundMs);
    holder.exec('ROLLBACK');
    await load.allServed(boundMs);
  } finally {
    holder.close();
  }
  expect(await cluster.startNode(second)).toMatchObject({ code: 0 });
  await settled(cluster, boundMs);
});

it('has every acknowledged event once and in order', { timeout: 60_000 }, async () => {
  await load.allServed(boundMs);
  await load.stop();
  const { events, ...verdict } = await load.compare(await cluster.node(second));
  expect(events).toBeGreaterThan(200);
  expect(verdict).toEqual({ lost: 0, doubled: 0, reordered: 0, strange: 0 });
});

it(
  'leaves the others when its journal cannot be written, and comes back with room',
  { timeout: 150_000 },
  async () => {
    fill(journalDisk);
    // Without it, the third node has partitions that no copy backs.
    await cluster.signal(first, 'SIGKILL');
    await until(
      async () => (await aboutOf(await cluster.node(third)))?.reason?.includes('journal cannot be written'),
      'the third node to say why it serves nothing',
      boundMs,
    );
    expect(await cluster.startNode(first)).toMatchObject({ code: 0 });
    await until(
      async () => (await clusterAt(second))?.members.join() === `${first},${second}`,
      'the others',
      boundMs,
    );
    await cluster.signal(third, 'SIGTERM', 60_000);
    rmSync(join(journalDisk, 'filler'));
    expect(await cluster.startNode(third)).toMatchObject({ code: 0 });
    await settled(cluster, boundMs);
  },
);
