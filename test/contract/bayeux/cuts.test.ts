/**
 * The JavaScript client while its connections are cut after so many bytes, in both directions: in the middle
 * of the handshake, of a subscription, of a poll, of a push. With the acknowledgement extension everything
 * comes once and in order, whatever was lost on the way.
 */
import { AckExtension, CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { CutProxy, type Cut } from '../../support/cut-proxy.js';
import { startServer, until, wires, type TestServer } from './server.js';

const count = 12;
const waitMs = 15_000;
const stages = [1, 100, 250, 400, 600, 800, 1_000, 1_400];
const cuts: Cut[] = stages.flatMap((after) =>
  (['up', 'down'] as const).map((direction) => ({ after, direction })),
);
const cases = wires.flatMap((wire) =>
  (['websocket', 'long-polling'] as const).map((transport) => ({ wire, transport })),
);

interface Reply {
  successful?: boolean;
  data?: unknown;
}

function newClient(url: string, transport: string): CometD {
  const client = new CometD();
  client.unregisterTransport('callback-polling');
  // A client that is to use WebSocket goes back to long-polling where a socket never opened.
  if (transport === 'long-polling') client.unregisterTransport('websocket');
  client.configure({ url, logLevel: 'warn', backoffIncrement: 20, maxBackoff: 100, maxNetworkDelay: 1_000 });
  client.registerExtension('ack', new AckExtension());
  return client;
}

/** As an application does: subscribes after every handshake, and again when the answer was lost. */
function listen(client: CometD, channel: string, got: number[]): void {
  const subscribe = (): void => {
    if (client.isDisconnected()) return;
    client.clearSubscriptions();
    client.subscribe(
      channel,
      () => undefined,
      (reply: Reply) => {
        if (reply.successful !== true) setTimeout(subscribe, 20);
      },
    );
  };
  // Between two tries the client has no subscriber of its own, and may be given messages already.
  client.registerExtension('record', {
    incoming: (message) => {
      if (message.channel === channel) got.push((message.data as { n: number }).n);
      return message;
    },
  });
  client.addListener('/meta/handshake', (reply: Reply) => {
    if (reply.successful === true) subscribe();
  });
}

/** Cuts the client's first connection and its third, and gives what came. */
async function comeThrough(server: TestServer, transport: string, cut: Cut, host: string): Promise<number[]> {
  const proxy = new CutProxy(server.edge.port);
  const client = newClient(`http://${host}:${await proxy.listen(host)}/server/cometd`, transport);
  proxy.plans.push(cut, { after: Infinity, direction: 'up' }, cut);
  const channel = `/cut/${cut.direction}/${cut.after}`;
  const got: number[] = [];
  listen(client, channel, got);
  client.handshake();
  await until(() => server.edge.hasSubscribers(channel), waitMs);
  for (let n = 0; n < count; n++) {
    server.edge.publish(channel, { n, text: 'x'.repeat(40) });
    if (n === count / 2) proxy.cutAll();
    if (n % 4 === 3) await until(() => got.length > n - 4, waitMs);
  }
  await until(() => got.length >= count, waitMs);
  expect(proxy.cuts).toBeGreaterThan(0);
  await new Promise<unknown>((resolve) => client.disconnect(resolve));
  await proxy.close();
  return got;
}

describe.each(cases)('by $transport over the $wire wire', ({ wire, transport }) => {
  beforeAll(() => adapt());

  it('everything comes once, wherever the connection is cut', async () => {
    const server = await startServer(wire, { maxSessionsPerBrowser: -1, maxIntervalMs: 5_000 });
    const results = await Promise.all(
      cuts.map(async (cut, index) => {
        // All clients of one process share a cookie jar, which tells browsers apart by the host's name.
        const host = `127.0.1.${index + 1}`;
        const got = await comeThrough(server, transport, cut, host).catch((error: unknown) => String(error));
        return { cut, got };
      }),
    );
    const expected = Array.from({ length: count }, (_, n) => n);
    expect(results).toEqual(cuts.map((cut) => ({ cut, got: expected })));
    await server.stop();
  });
});
