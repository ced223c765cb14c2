/** The edge under clients that read nothing, write slowly, or come in numbers, over both wires. */
import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createEdge, type Edge, type EdgeOptions, type Respond } from '../../../src/transport/edge/index.js';
import { createNodeWire } from '../../../src/transport/edge/wire/node.js';
import { openFiles } from '../../../src/transport/edge/wire/open-files.js';
import { until } from '../../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'edge-abuse-'));
writeFileSync(join(folder, 'a.txt'), 'a file');
afterAll(() => rmSync(folder, { recursive: true }));

const bigBytes = 40_000_000;
const smallBytes = 10_000;
const sockets: (Socket | WebSocket)[] = [];
let edge: Edge;
let waiting: Respond[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    if ('destroy' in socket) socket.destroy();
    else socket.terminate();
  }
  await edge.close();
  waiting = [];
});

async function start(wire: 'native' | 'node', options: Partial<EdgeOptions> = {}): Promise<string> {
  const body = (path: string, size: number) => ({
    method: 'GET' as const,
    path,
    bodyBytesMax: 0,
    handle: (_request: unknown, respond: Respond) => respond(200, Buffer.alloc(size, 'x')),
  });
  edge = createEdge({
    host: '127.0.0.1',
    port: 0,
    wire,
    trustedProxies: ['loopback'],
    routes: [
      body('/small', smallBytes),
      body('/big', bigBytes),
      {
        method: 'GET',
        path: '/late',
        bodyBytesMax: 0,
        handle: (_request, respond) => void waiting.push(respond),
      },
      {
        method: 'POST',
        path: '/body',
        bodyBytesMax: 9_000,
        handle: (_request, respond) => respond(200, '{}'),
      },
    ],
    mounts: [{ prefix: '/files/', folder }],
    fallback: () => Promise.resolve({ status: 200, headers: {}, body: '{}' }),
    bayeux: {
      path: '/cometd',
      settings: {},
      policy: { maySubscribe: () => true, mayPublish: () => true },
      contextOf: () => ({ identity: '' }),
    },
    ...options,
    limits: { closeTimeoutMs: 100, ...options.limits },
  });
  return `http://127.0.0.1:${await edge.listen()}`;
}

/** A client that writes and does not read until it is told to. */
function client(text = ''): Socket & { hasClosed: boolean } {
  const socket = Object.assign(connect(edge.port, '127.0.0.1'), { hasClosed: false });
  socket.on('error', () => undefined);
  socket.on('close', () => (socket.hasClosed = true));
  socket.pause();
  socket.write(text);
  sockets.push(socket);
  return socket;
}

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

/** Requests that are answered at once, and how many may be before a client that never reads is ended. */
const unread: Record<'native' | 'node', [string, string, number][]> = {
  native: [
    ['answers', 'GET /small HTTP/1.1\r\nhost: x\r\n\r\n', 5_000],
    [
      'answers without a body',
      'OPTIONS /a HTTP/1.1\r\nhost: x\r\norigin: http://a.example\r\n' +
        'access-control-request-method: GET\r\n\r\n',
      5_000,
    ],
    ['answers to HEAD', 'HEAD /small HTTP/1.1\r\nhost: x\r\n\r\n', 5_000],
  ],
  // Node stops reading, whatever the answer.
  node: [['answers', 'GET /small HTTP/1.1\r\nhost: x\r\n\r\n', 5_000]],
};

