/**
 * CometD's JavaScript client in a real browser, by each of its transports, also on a page of another
 * origin.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../contract/bayeux/server.js';
import { newPerson, openBrowser } from '../../support/browser.js';
import { until } from '../../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-cometd-'));
let browser: Browser;
let server: TestServer;

/** The page keeps what it saw where the test can read it. */
const page = `<!doctype html><title>client</title><link rel="icon" href="data:,"><script type="module">
  import { AckExtension, CometD } from '/cometd-client/cometd.js';
  const query = new URLSearchParams(location.search);
  const client = (window.client = new CometD());
  const transport = query.get('transport');
  for (const type of ['websocket', 'long-polling', 'callback-polling']) {
    if (type !== transport) client.unregisterTransport(type);
  }
  window.seen = { data: [], states: [], replies: [] };
  client.configure({ url: query.get('url'), logLevel: 'warn' });
  client.registerExtension('ack', new AckExtension());
  client.addListener('/meta/connect', (reply) => window.seen.states.push(reply.successful));
  client.addListener('/service/echo', (message) => window.seen.data.push(message.data));
  client.handshake((reply) => {
    if (!reply.successful) return;
    client.batch(() => {
      client.subscribe('/news/*', (message) => window.seen.data.push(message.data));
      const echo = { from: 'a browser' };
      client.publish('/service/echo', echo, (answer) => window.seen.replies.push(answer.successful));
    });
  });
</script>`;

beforeAll(async () => {
  const packageFolder = dirname(createRequire(import.meta.url).resolve('cometd/package.json'));
  writeFileSync(join(folder, 'index.html'), page);
  server = await startServer(
    'native',
    { timeoutMs: 2_000 },
    {},
    {
      mounts: [
        { prefix: '/site/', folder },
        { prefix: '/cometd-client/', folder: packageFolder },
      ],
    },
  );
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  data: unknown[];
  states: boolean[];
  replies: boolean[];
}

/** Over plain HTTP browsers send no cookie to another site, so polls work from the own one only. */
const cases = [
  { transport: 'websocket', host: '127.0.0.1' },
  { transport: 'long-polling', host: '127.0.0.1' },
  { transport: 'callback-polling', host: '127.0.0.1' },
  { transport: 'websocket', host: 'localhost' },
];

describe('in Chromium', () => {
  it.each(cases)('by $transport from a page at $host', async ({ transport, host }) => {
    const person = await newPerson(browser);
    try {
      const query = new URLSearchParams({ transport, url: server.url });
      await person.page.goto(`http://${host}:${server.edge.port}/site/?${query.toString()}`);
      const seen = (): Promise<Seen> => person.page.evaluate('window.seen');
      await until(async () => (await seen()).replies.length === 1, 'the answer of the service');
      await until(() => server.edge.hasSubscribers('/news/x'), 'the subscription');
      for (let n = 0; n < 20; n++) server.edge.publish('/news/x', { n });
      await until(async () => (await seen()).data.length >= 21, 'all messages');
      const { data, replies } = await seen();
      expect(replies).toEqual([true]);
      expect(data).toEqual([{ from: 'a browser' }, ...Array.from({ length: 20 }, (_, n) => ({ n }))]);
      // Polls are held and come back.
      await until(async () => (await seen()).states.length >= 4, 'some polls');
      expect((await seen()).states.every(Boolean)).toBe(true);
      await person.page.evaluate('new Promise((done) => client.disconnect(done))');
      await until(() => server.edge.stats().sessions === 0, 'the end of the session');
      expect(person.complaints).toEqual([]);
    } finally {
      await person.close();
    }
  });
});
