/** The server of the push bench, in a process of its own: it reports its CPU time and heap when asked by its parent. */
import { createOpenBayeux } from '../../src/transport/edge/index.js';

const edge = createOpenBayeux({
  host: '127.0.0.1',
  port: 0,
  timeoutMs: 60_000,
  maxIntervalMs: 60_000,
  intervalMs: 0,
  maxSessionsPerBrowser: 1,
  path: '/server/cometd',
  wire: process.env.BENCH_WIRE === 'node' ? 'node' : 'auto',
});
const port = await edge.listen();

process.on('message', (request: { ask: string; count?: number; rounds?: number }) => {
  if (request.ask === 'measure') {
    globalThis.gc?.();
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, rss, external } = process.memoryUsage();
    process.send?.({ cpuUs: user + system, heapBytes: heapUsed + external, rssBytes: rss });
  } else if (request.ask === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system, delivered: edge.stats().bayeux.messagesDelivered });
  } else if (request.ask === 'publish') {
    edge.publish('/all', { n: request.count ?? 0, text: 'a push of a usual size, about one hundred bytes' });
    process.send?.({});
  }
});
process.send?.({ port, wire: edge.wire });
