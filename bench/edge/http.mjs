// What the edge adds to bare uWebSockets.js: CPU per request of the same JSON endpoint, both in one run, by
// turns.
//   node bench/edge/http.mjs [requests=40000] [turns=4]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { bundle } from './bundle.mjs';

const requests = Number(process.argv[2] ?? 40_000);
const turns = Number(process.argv[3] ?? 4);
const sockets = 16;
const depth = 8;

const file = await bundle('bench/edge/http-server.ts', 'http-server');
const event = {
  eventID: '0123456789ABCDEF0123456789ABCDEF',
  eventName: 'PageEntered',
  data: { url: 'https://shop.example/a', title: 'A page' },
};
const body = JSON.stringify(Array.from({ length: 10 }, () => event));
const request = Buffer.from(
  `POST /server/data/events HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\n` +
    `accept: */*\r\naccept-language: en\r\ncontent-type: application/json\r\ncookie: session=0123456789\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const answerMark = '{"count":10}';

async function start(which) {
  const server = fork(file, [which]);
  const [{ port }] = await once(server, 'message');
  const cpu = async () => {
    server.send('cpu');
    return (await once(server, 'message'))[0].cpuUs;
  };
  return { server, port, cpu, cpuUs: 0, count: 0 };
}

/** Keeps `depth` requests under way on each of `sockets` connections until `count` are answered. */
function load(port, count) {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const open = [];
    for (let index = 0; index < sockets; index++) {
      const socket = connect(port, '127.0.0.1');
      open.push(socket);
      const next = () => {
        if (sent >= count) return;
        sent += 1;
        socket.write(request);
      };
      socket.on('connect', () => {
        for (let first = 0; first < depth; first++) next();
      });
      let rest = '';
      socket.on('data', (data) => {
        const parts = (rest + data.toString('latin1')).split(answerMark);
        rest = parts.pop() ?? '';
        for (let part = 0; part < parts.length; part++) {
          answered += 1;
          next();
        }
        if (answered === count) {
          for (const one of open) one.destroy();
          resolve();
        }
      });
      socket.on('error', reject);
    }
  });
}

const servers = { bare: await start('bare'), edge: await start('edge') };
for (const server of Object.values(servers)) await load(server.port, Math.ceil(requests / 4));
for (let turn = 0; turn < turns; turn++) {
  for (const server of turn % 2 === 0 ? [servers.bare, servers.edge] : [servers.edge, servers.bare]) {
    const before = await server.cpu();
    await load(server.port, requests / turns);
    server.cpuUs += (await server.cpu()) - before;
    server.count += requests / turns;
  }
}
const each = (server) => server.cpuUs / server.count;
const [bare, edge] = [each(servers.bare), each(servers.edge)];
console.log(
  [
    `edge/http requests=${requests} bytes=${body.length}`,
    `bare_cpu_us=${bare.toFixed(2)} edge_cpu_us=${edge.toFixed(2)}`,
    `added_cpu_us=${(edge - bare).toFixed(2)} ratio=${(edge / bare).toFixed(3)}`,
  ].join(' '),
);
for (const { server } of Object.values(servers)) server.kill();
