/** The official JavaScript client, as it runs in every browser, against the real server over both wires. */
import { AckExtension, CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-ports.js';
import { startServer, until, wires, type TestServer } from './server.js';

interface Received {
  data?: unknown;
  successful?: boolean;
  error?: string;
}

const transports = ['websocket', 'long-polling'] as const;
const cases = wires.flatMap((wire) => transports.map((transport) => ({ wire, transport })));

describe.each(cases)('the official client by $transport over the $wire wire', ({ wire, transport }) => {
  let server: TestServer;
  const clients: CometD[] = [];
  beforeAll(() => adapt());

  const newClient = (more: object = {}): CometD => {
    const client = new CometD();
    for (const other of ['websocket', 'long-polling', 'callback-polling']) {
      if (other !== transport) client.unregisterTransport(other);
    }
    client.configure({
      url: server.url,
      logLevel: 'warn',
      backoffIncrement: 50,
      maxNetworkDelay: 5_000,
      ...more,
    });
    clients.push(client);
    return client;
  };
  const handshake = (client: CometD): Promise<Received> =>
    new Promise((resolve) => client.handshake((reply: Received) => resolve(reply)));
  const subscribe = (client: CometD, channel: string, got: unknown[]): Promise<Received> =>
    new Promise((resolve) => {
      client.subscribe(
        channel,
        (message: Received) => void got.push(message.data),
        (reply: Received) => resolve(reply),
      );
    });
  const publish = (client: CometD, channel: string, data: object): Promise<Received> =>
    new Promise((resolve) => client.publish(channel, data, (reply: Received) => resolve(reply)));
  const disconnect = (client: CometD): Promise<Received> =>
    new Promise((resolve) => {
      if (client.isDisconnected()) resolve({});
      else client.disconnect((reply: Received) => resolve(reply));
    });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => disconnect(client)));
    await server.stop();
  });

  it('subscribes, publishes, is pushed to and disconnects', async () => {
    server = await startServer(wire);
    const client = newClient();
    expect((await handshake(client)).successful).toBe(true);
    const got: unknown[] = [];
    expect((await subscribe(client, '/chat/*', got)).successful).toBe(true);
    expect((await publish(client, '/chat/a', { own: 1 })).successful).toBe(true);
    for (let n = 0; n < 20; n++) server.edge.publish('/chat/b', { n });
    await until(() => got.length === 21);
    expect(new Set(got.map((data) => JSON.stringify(data))).size).toBe(21);
    expect((await disconnect(client)).successful).toBe(true);
    await until(() => server.edge.stats().sessions === 0);
  });

  it('is answered by a service', async () => {
    server = await startServer(wire);
    const client = newClient();
    const got: unknown[] = [];
    client.addListener('/service/echo', (message: Received) => void got.push(message.data));
    await handshake(client);
    expect((await publish(client, '/service/echo', { ping: true })).successful).toBe(true);
    await until(() => got.length === 1);
    expect(got).toEqual([{ ping: true }]);
  });

  it('keeps its batch in order', async () => {
    server = await startServer(wire);
    const client = newClient();
    const got: unknown[] = [];
    await handshake(client);
    client.batch(() => {
      client.subscribe('/a', (message: Received) => void got.push(message.data));
      for (let n = 0; n < 10; n++) client.publish('/a', { n });
    });
    await until(() => got.length === 10);
    expect(got).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })));
  });

  it('stays connected over several polls', async () => {
    server = await startServer(wire, { timeoutMs: 100, maxIntervalMs: 400 });
    const client = newClient();
    const replies: boolean[] = [];
    client.addListener('/meta/connect', (reply: Received) => void replies.push(reply.successful === true));
    await handshake(client);
    await until(() => replies.length >= 6);
    expect(replies.every(Boolean)).toBe(true);
    expect(server.edge.stats().bayeux.sessionsOpened).toBe(1);
  });

  it('4: shakes hands again when its session is gone, and subscribes again', async () => {
    const port = await freePort();
    server = await startServer(wire, {}, {}, { port });
    const client = newClient();
    const got: unknown[] = [];
    let handshakes = 0;
    client.addListener('/meta/handshake', (reply: Received) => {
      if (reply.successful !== true) return;
      handshakes += 1;
      client.subscribe('/a', (message: Received) => void got.push(message.data));
    });
    await handshake(client);
    await until(() => server.edge.hasSubscribers('/a'));
    await server.stop();
    server = await startServer(wire, {}, {}, { port });
    await until(() => handshakes === 2 && server.edge.hasSubscribers('/a'), 15_000);
    server.edge.publish('/a', { after: 'the restart' });
    await until(() => got.length === 1);
  });

  it('3: acknowledges, and gets everything once and in order', async () => {
    server = await startServer(wire);
    const client = newClient();
    client.registerExtension('ack', new AckExtension());
    await handshake(client);
    const got: unknown[] = [];
    await subscribe(client, '/a', got);
    for (let n = 0; n < 200; n++) {
      server.edge.publish('/a', { n });
      if (n % 20 === 0) await until(() => got.length > n - 20);
    }
    await until(() => got.length >= 200);
    expect(got).toEqual(Array.from({ length: 200 }, (_, n) => ({ n })));
  });

  it('is told why it may not', async () => {
    server = await startServer(wire, {}, { policy: { maySubscribe: () => false, mayPublish: () => false } });
    const client = newClient();
    await handshake(client);
    expect(await subscribe(client, '/a', [])).toMatchObject({
      successful: false,
      error: '403::subscribe_denied',
    });
    expect(await publish(client, '/a', {})).toMatchObject({
      successful: false,
      error: '403::publish_denied',
    });
  });
});
