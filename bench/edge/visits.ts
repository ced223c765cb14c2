/**
 * Connected visits of a whole node: what one that idles on a WebSocket holds in memory, and what a message
 * that the site pushes to a visit costs, from the request to the visitor's browser. Prints one line.
 *
 *     npm run bench -- edge/visits [--size smoke|real]
 */
import { parseArgs } from 'node:util';
import { build } from 'hdr-histogram-js';
import { startBenchNode } from '../support/bench-node.js';
import { openVisits } from '../support/load.js';
import { type Socket, openSockets } from './cometd-sockets.js';

const sizes: Record<string, { visits: number; pushes: number; atOnce: number }> = {
  smoke: { visits: 30, pushes: 60, atOnce: 4 },
  real: { visits: 10_000, pushes: 40_000, atOnce: 32 },
};
const gigabyte = 1_073_741_824;
const text = 'a push of a usual size, about one hundred bytes';

const { values } = parseArgs({ options: { size: { type: 'string', default: 'real' } } });
const size = sizes[values.size];
if (size === undefined) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}`);
const portBase = 24_400 + Math.floor(Math.random() * 100) * 10;
const site = `http://127.0.0.1:${portBase + 1}/server`;

/** Pushes to the visit, and resolves when its browser has the message. */
async function push(visitID: string, socket: Socket): Promise<void> {
  const arrived = new Promise<void>((resolve) => (socket.onData = () => resolve()));
  const response = await fetch(`${site}/data/notification/notify/${visitID}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ page: null, channel: 'site.news', data: text }]),
  });
  if (!response.ok) throw new Error(`refused: ${await response.text()}`);
  await response.arrayBuffer();
  await arrived;
}

const node = await startBenchNode(portBase);
try {
  // The first few make the node ready for the others.
  const first = await openVisits(portBase + 1, Math.ceil(size.visits / 10));
  await openSockets(`${site.replace('http', 'ws')}/cometd`, first.length, (index) => [
    `/notification/${first[index]?.visitID ?? ''}`,
  ]);
  const before = node.residentBytes();
  const visits = await openVisits(portBase + 1, size.visits);
  const sockets = await openSockets(`${site.replace('http', 'ws')}/cometd`, size.visits, (index) => [
    `/notification/${visits[index]?.visitID ?? ''}`,
  ]);
  const bytesPerVisit = (node.residentBytes() - before) / size.visits;

  const latency = build({ highestTrackableValue: 60_000_000 });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < size.pushes; number = next++) {
      // Neighbours in time are never the same visit.
      const index = (number * 7) % size.visits;
      const startedMs = performance.now();
      await push(visits[index]?.visitID ?? '', sockets[index] as Socket);
      latency.recordValue(Math.max(1, Math.round((performance.now() - startedMs) * 1_000)));
    }
  };
  const [cpuBefore, startedMs] = [node.cpuSeconds(), performance.now()];
  await Promise.all(Array.from({ length: size.atOnce }, work));
  const seconds = (performance.now() - startedMs) / 1_000;
  const line = {
    bench: 'connected-visits',
    size: values.size,
    visits: size.visits,
    residentBytesPerVisit: Math.round(bytesPerVisit),
    visitsPerGigabyte: Math.round(gigabyte / bytesPerVisit),
    pushes: latency.totalCount,
    pushesPerSecond: Math.round(size.pushes / seconds),
    cpuMicrosPerPush: Math.round(((node.cpuSeconds() - cpuBefore) / size.pushes) * 1e6),
    p50Ms: latency.getValueAtPercentile(50) / 1_000,
    p99Ms: latency.getValueAtPercentile(99) / 1_000,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} finally {
  await node.stop();
}
process.exit(0);
