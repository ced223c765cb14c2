/** Messages of the server reach the page whatever becomes of the connection. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml, snippet } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();

async function listen(): Promise<void> {
  await visitor.page.evaluate(`window.heard = []; _gt.push(['subscribe', 'news', (data) => heard.push(data)]);
    document.addEventListener('beckon', ({ detail }) => heard.push(detail.channel))`);
}

const heard = (): Promise<unknown> => visitor.page.evaluate('window.heard');

describe('push', () => {
  it('comes over a WebSocket, to the site and only to the page that is meant', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await listen();
    const { pageID } = await visitor.event('PageEntered');
    fake.push('news', 'other page', 'SOMEPAGE');
    fake.push('news', { n: 1 }, pageID);
    fake.push('gpe.unknown', 1);
    fake.push('toString', 2);
    await eventually('both', async () => ((await heard()) as unknown[]).length === 3);
    expect(await heard()).toEqual(['news', { n: 1 }, 'toString']);
    expect(fake.bayeux.transports).toEqual(['websocket']);
    expect(visitor.opened.errors).toEqual([]);
  });

  it('falls back to long-polling where WebSocket is blocked, and remembers that in the tab', async () => {
    const { fake } = visitor;
    fake.refusesSockets = true;
    await visitor.visit();
    expect(fake.bayeux.transports).toEqual(['long-polling']);
    await listen();
    for (const n of [1, 2, 3]) fake.push('news', n);
    await eventually('three', async () => ((await heard()) as unknown[]).length === 6);
    fake.refusesSockets = false;
    await visitor.page.reload();
    await eventually('the second session', () => fake.bayeux.transports.length === 2);
    expect(fake.bayeux.transports).toEqual(['long-polling', 'long-polling']);
    await visitor.subscribed();
    fake.invite();
    await visitor.page.waitForSelector(hook('invitation'));
  });

  it('uses long-polling when the site wants no WebSocket', async () => {
    const head = snippet.replace('debug: true', 'disableWebSockets: true');
    visitor.fake.pages.set('/polling', pageHtml('Polling', '', head));
    await visitor.visit('/polling');
    expect(visitor.fake.bayeux.transports).toEqual(['long-polling']);
  });

  it('shakes hands and subscribes again when the server has forgotten the session', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await listen();
    fake.bayeux.forgetSessions();
    fake.bayeux.closeSockets();
    await eventually('the second handshake', () => fake.bayeux.transports.length === 2);
    await visitor.subscribed();
    fake.push('news', 'again');
    await eventually('the message', async () => ((await heard()) as unknown[]).length === 2);
    expect(fake.bayeux.subscriptions).toEqual(['/notification/V1', '/notification/V1']);
  });

  it('keeps the session over a lost connection, and with it what was pushed meanwhile', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await listen();
    fake.bayeux.closeSockets();
    fake.push('news', 'meanwhile');
    await eventually('the message', async () => ((await heard()) as unknown[]).length === 2);
    expect(fake.bayeux.transports).toEqual(['websocket']);
  });

  it('appends content of the site, and of no one else', async () => {
    const { fake } = visitor;
    fake.pages.set('/offer', '<p id="offer">Offer</p>');
    await visitor.visit();
    fake.push('gpe.appendContent', { url: 'http://127.0.0.1:1/evil', method: 'GET', container: 'body' });
    fake.push('gpe.appendContent', { url: '/offer', method: 'GET', container: 'main' });
    await visitor.page.waitForSelector('main #offer');
    await eventually('word of the refusal', () =>
      visitor.opened.console.some((line) => line.includes('content of another origin is refused')),
    );
  });
});