describe.each(['native', 'node'] as const)('the edge over the %s wire', (wire) => {
  it.each(unread[wire])(
    'does not pile up %s for who asks on and reads nothing',
    async (_what, request, most) => {
      await start(wire);
      const socket = client();
      const chunk = request.repeat(500);
      for (let sent = 0; sent < 20_000 && !socket.hasClosed; sent += 500) {
        socket.write(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      let [before, same] = [-1, 0];
      await until(() => {
        const { requests } = edge.stats();
        same = requests === before ? same + 1 : 0;
        before = requests;
        return socket.hasClosed || same > 20;
      }, 'the server to take no more');
      expect(edge.stats().requests).toBeGreaterThan(0);
      expect(edge.stats().requests).toBeLessThan(most);
    },
  );

  it('cuts a client that takes nothing of a large answer', { timeout: 60_000 }, async () => {
    const base = await start(wire, { limits: { answerTimeoutMs: 300 } });
    const socket = client('GET /big HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => edge.stats().answersCut + edge.stats().requestsAborted === 1, 'the cut', 40_000);
    let received = 0;
    socket.on('data', (bytes: Buffer) => void (received += bytes.length));
    socket.resume();
    await until(() => socket.hasClosed, 'the close', 10_000);
    expect(received).toBeLessThan(bigBytes);
    expect((await (await fetch(`${base}/big`)).arrayBuffer()).byteLength).toBe(bigBytes);
  });

  it(
    'ends connections that say nothing, or their head or body byte by byte',
    { timeout: 60_000 },
    async () => {
      await start(wire);
      const silent = client();
      const head = client('GET /small HTTP/1.1\r\nhost: x\r\nx: ');
      const body = client('POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n');
      const drip = setInterval(() => [head, body].forEach((socket) => socket.write('a')), 200);
      for (const socket of [silent, head, body]) socket.resume();
      try {
        await until(() => silent.hasClosed && head.hasClosed && body.hasClosed, 'the closes', 40_000);
      } finally {
        clearInterval(drip);
      }
      expect(edge.stats().requestsInFlight).toBe(0);
    },
  );

  it('bounds what one client has under way, held requests and WebSockets together', async () => {
    const base = await start(wire, { limits: { addressConnectionsMax: 2 } });
    const abort = new AbortController();
    const held = fetch(`${base}/late`, { ...from('9.9.9.9'), signal: abort.signal }).catch(() => 'aborted');
    await until(() => waiting.length === 1, 'the held request');
    const socket = new WebSocket(`${base.replace('http', 'ws')}/cometd`, from('9.9.9.9'));
    sockets.push(socket);
    await until(() => edge.stats().webSockets === 1, 'the WebSocket');
    for (const path of ['/small', '/files/a.txt', '/rest', '/cometd']) {
      const refused = await fetch(base + path, from('9.9.9.9'));
      expect([path, refused.status, refused.headers.get('retry-after')]).toEqual([path, 429, '1']);
      expect(await refused.json()).toMatchObject({ error: 'TOO_MANY_REQUESTS' });
    }
    const second = new WebSocket(`${base.replace('http', 'ws')}/cometd`, from('9.9.9.9'));
    expect(await new Promise((resolve) => second.on('error', (error) => resolve(error.message)))).toContain(
      '429',
    );
    expect((await fetch(`${base}/small`, from('9.9.9.8'))).status).toBe(200);
    expect(edge.stats().requestsRefused).toBe(5);
    abort.abort();
    await held;
    await until(() => edge.stats().requestsInFlight === 0, 'the end of the held request');
    expect((await fetch(`${base}/small`, from('9.9.9.9'))).status).toBe(200);
  });

  it('bounds the rate of a client over all doors, frames of a WebSocket among them', async () => {
    const base = await start(wire, { limits: { addressRequestsPerSecond: 1 } });
    const paths = ['/small', '/files/a.txt', '/rest'];
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++) {
      statuses.push((await fetch(base + (paths[count % 3] ?? ''), from('9.9.9.9'))).status);
    }
    expect(statuses.filter((status) => status === 200).length).toBeLessThan(12);
    expect(statuses.at(-1)).toBe(429);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/cometd`, from('9.9.9.7'));
    sockets.push(socket);
    let code = 0;
    socket.on('close', (closed) => void (code = closed));
    await new Promise((resolve) => socket.once('open', resolve));
    for (let count = 0; count < 100; count++) socket.send('[]');
    await until(() => code === 1008, 'the close');
  });

  it('unpacks nothing, and takes no text that is not UTF-8', async () => {
    const base = await start(wire);
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const path of ['/body', '/rest', '/cometd']) {
      const packed = await fetch(base + path, {
        method: 'POST',
        body: bomb.subarray(0, 5_000),
        headers: { 'content-encoding': 'gzip' },
      });
      expect([path, packed.status]).toEqual([path, 415]);
    }
    const broken = await fetch(`${base}/cometd`, {
      method: 'POST',
      body: Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]),
    });
    expect(broken.status).toBe(400);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/cometd`, {
      headers: { 'sec-websocket-extensions': 'permessage-deflate' },
    });
    sockets.push(socket);
    let code = 0;
    socket.on('close', (closed) => void (code = closed));
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.extensions).toBe('');
    socket.send(Buffer.from([0xff, 0xfe, 0x22]), { binary: false });
    await until(() => code !== 0, 'the close');
    expect([1006, 1007]).toContain(code);
  });

  it('answers HEAD without a body on a connection that goes on, whatever the answer', async () => {
    await start(wire, { limits: { addressRequestsPerSecond: 0 } });
    const requests = ['HEAD /rest', 'HEAD /files/a.txt', 'HEAD /files/none', 'POST /files/a.txt'];
    const socket = client();
    let answers = '';
    socket.on('data', (bytes: Buffer) => void (answers += bytes.toString('latin1')));
    socket.resume();
    for (const [index, request] of requests.entries()) {
      // By chance such an answer may be the last of its connection.
      if (socket.hasClosed) return;
      socket.write(`${request} HTTP/1.1\r\nhost: x\r\n${index === 3 ? 'content-length: 0\r\n' : ''}\r\n`);
      await until(() => socket.hasClosed || answers.split('HTTP/1.1 ').length === index + 2, 'the answer');
    }
    expect(
      answers
        .split('HTTP/1.1 ')
        .slice(1, 4)
        .every((answer) => answer.endsWith('\r\n\r\n')),
    ).toBe(true);
  });
});

