/**
 * What a cluster costs: 1, 2 and 3 real nodes on this machine, the same events sent to each, in one run. A
 * node alone keeps its inputs in its journal; with more, each input is copied to a second node. Prints one
 * line for each: CPU of all threads of all nodes for an event, bytes between nodes, bytes that copies hold
 * for a visit, CPU of a node that nobody visits, and how long a request takes at the node that serves its
 * visit (`own`) and at one that has to pass it on (`other`). CPU is the least of some passes: what else the
 * machine does only adds to it.
 *
 *     npm run bench -- cluster/nodes [--size smoke|real]
 */
import { parseArgs } from 'node:util';
import { type ClusterNode, settled, startTestCluster } from '../../test/support/cluster-process.js';
import {
  cpuSecondsOfAll,
  deployRules,
  type Door,
  metricOfAll,
  openEverywhere,
  type PassResult,
  sendPass,
} from '../support/cluster-nodes.js';
import { seeded } from '../support/visitor-stream.js';

interface Size {
  visits: number;
  batchesPerVisit: number;
  passes: number;
  connections: number;
  idleMs: number;
  /** Requests a second of the passes that time them. */
  pacedRate: number;
}

const sizes: Record<string, Size> = {
  smoke: { visits: 30, batchesPerVisit: 2, passes: 1, connections: 4, idleMs: 300, pacedRate: 200 },
  real: { visits: 1_200, batchesPerVisit: 5, passes: 4, connections: 32, idleMs: 10_000, pacedRate: 300 },
};
const rules = 100;
const eventsPerBatch = 10;

interface DoorFigures {
  /** In requests of ten events. */
  cpuMicrosPerEvent: number;
  wireBytesPerEvent: number;
  /** Of requests of one event, at the paced rate. */
  p50Ms: number;
  p99Ms: number;
}

interface Figures {
  own: DoorFigures;
  other?: DoorFigures;
  /** In requests of one event each. */
  single: { cpuMicrosPerEvent: number; wireBytesPerEvent: number };
  copyBytesPerVisit: number;
  idleCpuPercentPerNode: number;
}

async function measure(count: number, size: Size): Promise<Figures> {
  const cluster = await startTestCluster(count);
  try {
    if (count > 1) await settled(cluster);
    const nodes = await cluster.nodes();
    await deployRules(nodes, rules);
    return await measureNodes(nodes, size);
  } finally {
    await cluster.remove();
  }
}

async function measureNodes(nodes: readonly ClusterNode[], size: Size): Promise<Figures> {
  const draw = seeded(1);
  const send = async (visits: number, door: Door, events: number, rate?: number): Promise<PassResult> => {
    const visitors = await openEverywhere(nodes, visits, draw);
    const { batchesPerVisit, connections } = size;
    const pass = { nodes, visitors, door, batchesPerVisit, eventsPerBatch: events, connections };
    return sendPass(rate === undefined ? pass : { ...pass, rate }, draw);
  };
  // The first visits: no checkpoint has taken anything from the logs yet.
  const few = Math.ceil(size.visits / 5);
  await send(few, 'own', eventsPerBatch);
  const copyBytesPerVisit = (await metricOfAll(nodes, 'beckon_cluster_copy_bytes')) / few;

  const doors: Door[] = nodes.length > 1 ? ['own', 'other'] : ['own'];
  const passes: Record<Door | 'single', PassResult[]> = { own: [], other: [], single: [] };
  for (let pass = 0; pass < size.passes; pass++) {
    for (const door of doors) passes[door].push(await send(size.visits, door, eventsPerBatch));
    passes.single.push(await send(size.visits, 'own', 1));
  }
  const figures: Partial<Record<Door, DoorFigures>> = {};
  for (const door of doors) {
    const { latency } = await send(few, door, 1, size.pacedRate);
    const [p50Ms, p99Ms] = [50, 99].map((share) => latency.getValueAtPercentile(share) / 1_000);
    figures[door] = { ...costsOf(passes[door]), p50Ms, p99Ms } as DoorFigures;
  }
  const { own, other } = figures as { own: DoorFigures; other?: DoorFigures };
  return {
    own,
    ...(other === undefined ? {} : { other }),
    single: costsOf(passes.single),
    copyBytesPerVisit,
    idleCpuPercentPerNode: await idlePercent(nodes, size.idleMs),
  };
}

function costsOf(passes: readonly PassResult[]): { cpuMicrosPerEvent: number; wireBytesPerEvent: number } {
  const { cpuMicrosPerEvent, wireBytesPerEvent } = passes.reduce((least, pass) =>
    pass.cpuMicrosPerEvent < least.cpuMicrosPerEvent ? pass : least,
  );
  return { cpuMicrosPerEvent, wireBytesPerEvent };
}

async function idlePercent(nodes: readonly ClusterNode[], idleMs: number): Promise<number> {
  const [cpuBefore, startedMs] = [cpuSecondsOfAll(nodes), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const seconds = (performance.now() - startedMs) / 1_000;
  return ((cpuSecondsOfAll(nodes) - cpuBefore) / seconds / nodes.length) * 100;
}

const { values } = parseArgs({ options: { size: { type: 'string', default: 'real' } } });
const size = sizes[values.size];
if (size === undefined) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}`);
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 100) / 100 : value;
let alone: Figures | undefined;
for (const nodes of [1, 2, 3]) {
  const figures = await measure(nodes, size);
  alone ??= figures;
  const line = {
    bench: 'cluster-nodes',
    size: values.size,
    nodes,
    ...figures,
    ratioToOneNode: figures.own.cpuMicrosPerEvent / alone.own.cpuMicrosPerEvent,
    singleRatioToOneNode: figures.single.cpuMicrosPerEvent / alone.single.cpuMicrosPerEvent,
  };
  process.stdout.write(`${JSON.stringify(line, rounded)}\n`);
}
