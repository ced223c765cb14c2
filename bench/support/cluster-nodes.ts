/** The nodes of a cluster under a bench: what they are sent, what that costs them, what they say of it. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Histogram } from 'hdr-histogram-js';
import type { ClusterNode } from '../../test/support/cluster-process.js';
import { openVisits, sendAll } from './load.js';
import { mixedRules } from './mixed-rules.js';
import { cpuSecondsOf } from './server-process.js';
import { type BenchVisit, hexId, makeBodies } from './visitor-stream.js';

/** Where a visit's requests go: to the node that serves it, or to the next one, which passes them on. */
export type Door = 'own' | 'other';

/** Visits that one node serves. */
export interface Visitors {
  node: ClusterNode;
  visits: BenchVisit[];
}

export interface Pass {
  nodes: readonly ClusterNode[];
  visitors: readonly Visitors[];
  door: Door;
  batchesPerVisit: number;
  eventsPerBatch: number;
  connections: number;
  /** Requests a second; as fast as they are answered when absent. */
  rate?: number;
}

export interface PassResult {
  events: number;
  /** All threads of all nodes. */
  cpuMicrosPerEvent: number;
  /** Between nodes, as gRPC messages. */
  wireBytesPerEvent: number;
  latency: Histogram;
}

const portOf = ({ default: url }: ClusterNode): number => Number(new URL(url).port);

export function cpuSecondsOfAll(nodes: readonly ClusterNode[]): number {
  return nodes.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0);
}

/** The sum of a metric without labels over all nodes; nodes that have none of that name count as 0. */
export async function metricOfAll(nodes: readonly ClusterNode[], name: string): Promise<number> {
  const values = await Promise.all(
    nodes.map(async ({ default: url }) => {
      const text = await readText(`${url}/metrics`);
      return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? 0);
    }),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

/** On a connection of its own: the node closes a kept one that has been idle, perhaps just now. */
async function readText(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return text;
}

export async function deployRules([node]: readonly ClusterNode[], count: number): Promise<void> {
  const url = `${node?.deploy ?? ''}/server/data/rules/deploy`;
  const response = await fetch(url, { method: 'POST', body: mixedRules(count) });
  if (!response.ok) throw new Error(`the rules were refused: ${await response.text()}`);
}

/** New visits, evenly over the nodes: each node draws ids that it serves itself. */
export function openEverywhere(
  nodes: readonly ClusterNode[],
  count: number,
  draw: () => number,
): Promise<Visitors[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const opened = await openVisits(portOf(node), Math.ceil(count / nodes.length));
      return { node, visits: opened.map((ids) => ({ ...ids, pageID: hexId(draw) })) };
    }),
  );
}

/** Sends to all nodes at once; throws when a request was not taken. */
export async function sendPass(pass: Pass, draw: () => number): Promise<PassResult> {
  const { nodes, visitors, connections, rate } = pass;
  const shares = visitors.map(({ node, visits }) => {
    const doorIndex = (nodes.indexOf(node) + (pass.door === 'own' ? 0 : 1)) % nodes.length;
    return { port: portOf(nodes[doorIndex] as ClusterNode), bodies: makeBodies(visits, pass, draw) };
  });
  const wireBefore = await metricOfAll(nodes, sentBytes);
  const cpuBefore = cpuSecondsOfAll(nodes);
  const each = {
    connections: Math.ceil(connections / nodes.length),
    ...(rate === undefined ? {} : { rate: rate / nodes.length }),
  };
  const results = await Promise.all(shares.map((share) => sendAll({ ...share, ...each })));
  const cpuSeconds = cpuSecondsOfAll(nodes) - cpuBefore;
  const wireBytes = (await metricOfAll(nodes, sentBytes)) - wireBefore;
  const requests = results.reduce((sum, result) => sum + result.requests, 0);
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  if (failures > 0) throw new Error(`${failures} of ${requests} requests were not answered with 200`);
  const [latency, ...others] = results.map((result) => result.latency) as [Histogram, ...Histogram[]];
  for (const other of others) latency.add(other);
  const events = requests * pass.eventsPerBatch;
  return {
    events,
    cpuMicrosPerEvent: (cpuSeconds / events) * 1e6,
    wireBytesPerEvent: wireBytes / events,
    latency,
  };
}

const sentBytes = 'beckon_cluster_wire_sent_bytes_total';