it('stops listening on the native wire while too much is open', { timeout: 30_000 }, async () => {
  const connectionsMax = (await openFiles()) + 30;
  const told: string[] = [];
  const base = await start('native', {
    limits: { connectionsMax },
    onError: (error) => told.push(String(error)),
  });
  // Each costs this process two: the server's end and the client's.
  while (edge.stats().connectionsRefused === 0) {
    client();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await expect(fetch(`${base}/small`)).rejects.toThrow();
  expect(told.join()).toMatch(/files and connections are open/);
  for (const socket of sockets.splice(0)) (socket as Socket).destroy();
  let isBack = false;
  await until(
    () => {
      fetch(`${base}/small`).then(
        () => (isBack = true),
        () => undefined,
      );
      return isBack;
    },
    'the port',
    20_000,
  );
});

it('refuses connections on the node wire, in all and by address', async () => {
  await start('node');
  let held = 0;
  const wire = createNodeWire({
    bodyTimeoutMs: 1_000,
    pendingBodyBytesMax: 1_000,
    answerTimeoutMs: 1_000,
    pendingAnswerBytesMax: 1_000,
    frameBytesMax: 1_000,
    unsentBytesMax: 1_000,
    connectionsMax: 3,
    holdConnection: () => (held >= 2 ? undefined : ((held += 1), () => void (held -= 1))),
  });
  const port = await wire.listen('127.0.0.1', 0);
  const open = (): Socket & { hasClosed: boolean } => {
    const socket = Object.assign(connect(port, '127.0.0.1'), { hasClosed: false });
    socket.on('error', () => undefined);
    socket.on('close', () => (socket.hasClosed = true));
    socket.resume();
    sockets.push(socket);
    return socket;
  };
  const taken = [open(), open()];
  await until(() => held === 2, 'two connections');
  const third = open();
  await until(() => third.hasClosed, 'the refusal');
  expect(wire.counters.connectionsRefused).toBe(1);
  taken[0]?.destroy();
  await until(() => held === 1, 'the close');
  open();
  await until(() => held === 2, 'another connection');
  wire.finish();
  wire.destroy();
});
