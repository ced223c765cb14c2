// CPU per delivery and per echoed message, and heap per idle connection, of the Bayeux edge over WebSockets.
// The server runs in a process of its own; its CPU time is what is counted, the client's is not.
//   node bench/edge/push.mjs [connections=1000] [fan-out rounds=50] [echoes per connection=20]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bundle } from './bundle.mjs';

const [connections, rounds, echoes] = [1_000, 50, 20].map((usual, index) =>
  Number(process.argv[2 + index] ?? usual),
);
const server = fork(await bundle('bench/edge/push-server.ts', 'push-server'), { execArgv: ['--expose-gc'] });
const ask = async (request) => {
  server.send(request);
  return (await once(server, 'message'))[0];
};
const [{ port, wire }] = await once(server, 'message');
const before = await ask({ ask: 'measure' });

let received = 0;
let wanted = 0;
let reached = () => undefined;
const expectMessages = (count) => {
  received = 0;
  wanted = count;
  return new Promise((resolve) => (reached = resolve));
};
const note = () => {
  received += 1;
  if (received === wanted) reached();
};

/** Handshake, first connect and a held one, and the subscription to the common channel and one's own. */
async function open(index) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/server/cometd`);
  await once(socket, 'open');
  const send = async (message) => {
    const reply = once(socket, 'message');
    socket.send(JSON.stringify([message]));
    return JSON.parse((await reply)[0].toString());
  };
  const [{ clientId }] = await send({ channel: '/meta/handshake', supportedConnectionTypes: ['websocket'] });
  const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket' };
  await send(connect);
  await send({ channel: '/meta/subscribe', clientId, subscription: ['/all', `/own/${index}`] });
  socket.send(JSON.stringify([connect]));
  socket.on('message', note);
  return { socket, clientId, channel: `/own/${index}` };
}

const clients = [];
for (let index = 0; index < connections; index += 50) {
  const batch = Array.from({ length: Math.min(50, connections - index) }, (_, offset) =>
    open(index + offset),
  );
  clients.push(...(await Promise.all(batch)));
}
const idle = await ask({ ask: 'measure' });
const heapPerConnection = (idle.heapBytes - before.heapBytes) / connections;
const rssPerConnection = (idle.rssBytes - before.rssBytes) / connections;

// Fan-out: one publish at a time, to all; the first rounds warm up.
const fanOut = async (count) => {
  for (let round = 0; round < count; round++) {
    const all = expectMessages(connections);
    await ask({ ask: 'publish', count: round });
    await all;
  }
};
await fanOut(Math.ceil(rounds / 5));
const fanStart = await ask({ ask: 'cpu' });
const fanMs = performance.now();
await fanOut(rounds);
const fanTookMs = performance.now() - fanMs;
const fanEnd = await ask({ ask: 'cpu' });
const deliveries = rounds * connections;

// Echo: every client publishes on its own channel, which only it reads; delivery and reply come in one frame.
const echo = async (count) => {
  for (let round = 0; round < count; round++) {
    const all = expectMessages(connections);
    for (const { socket, clientId, channel } of clients) {
      socket.send(
        JSON.stringify([{ channel, clientId, id: String(round), data: { round, text: 'an echo' } }]),
      );
    }
    await all;
  }
};
await echo(Math.ceil(echoes / 5));
const echoStart = await ask({ ask: 'cpu' });
const echoMs = performance.now();
await echo(echoes);
const echoTookMs = performance.now() - echoMs;
const echoEnd = await ask({ ask: 'cpu' });
const echoed = echoes * connections;

const us = (start, end, count) => ((end.cpuUs - start.cpuUs) / count).toFixed(1);
console.log(
  `edge/push wire=${wire} connections=${connections}` +
    ` cpu_us_per_delivery=${us(fanStart, fanEnd, deliveries)} deliveries_per_s=${Math.round((deliveries / fanTookMs) * 1_000)}` +
    ` cpu_us_per_echo=${us(echoStart, echoEnd, echoed)} echoes_per_s=${Math.round((echoed / echoTookMs) * 1_000)}` +
    ` heap_bytes_per_idle=${Math.round(heapPerConnection)} rss_bytes_per_idle=${Math.round(rssPerConnection)}` +
    ` delivered=${fanEnd.delivered - fanStart.delivered}`,
);
for (const { socket } of clients) socket.terminate();
server.kill();
