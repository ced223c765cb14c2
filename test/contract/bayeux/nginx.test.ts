/**
 * Both official clients through nginx as the sample configures it, with WebSocket and where it is blocked.
 */
import { AckExtension, CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaClients } from '../../services/cometd/cometd.js';
import { startNginx, type Nginx } from '../../services/nginx/nginx.js';
import { freePort } from '../../support/free-ports.js';
import { startServer, until, type TestServer } from './server.js';

let java: JavaClients;
beforeAll(async () => {
  adapt();
  java = await JavaClients.start();
}, 300_000);
afterAll(() => java.stop());

const numbers = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

describe.each([{ blocksWebSocket: false }, { blocksWebSocket: true }])(
  'through nginx, WebSocket blocked: $blocksWebSocket',
  ({ blocksWebSocket }) => {
    let server: TestServer;
    let nginx: Nginx;
    let url = '';
    beforeAll(async () => {
      server = await startServer(
        'native',
        { maxSessionsPerBrowser: -1 },
        {},
        { trustedProxies: ['loopback'] },
      );
      nginx = await startNginx({ port: await freePort(), target: server.edge.port, blocksWebSocket });
      url = `http://127.0.0.1:${nginx.port}/server/cometd`;
    });
    afterAll(async () => {
      await nginx.stop();
      await server.stop();
    });

    it('carries the JavaScript client, which finds the way by itself', async () => {
      const client = new CometD();
      client.unregisterTransport('callback-polling');
      client.configure({ url, logLevel: 'warn', backoffIncrement: 50, maxNetworkDelay: 5_000 });
      client.registerExtension('ack', new AckExtension());
      const got: unknown[] = [];
      const shaken = await new Promise<{ successful?: boolean }>((resolve) => client.handshake(resolve));
      // Where WebSocket is blocked the first handshake fails, and the client goes on by long-polling.
      if (shaken.successful !== true) await until(() => client.getStatus() === 'connected', 15_000);
      expect(client.getTransport()?.type).toBe(blocksWebSocket ? 'long-polling' : 'websocket');
      client.subscribe('/js', (message: { data?: unknown }) => void got.push(message.data));
      await until(() => server.edge.hasSubscribers('/js'));
      for (const data of numbers(50)) server.edge.publish('/js', data);
      await until(() => got.length >= 50);
      expect(got).toEqual(numbers(50));
      await new Promise<unknown>((resolve) => client.disconnect(resolve));
    });

    it("takes a request with more cookies than the node's own port would", async () => {
      const cookie = `BAYEUX_BROWSER=${'b'.repeat(32)}; big=${'x'.repeat(12_000)}`;
      const response = await fetch(`${url}/handshake`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify([
          { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] },
        ]),
      });
      const [reply] = (await response.json()) as { successful: boolean; clientId: string }[];
      expect(reply?.successful).toBe(true);
      // The browser's own cookie has come through: it needs no other.
      expect(response.headers.get('set-cookie')).toBeNull();
      const disconnect = [{ channel: '/meta/disconnect', clientId: reply?.clientId }];
      const body = JSON.stringify(disconnect);
      await fetch(url, { method: 'POST', headers: { cookie }, body });
      await until(() => server.edge.stats().sessions === 0);
    });

    it.each(blocksWebSocket ? ['long-polling'] : ['websocket', 'long-polling'])(
      'carries the Java client by %s',
      async (transport) => {
        const client = await java.newClient(url, [transport], true).start();
        client.tell('subscribe', `/java/${transport}`);
        await client.next('/meta/subscribe');
        for (const data of numbers(50)) server.edge.publish(`/java/${transport}`, data);
        await client.next('message', 50);
        expect(client.data).toEqual(numbers(50));
        client.tell('publish', `/java/${transport}`, '{"own":1}');
        await client.next('message', 51);
        client.tell('disconnect');
        await until(() => server.edge.stats().sessions === 0);
      },
    );
  },
);
