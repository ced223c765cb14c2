/** CometD's Java client, as integrations use it, against the real server by both of its transports. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JavaClients, type JavaClient } from '../../services/cometd/cometd.js';
import { CutProxy } from '../../support/cut-proxy.js';
import { freePort } from '../../support/free-ports.js';
import { startServer, until, wires, type TestServer } from './server.js';

const transports = ['websocket', 'long-polling'] as const;
const cases = wires.flatMap((wire) => transports.map((transport) => ({ wire, transport })));

let java: JavaClients;
// The first run on a machine fetches the client.
beforeAll(async () => {
  java = await JavaClients.start();
}, 300_000);
afterAll(() => java.stop());

describe.each(cases)('the Java client by $transport over the $wire wire', ({ wire, transport }) => {
  let server: TestServer;
  let proxy: CutProxy | undefined;
  const clients: JavaClient[] = [];
  const newClient = (ack = false, url = server.url): JavaClient => {
    const client = java.newClient(url, [transport], ack);
    clients.push(client);
    return client;
  };
  const subscribed = async (client: JavaClient, channel: string): Promise<void> => {
    client.tell('subscribe', channel);
    expect(await client.next('/meta/subscribe')).toMatchObject({ successful: true });
  };

  afterEach(async () => {
    for (const client of clients.splice(0)) client.tell('abort');
    await proxy?.close();
    proxy = undefined;
    await server.stop();
  });

  it('subscribes, publishes, is pushed to and disconnects', async () => {
    server = await startServer(wire);
    const client = await newClient().start();
    expect(client.seen('/meta/handshake')[0]).toMatchObject({ successful: true });
    await subscribed(client, '/chat/**');
    client.tell('publish', '/chat/a/b', '{"own":1}');
    expect(await client.next('published')).toMatchObject({ successful: true });
    for (let n = 0; n < 20; n++) server.edge.publish('/chat/b', { n });
    await client.next('message', 21);
    expect(client.data).toEqual(
      expect.arrayContaining([{ own: 1 }, ...Array.from({ length: 20 }, (_, n) => ({ n }))]),
    );
    client.tell('disconnect');
    await until(() => server.edge.stats().sessions === 0);
    expect(client.data).toHaveLength(21);
  });

  it('is answered by a service, and keeps a batch in order', async () => {
    server = await startServer(wire);
    const client = await newClient().start();
    client.tell('listen', '/service/echo');
    client.tell('publish', '/service/echo', '{"ping":true}');
    await client.next('message');
    expect(client.data).toEqual([{ ping: true }]);
    await subscribed(client, '/a');
    client.tell('batch', '/a', '10');
    await client.next('message', 11);
    expect(client.data.slice(1)).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })));
  });

  it('stays connected over several polls', async () => {
    server = await startServer(wire, { timeoutMs: 100, maxIntervalMs: 1_000 });
    const client = await newClient().start();
    await client.next('/meta/connect', 6);
    expect(client.seen('/meta/connect').every((reply) => reply.successful === true)).toBe(true);
    expect(server.edge.stats().bayeux.sessionsOpened).toBe(1);
  });

  it('is told why it may not', async () => {
    server = await startServer(wire, {}, { policy: { maySubscribe: () => false, mayPublish: () => false } });
    const client = await newClient().start();
    client.tell('subscribe', '/a');
    expect(await client.next('/meta/subscribe')).toMatchObject({ error: '403::subscribe_denied' });
    client.tell('publish', '/a', '1');
    expect(await client.next('published')).toMatchObject({ error: '403::publish_denied' });
  });

  it('shakes hands again when its session is gone', async () => {
    const port = await freePort();
    server = await startServer(wire, {}, {}, { port });
    const client = await newClient().start();
    await server.stop();
    server = await startServer(wire, {}, {}, { port });
    await until(() => client.seen('/meta/handshake').some((_, n) => n > 0), 15_000);
    await until(() => server.edge.stats().sessions === 1);
    client.tell('subscribe', '/a');
    await until(() => server.edge.hasSubscribers('/a'));
    server.edge.publish('/a', { after: 'the restart' });
    await client.next('message');
    expect(client.data).toEqual([{ after: 'the restart' }]);
  });

  it('gets everything once and in order while its connections are cut', async () => {
    server = await startServer(wire);
    proxy = new CutProxy(server.edge.port);
    const port = await proxy.listen();
    const client = await newClient(true, `http://127.0.0.1:${port}/server/cometd`).start();
    await subscribed(client, '/a');
    const count = 120;
    for (let n = 0; n < count; n++) {
      server.edge.publish('/a', { n });
      if (n % 20 !== 10) continue;
      await until(() => (proxy?.live ?? 0) > 0);
      proxy.cutAll();
      await until(() => client.data.length > n - 20);
    }
    await client.next('message', count, 20_000);
    expect(client.data).toEqual(Array.from({ length: count }, (_, n) => ({ n })));
    expect(proxy.cuts).toBeGreaterThan(5);
    expect(server.edge.stats().bayeux.sessionsOpened).toBe(1);
  });
});
