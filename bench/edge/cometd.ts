/**
 * The Bayeux edge beside CometD's own server on Jetty, both started by this run, each in a process of its
 * own: memory of idle WebSocket sessions, CPU and latency of echoed messages and of a fan-out, by WebSocket
 * and by long-polling. The client runs in this process, on the same cores, so rates and latencies include
 * its work; CPU and memory are the servers' alone, as the system accounts for them.
 *
 *     npm run bench -- edge/cometd [--size smoke|usual|large]
 */
import { parseArgs } from 'node:util';
import { measurePolling, openPolls } from './cometd-polling.js';
import { measureSockets, openSockets } from './cometd-sockets.js';
import { startOurs, startReference, type Subject } from './cometd-subjects.js';
import { printTable, type Figures } from './cometd-table.js';

const sizes = {
  smoke: { idle: 40, sockets: 20, polls: 5, fanOuts: 3, echoes: 3, warmUps: 1 },
  usual: { idle: 10_000, sockets: 1_000, polls: 300, fanOuts: 100, echoes: 40, warmUps: 40 },
  large: { idle: 15_000, sockets: 2_000, polls: 1_000, fanOuts: 200, echoes: 80, warmUps: 60 },
} as const;

const { values } = parseArgs({ options: { size: { type: 'string', default: 'usual' } } });
const size = sizes[values.size as keyof typeof sizes];

async function idleBytes(subject: Subject): Promise<{ heap: number; rss: number }> {
  const before = { heap: await subject.heapBytes(), rss: subject.rssBytes() };
  const sockets = await openSockets(subject.webSocketUrl, size.idle);
  const after = { heap: await subject.heapBytes(), rss: subject.rssBytes() };
  for (const socket of sockets) socket.close();
  return {
    heap: (after.heap - before.heap) / size.idle,
    rss: (after.rss - before.rss) / size.idle,
  };
}

/** Idle sessions in a process of their own, so that they do not warm up what is measured next. */
async function measure(start: () => Promise<Subject>): Promise<Figures> {
  const forIdle = await start();
  const idle = await idleBytes(forIdle);
  await forIdle.stop();
  const subject = await start();
  const sockets = await openSockets(subject.webSocketUrl, size.sockets);
  const messages = await measureSockets(subject, sockets, size);
  for (const socket of sockets) socket.close();
  const polls = await openPolls(subject.httpUrl, size.polls);
  const polling = await measurePolling(subject, polls, size);
  for (const poll of polls) poll.close();
  await subject.stop();
  return { idle, ...messages, polling };
}

const ours = await measure(startOurs);
const reference = await measure(startReference);
printTable(size, ours, reference);
process.exit(0);
