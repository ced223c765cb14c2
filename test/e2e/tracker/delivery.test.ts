/** Events arrive: under failures, over page loads, from several tabs, and whatever the site calls. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml, snippet } from './fake-server.js';
import { useVisitor } from './visitor.js';

const visitor = useVisitor();

describe('delivery', () => {
  it('sends again after 503 until all is acknowledged, once and in order', async () => {
    const { fake } = visitor;
    fake.isUnwell = true;
    await visitor.visit();
    await visitor.gt(`[['event', 'One'], ['event', 'Two', { data: { n: 2 } }]]`);
    await eventually('a try', () => fake.requests.includes('POST /server/data/events'));
    fake.isUnwell = false;
    await eventually('all', () => fake.events.length === 4);
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'One', 'Two']);
    expect(fake.posted.flat()).toHaveLength(4);
  });

  it('keeps what could not be sent for the next page, in order', async () => {
    const { fake } = visitor;
    fake.isUnwell = true;
    await visitor.visit();
    await visitor.gt(`[['event', 'Lost']]`);
    await visitor.page.click('#next');
    await visitor.page.waitForURL('**/second');
    fake.isUnwell = false;
    await eventually('all', () => fake.events.length === 5);
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Lost', 'PageExited', 'PageEntered']);
    const [, first, lost, exited, second] = fake.events;
    expect(lost!.pageID).toBe(first!.pageID);
    expect(exited!.pageID).toBe(first!.pageID);
    expect(second!.pageID).not.toBe(first!.pageID);
    await eventually('nothing left behind', async () => {
      const keys = await visitor.page.evaluate('Object.keys(localStorage)');
      return (keys as string[]).length === 0;
    });
  });

  it('sends at once what happened offline when the browser is online again', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await visitor.event('PageEntered');
    await visitor.opened.context.setOffline(true);
    await visitor.gt(`[['event', 'Offline']]`);
    await eventually('it is kept', () =>
      visitor.page.evaluate(`JSON.stringify(localStorage).includes('Offline')`),
    );
    await visitor.opened.context.setOffline(false);
    await visitor.event('Offline');
    await visitor.subscribed();
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Offline']);
    expect(fake.posted.flat()).toHaveLength(3);
  });

  it('enters the page anew when the visitor comes back to it out of the browser’s cache', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await visitor.event('PageEntered');
    const cached = (kind: string): Promise<unknown> =>
      visitor.page.evaluate(`dispatchEvent(new PageTransitionEvent('${kind}', { persisted: true }))`);
    await cached('pagehide');
    await visitor.event('PageExited');
    await eventually('goodbye', () => !fake.bayeux.hasSubscriber('/notification/V1'));
    await cached('pageshow');
    await eventually('the page again', () => fake.events.length === 4);
    await visitor.subscribed();
    expect(visitor.names().slice(2)).toEqual(['PageExited', 'PageEntered']);
    expect(fake.events[3]!.pageID).not.toBe(fake.events[1]!.pageID);
  });

  it('tells of the exit when the visitor leaves the site', async () => {
    await visitor.visit();
    await visitor.page.goto('about:blank');
    await visitor.event('PageExited');
  });

  it('begins a new visit when the server says so', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await eventually('the first page', () => fake.events.length === 2);
    fake.expireVisit();
    await visitor.page.reload();
    await eventually('the new visit', () => fake.events.length === 5);
    const found = fake.events.map(({ eventName, visitID }) => `${visitID} ${eventName}`);
    expect(found.slice(0, 2)).toEqual(['V1 VisitStarted', 'V1 PageEntered']);
    expect(found.slice(2).sort()).toEqual(['V1 PageExited', 'V2 PageEntered', 'V2 VisitStarted']);
    expect(found.indexOf('V2 VisitStarted')).toBeLessThan(found.indexOf('V2 PageEntered'));
    await eventually('the new channel', () => fake.bayeux.subscriptions.includes('/notification/V2'));
  });

  it('shares one visit among tabs', async () => {
    const { fake } = visitor;
    await visitor.visit();
    const tab = await visitor.opened.context.newPage();
    await tab.goto(`${fake.url}/second`);
    await eventually(
      'both',
      () => fake.events.filter((event) => event.eventName === 'PageEntered').length === 2,
    );
    expect(new Set(fake.events.map(({ visitID }) => visitID))).toEqual(new Set(['V1']));
    expect(visitor.names().filter((name) => name === 'VisitStarted')).toHaveLength(1);
  });

  it('drops what the server rejects and goes on', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await visitor.gt(`[['event', 'RejectMe'], ['event', 'Fine']]`);
    await visitor.event('Fine');
    expect(fake.posted.flat().filter(({ eventName }) => eventName === 'RejectMe')).toHaveLength(1);
    await eventually('word of it', () =>
      visitor.opened.console.some((line) => line.includes('the server rejected')),
    );
  });
});

