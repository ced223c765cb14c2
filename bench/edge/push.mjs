// What pushing costs: CPU per delivery of a fan-out and per echoed message, and heap per idle connection, of
// the Bayeux edge over WebSockets; beside it, in the same run, bare uWebSockets.js sending the same without a
// protocol. Servers run in processes of their own: their CPU time is counted, the client's is not.
//   node bench/edge/push.mjs [connections=1000] [fan-out rounds=50] [echoes per connection=20]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bundle } from './bundle.mjs';

const [connections, rounds, echoes] = [1_000, 50, 20].map((usual, index) =>
  Number(process.argv[2 + index] ?? usual),
);
const file = await bundle('bench/edge/push-server.ts', 'push-server');

/** Counts messages of all sockets together; `expect` resolves when so many more have come. */
class Counter {
  #left = 0;
  #resolve = () => undefined;

  expect(count) {
    this.#left = count;
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  note() {
    this.#left -= 1;
    if (this.#left === 0) this.#resolve();
  }
}

async function openSocket(url, counter) {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  return { socket, listen: () => socket.on('message', () => counter.note()) };
}

/** Handshake, first connect, subscriptions to the common channel and one's own, and a held connect. */
async function openBayeux(port, counter, index) {
  const { socket, listen } = await openSocket(`ws://127.0.0.1:${port}/server/cometd`, counter);
  const ask = async (message) => {
    const reply = once(socket, 'message');
    socket.send(JSON.stringify([message]));
    return JSON.parse((await reply)[0].toString());
  };
  const [{ clientId }] = await ask({ channel: '/meta/handshake', supportedConnectionTypes: ['websocket'] });
  const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket' };
  await ask(connect);
  const channel = `/own/${index}`;
  await ask({ channel: '/meta/subscribe', clientId, subscription: ['/all', channel] });
  socket.send(JSON.stringify([connect]));
  listen();
  return {
    socket,
    message: (round) => ({ channel, clientId, id: String(round), data: { text: 'an echo' } }),
  };
}

async function openBare(port, counter, index) {
  const { socket, listen } = await openSocket(`ws://127.0.0.1:${port}/`, counter);
  listen();
  return {
    socket,
    message: (round) => ({ channel: `/own/${index}`, id: String(round), data: { text: 'an echo' } }),
  };
}

async function measure(which, open) {
  const server = fork(file, [which], { execArgv: ['--expose-gc'] });
  const ask = async (request) => {
    server.send(request);
    return (await once(server, 'message'))[0];
  };
  const [{ port, wire }] = await once(server, 'message');
  const counter = new Counter();
  const before = await ask({ ask: 'memory' });
  const clients = [];
  for (let index = 0; index < connections; index += 50) {
    const count = Math.min(50, connections - index);
    clients.push(
      ...(await Promise.all(Array.from({ length: count }, (_, n) => open(port, counter, index + n)))),
    );
  }
  const idle = await ask({ ask: 'memory' });

  const fanOut = async (n) => {
    const all = counter.expect(connections);
    await ask({ ask: 'publish', n });
    await all;
  };
  const echo = async (round) => {
    const all = counter.expect(connections);
    for (const { socket, message } of clients) socket.send(JSON.stringify([message(round)]));
    await all;
  };
  /** CPU of the server and rate per message, after a fifth of the rounds as warm-up. */
  const run = async (step, count) => {
    for (let round = 0; round < Math.ceil(count / 5); round++) await step(round);
    const start = await ask({ ask: 'cpu' });
    const startMs = performance.now();
    for (let round = 0; round < count; round++) await step(round);
    const tookMs = performance.now() - startMs;
    const messages = count * connections;
    const cpuUs = ((await ask({ ask: 'cpu' })).cpuUs - start.cpuUs) / messages;
    return { cpuUs, perSecond: Math.round((messages / tookMs) * 1_000) };
  };
  const delivery = await run(fanOut, rounds);
  const echoed = await run(echo, echoes);
  for (const { socket } of clients) socket.terminate();
  server.kill();
  const heapBytes = Math.round((idle.heapBytes - before.heapBytes) / connections);
  return { wire, delivery, echoed, heapBytes };
}

const bare = await measure('bare', openBare);
const edge = await measure('edge', openBayeux);
const compare = (name, ours, theirs) =>
  `${name}_cpu_us=${ours.cpuUs.toFixed(1)} bare=${theirs.cpuUs.toFixed(1)}` +
  ` ratio=${(ours.cpuUs / theirs.cpuUs).toFixed(2)} per_s=${ours.perSecond}`;
console.log(
  [
    `edge/push wire=${edge.wire} connections=${connections}`,
    compare('delivery', edge.delivery, bare.delivery),
    compare('echo', edge.echoed, bare.echoed),
    `idle_heap_bytes=${edge.heapBytes} bare=${bare.heapBytes}`,
  ].join(' '),
);
