/**
 * What visitors notice when a node of a living cluster is drained, stopped and started again, and when it is
 * killed: three nodes as processes of their own, visitors who send without a break through one that stays
 * and whose visits are half of them served by the one that goes.
 * Prints one line: the longest wait of each visit in each phase, and what the nodes say of their hand-offs.
 */
import { parseArgs } from 'node:util';
import { startLoad } from '../../test/support/cluster-load.js';
import { type ClusterNode, settled, startTestCluster } from '../../test/support/cluster-process.js';
import { until } from '../../test/support/until.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    visitors: { type: 'string' },
    pause: { type: 'string', default: '250' },
    rounds: { type: 'string' },
  },
});
const isSmoke = values.size === 'smoke';
const visitors = Number(values.visitors ?? (isSmoke ? '20' : '100'));
const rounds = Number(values.rounds ?? (isSmoke ? '1' : '4'));
const boundMs = 60_000;

type Waits = Record<'steady' | 'leaves' | 'joins' | 'dies', number[]>;

function figuresOf(waits: number[]): { p50: number; p99: number; max: number } {
  const sorted = [...waits].sort((one, other) => one - other);
  const at = (share: number): number =>
    Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function metric(node: ClusterNode, name: string): Promise<number> {
  const text = await (await fetch(`${node.default}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** Of all nodes the worst, by cause and quantile. */
async function worstPauses(node: ClusterNode, worst: Record<string, number>): Promise<void> {
  const text = await (await fetch(`${node.default}/metrics`)).text();
  const rows = text.matchAll(/^beckon_cluster_pause_milliseconds\{cause="(.*)",quantile="(.*)"\} (\S+)$/gm);
  for (const [, cause, quantile, value] of rows) {
    const key = `${cause ?? ''} ${quantile ?? ''}`;
    worst[key] = Math.max(worst[key] ?? 0, Math.round(Number(value)));
  }
}

const cluster = await startTestCluster(3);
try {
  const nodes = await cluster.nodes();
  const [stays, moves] = nodes as [ClusterNode, ClusterNode];
  await settled(cluster, boundMs);
  const load = await startLoad({
    nodes: [stays],
    openedAt: [stays, moves],
    visitors,
    pauseMs: Number(values.pause),
    attemptTimeoutMs: boundMs,
  });
  const waits: Waits = { steady: [], leaves: [], joins: [], dies: [] };
  const pauseMs: Record<string, number> = {};
  let dropped = 0;
  let handOffs = 0;

  async function during(phase: keyof Waits, change: () => Promise<void>): Promise<void> {
    load.longestWaitsMs();
    await change();
    await load.allServed(boundMs);
    waits[phase].push(...load.longestWaitsMs());
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    await cluster.signal(moves.name, signal);
    await until(
      async () => (await metric(stays, 'beckon_cluster_members')) === 2,
      'a view without it',
      boundMs,
    );
  }

  async function startAgain(): Promise<void> {
    const { code, output } = await cluster.startNode(moves.name);
    if (code !== 0) throw new Error(output);
    await settled(cluster, boundMs);
  }

  for (let round = 0; round < rounds; round++) {
    await load.allServed(boundMs);
    await during('steady', () => new Promise((wait) => setTimeout(wait, 2_000)));
    await during('leaves', () => end('SIGTERM'));
    await during('joins', startAgain);
  }
  // Read before anybody dies: a death is no hand-off.
  for (const node of await cluster.nodes()) {
    handOffs += await metric(node, 'beckon_cluster_hand_offs_total');
    await worstPauses(node, pauseMs);
    dropped += await metric(node, 'beckon_cluster_requests_dropped_total');
  }
  for (let round = 0; round < rounds; round++) {
    await during('dies', () => end('SIGKILL'));
    await startAgain();
  }
  await load.stop();
  const { events, ...verdict } = await load.compare(stays);
  console.log(
    JSON.stringify({
      bench: 'hand-off',
      size: values.size,
      visitors,
      rounds,
      batches: load.acknowledged,
      events,
      ...verdict,
      refusals: load.refusals,
      dropped,
      handOffs,
      pauseMs,
      waitMs: Object.fromEntries(Object.entries(waits).map(([phase, all]) => [phase, figuresOf(all)])),
    }),
  );
} finally {
  await cluster.remove();
}
