/**
 * What only an operator decides, on real processes: each command in the situation that it is for, and refused
 * where it cannot be meant or would do harm. One story, in order: two of three nodes form the cluster, a
 * fourth is added and removed again, a fifth takes the place of one that died, and in the end a majority has
 * lost its disks.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { About } from '../../support/cluster-process.js';
import { makeNodeProcesses, type NodeProcesses } from '../../support/node-processes.js';
import { until } from '../../support/until.js';

const names = ['GWE_Node1', 'GWE_Node2', 'GWE_Node3', 'GWE_Node4', 'GWE_Node5'] as const;
const [one, two, three, four, five] = names;
const waitMs = 60_000;

let nodes: NodeProcesses;

beforeAll(async () => {
  nodes = await makeNodeProcesses(names);
});

afterAll(async () => {
  await nodes.remove();
});

/** Waits until these nodes serve together and every partition has its copy. */
async function together(...members: string[]): Promise<void> {
  const isWhole = (about: About | undefined): boolean =>
    about?.serving === true &&
    about.cluster?.members.join() === members.join() &&
    about.cluster.underReplicated === 0 &&
    about.cluster.unplaced === 0 &&
    about.cluster.moving === 0;
  await until(
    async () => (await Promise.all(members.map((name) => nodes.about(name)))).every(isWhole),
    `${members.join(', ')} to serve together`,
    waitMs,
  );
}

/** Waits until a node answers, whatever it says. */
async function answers(name: string): Promise<void> {
  await until(async () => (await nodes.about(name)) !== undefined, `${name} to answer`, waitMs);
}

/** Repeats the command until it is refused for this reason: nodes take a while to hear of each other. */
async function refused(args: readonly string[], why: RegExp): Promise<void> {
  await until(
    async () => {
      const { code, output } = await nodes.cluster(...args);
      if (code === 0) throw new Error(`${args.join(' ')} was done: ${output}`);
      return why.test(output);
    },
    `${args.join(' ')} to be refused: ${why.source}`,
    waitMs,
  );
}

/** Repeats the command until it is done, for the same reason. */
async function done(args: readonly string[], says: RegExp): Promise<void> {
  let refusal = '';
  const output = await until(
    async () => {
      const end = await nodes.cluster(...args);
      refusal = end.output;
      return end.code === 0 ? end.output : undefined;
    },
    `${args.join(' ')} to be done`,
    waitMs,
  ).catch((error: unknown) => {
    throw new Error(`${args.join(' ')}: ${refusal}`, { cause: error });
  });
  expect(output).toMatch(says);
}

it('init: forms the cluster while a node is away, once', { timeout: 4 * waitMs }, async () => {
  await nodes.configure([one, two, three]);
  nodes.start(one, two);
  await answers(one);
  await answers(two);
  await refused(['init', '--nodes', one], /name at least 2 of the 3 configured nodes/);
  await refused(['init', '--nodes', `${one},${three}`], /no answer from GWE_Node3/);
  await refused(['init', '--nodes', `${one},GWE_Node9`], /not configured: GWE_Node9/);
  await refused(['init', '--nodes', `${one},${two}`, '--node', three], /GWE_Node3/);
  await refused(['add', four], /the cluster is not formed/);
  await refused(['recover', '--nodes', `${one},${two}`], /the cluster is not formed/);
  await done(
    ['init', '--nodes', `${one},${two}`],
    /the cluster of GWE_Node1, GWE_Node2, GWE_Node3 is formed/,
  );
  await together(one, two);
  await refused(['init', '--nodes', `${one},${two}`], /the cluster is formed already/);
  nodes.start(three);
  await together(one, two, three);
});

it('add: takes in a fourth node that runs, and no other', { timeout: 4 * waitMs }, async () => {
  await nodes.configure(names);
  await nodes.end('SIGTERM', one, two, three);
  nodes.start(one, two, three);
  await together(one, two, three);
  await refused(['add', four], /GWE_Node4 does not answer: start it first/);
  await refused(['add', three], /GWE_Node3 is configured already/);
  nodes.start(four);
  await done(['add', four], /GWE_Node4 is configured/);
  await together(one, two, three, four);
});

it('remove: forgets a node that was drained, not one that serves', { timeout: 4 * waitMs }, async () => {
  await refused(['remove', 'GWE_Node9'], /GWE_Node9 is not configured/);
  await refused(['remove', four], /GWE_Node4 serves: drain it first, or stop it/);
  await done(['drain', four], /it can be stopped/);
  await done(['remove', four], /configured now: GWE_Node1, GWE_Node2, GWE_Node3\n/);
  await nodes.end('SIGTERM', four);
  await together(one, two, three);
});

it('replace: puts a running node in the place of one that is gone', { timeout: 4 * waitMs }, async () => {
  await refused(['replace', three, '--by', five], /GWE_Node5 does not answer: start it first/);
  await refused(['replace', three, '--by', two], /GWE_Node2 is configured already/);
  nodes.start(five);
  await refused(['replace', three, '--by', five], /GWE_Node3 answers: stop it first/);
  await nodes.end('SIGKILL', three);
  await done(['replace', three, '--by', five], /configured now: GWE_Node1, GWE_Node2, GWE_Node5\n/);
  await together(one, two, five);
});

it(
  'recover: goes on when a majority has lost its disks, and says what it costs',
  {
    timeout: 4 * waitMs,
  },
  async () => {
    await refused(
      ['recover', '--nodes', `${one},${two}`],
      /3 of 3 nodes can decide: nothing is to be recovered/,
    );
    await nodes.end('SIGKILL', two, five);
    await Promise.all([two, five].map((name) => nodes.wipe(name)));
    nodes.start(two);
    await refused(['recover', '--nodes', `${one},${five}`], /no answer from GWE_Node5/);
    await until(
      async () => {
        const about = await nodes.about(one);
        return about?.serving === false && (about.reason ?? '') !== '';
      },
      'the lease of the one that is left to end',
      waitMs,
    );
    await done(
      ['recover', '--nodes', `${one},${two}`],
      /goes on as GWE_Node1, GWE_Node2 .*not yet written .*lost/,
    );
    await together(one, two);
    const { code, output } = await nodes.cluster('status');
    expect(code).toBe(0);
    for (const name of [one, two]) expect(output).toMatch(new RegExp(`^${name} .* serving$`, 'm'));
    expect(output).toMatch(new RegExp(`^${five} +- .*${five} at 127`, 'm'));
  },
);