describe('calls of the site', () => {
  it('takes both styles, before and after it has loaded', async () => {
    const { fake } = visitor;
    const early = `<script>_gt.push(['event', 'Early', { data: { a: 1 } }]);
      _gt.push(['getIDs', (ids) => (window.ids = ids)]);</script>`;
    fake.pages.set('/early', pageHtml('Early', '', snippet + early));
    await visitor.visit('/early');
    await visitor.gt(`[
      ['event', { eventName: 'Older', sku: 'T1' }],
      ['sendSignIn', { data: { userID: 'ann' } }],
      ['event', 'UserInfo', { data: { userID: 'ann', tier: 'gold' } }],
      ['sendSignOut', { userID: 'ann' }],
    ]`);
    await visitor.event('SignOut');
    const found = fake.events.map(({ eventType, eventName, data }) => [eventType, eventName, data] as const);
    expect(found.slice(2)).toEqual([
      ['BUSINESS', 'Early', { a: 1 }],
      ['BUSINESS', 'Older', { sku: 'T1' }],
      ['SYSTEM', 'SignIn', { userID: 'ann' }],
      ['SYSTEM', 'UserInfo', { userID: 'ann', tier: 'gold' }],
      ['SYSTEM', 'SignOut', { userID: 'ann' }],
    ]);
    const { pageID } = fake.events[1]!;
    expect(await visitor.page.evaluate('window.ids')).toEqual({ visitID: 'V1', pageID, globalVisitID: 'G1' });
  });

  it('never lets a bad call reach the page, and is silent without debug', async () => {
    visitor.fake.pages.set('/quiet', pageHtml('Quiet', '', snippet.replace('debug: true', 'debug: false')));
    await visitor.visit('/quiet');
    await visitor.page.evaluate('window.loop = {}; loop.data = loop');
    await visitor.gt(`[null, 7, 'event', [], ['nothing'], ['event'], ['event', 5], ['toString'],
      ['subscribe'],
      ['event', 'X', { data: 'text' }], ['event', 'Loop', loop], ['getIDs', 'no function'], ['chatWidget', 3],
      ['event', 'Huge', { data: { text: 'x'.repeat(20000) } }]]`);
    await visitor.gt(`[['event', 'Good']]`);
    await visitor.event('Good');
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Good']);
    expect(visitor.opened.errors).toEqual([]);
    expect(visitor.opened.console).toEqual([]);
  });

  it('takes the options of Genesys Widgets, and tells when it is ready', async () => {
    const head = `<script>window._genesys = { widgets: { gwe: {
      httpEndpoint: location.origin, languageCode: 'de',
      onReady: (ids) => (window.ready = ids) } } };</script>`;
    visitor.fake.pages.set('/widgets', pageHtml('Widgets', '', head));
    await visitor.visit('/widgets');
    expect((await visitor.event('PageEntered')).languageCode).toBe('de');
    expect(await visitor.page.evaluate('window.ready.visitID')).toBe('V1');
  });

  it('enters a new page of a single-page site', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await visitor.page.evaluate(
      `history.pushState({}, '', '/part'); document.title = 'Part'; _gt.push(['page'])`,
    );
    await eventually('the part', () => fake.events.length === 4);
    const [, first, exited, part] = fake.events;
    expect(exited).toMatchObject({ eventName: 'PageExited', pageID: first!.pageID, url: `${fake.url}/` });
    expect(part).toMatchObject({
      eventName: 'PageEntered',
      url: `${fake.url}/part`,
      data: { title: 'Part' },
    });
    expect(part!.pageID).not.toBe(first!.pageID);
  });

  it('asks for no categories when told so', async () => {
    const quiet = snippet.replace('debug: true', 'debug: true, skipCategories: true');
    visitor.fake.pages.set('/plain', pageHtml('Plain', '', quiet));
    await visitor.visit('/plain');
    await visitor.page.reload();
    await eventually(
      'the second page',
      () => visitor.names().filter((name) => name === 'PageEntered').length === 2,
    );
    expect(visitor.fake.requests.filter((line) => line.includes('categories'))).toHaveLength(1);
  });
});
