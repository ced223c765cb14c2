/**
 * The servers of the push bench, each in a process of its own: the edge, and bare uWebSockets.js that sends
 * the same bytes without any protocol. They report CPU time and heap when their parent asks.
 */
import type { WebSocket } from 'uWebSockets.js';
import { createOpenBayeux } from '../../src/transport/edge/index.js';
import { loadNativeLibrary } from '../../src/transport/edge/wire/library.js';

interface Target {
  port: number;
  wire: string;
  publish(n: number): void;
}

const dataOf = (n: number) => ({ n, text: 'a push of a usual size, about one hundred bytes' });

async function edgeTarget(): Promise<Target> {
  const edge = createOpenBayeux({
    host: '127.0.0.1',
    port: 0,
    timeoutMs: 300_000,
    maxIntervalMs: 60_000,
    intervalMs: 0,
    maxSessionsPerBrowser: -1,
    path: '/server/cometd',
    wire: 'auto',
  });
  const port = await edge.listen();
  return { port, wire: edge.wire, publish: (n) => edge.publish('/all', dataOf(n)) };
}

function bareTarget(): Promise<Target> {
  const library = loadNativeLibrary();
  if (library === undefined)
    throw new Error('the bench compares with the native library, which does not load');
  const sockets = new Set<WebSocket<unknown>>();
  const publish = (n: number): void => {
    const bytes = Buffer.from(JSON.stringify([{ channel: '/all', data: dataOf(n) }]));
    for (const socket of sockets) socket.send(bytes, false);
  };
  return new Promise((resolve) => {
    library
      .App()
      .ws('/*', {
        open: (socket) => void sockets.add(socket),
        message: (socket, message) => void socket.send(message, false),
        close: (socket) => void sockets.delete(socket),
      })
      .listen('127.0.0.1', 0, (socket) => {
        if (socket !== false) resolve({ port: library.us_socket_local_port(socket), wire: 'bare', publish });
      });
  });
}

const target = await (process.argv[2] === 'bare' ? bareTarget() : edgeTarget());
process.on('message', (request: { ask: 'cpu' | 'memory' | 'publish'; n?: number; isQuiet?: boolean }) => {
  if (request.ask === 'publish') target.publish(request.n ?? 0);
  if (request.isQuiet === true) return;
  if (request.ask === 'memory') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ cpuUs: user + system, heapBytes: heapUsed + external });
});
process.send?.({ port: target.port, wire: target.wire });
