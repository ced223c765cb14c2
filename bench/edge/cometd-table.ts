/** The one table that the CometD bench prints. */
import type { Rate } from './cometd-sockets.js';

export interface Figures {
  /** Bytes for each idle session: collected heap, and all of the process. */
  idle: { heap: number; rss: number };
  fanOut: Rate;
  echo: Rate;
  polling: Rate;
}

const gigabyte = 1_073_741_824;

export function printTable(size: object, ours: Figures, reference: Figures): void {
  const rows: [name: string, read: (figures: Figures) => number, digits: number][] = [
    ['idle WebSocket session, heap bytes', ({ idle }) => idle.heap, 0],
    ['idle WebSocket session, resident bytes', ({ idle }) => idle.rss, 0],
    ['idle WebSocket sessions per GB resident', ({ idle }) => gigabyte / idle.rss, 0],
    ['fan-out by WebSocket, CPU us a delivery', ({ fanOut }) => fanOut.cpuUs, 2],
    ['fan-out by WebSocket, deliveries/s', ({ fanOut }) => fanOut.perSecond, 0],
    ['fan-out by WebSocket, p99 ms', ({ fanOut }) => fanOut.p99Ms, 1],
    ['echo by WebSocket, CPU us a message', ({ echo }) => echo.cpuUs, 2],
    ['echo by WebSocket, messages/s', ({ echo }) => echo.perSecond, 0],
    ['echo by WebSocket, p99 ms', ({ echo }) => echo.p99Ms, 1],
    ['long-polling, CPU us a delivery and poll', ({ polling }) => polling.cpuUs, 2],
    ['long-polling, deliveries/s', ({ polling }) => polling.perSecond, 0],
    ['long-polling, p99 ms', ({ polling }) => polling.p99Ms, 1],
  ];
  const lines = rows.map(([name, read, digits]) => {
    const [mine, theirs] = [read(ours), read(reference)];
    const cells = [mine.toFixed(digits), theirs.toFixed(digits), (mine / theirs).toFixed(3)];
    return `${name.padEnd(42)}${cells.map((cell) => cell.padStart(12)).join('')}`;
  });
  const head = ['Beckon', 'CometD', 'ratio'].map((cell) => cell.padStart(12)).join('');
  const about = Object.entries(size).map(([name, value]) => `${name}=${String(value)}`);
  process.stdout.write(`edge/cometd ${about.join(' ')}\n${''.padEnd(42)}${head}\n${lines.join('\n')}\n`);
}
