/** The life of pages and visits in a browser as people have it: going back, prerendering, subdomains. */
import { describe, expect, it } from 'vitest';
import { eventually, launchLifelike, siteDomain } from './browser.js';
import { pageHtml, snippet } from './fake-server.js';
import { useVisitor } from './visitor.js';

const visitor = useVisitor(launchLifelike);

function entered(): { url: string; title: unknown }[] {
  return visitor.fake.events
    .filter(({ eventName }) => eventName === 'PageEntered')
    .map(({ url, data }) => ({ url: url.replace(visitor.fake.url, ''), title: data.title }));
}

describe('a page', () => {
  it('that comes back out of the browser’s cache is a new page of the same visit', async () => {
    const { fake } = visitor;
    const note = `<script>addEventListener('pageshow', (e) => {
       if (e.persisted) window.isBack = true; })</script>`;
    fake.pages.set('/', pageHtml('Home', '<a id="next" href="/second">next</a>', snippet + note));
    await visitor.visit();
    await visitor.event('PageEntered');
    await visitor.page.click('#next');
    await eventually('both', () => entered().length === 2);
    // A page of the cache is not loaded again, so there is no load to wait for.
    await visitor.page.evaluate('history.back()');
    await eventually('the first again', () => entered().length === 3);
    expect(await visitor.page.evaluate('window.isBack')).toBe(true);
    await visitor.subscribed();
    expect(entered().map(({ title }) => title)).toEqual(['Home', 'Second', 'Home']);
    expect(new Set(fake.events.map(({ visitID }) => visitID)).size).toBe(1);
    expect(new Set(fake.events.map(({ pageID }) => pageID)).size).toBe(3);
    expect(visitor.names().filter((name) => name === 'PageExited')).toHaveLength(2);
    expect(visitor.opened.errors).toEqual([]);
  });

  it('that is only prerendered has not been entered', async () => {
    const { fake } = visitor;
    const rules = `<script type="speculationrules">
      {"prerender":[{"source":"list","urls":["/second"],"eagerness":"immediate"}]}</script>`;
    fake.pages.set('/', pageHtml('Home', '<a id="next" href="/second">next</a>', snippet + rules));
    await visitor.visit();
    await visitor.event('PageEntered');
    const scripts = (): number => fake.requests.filter((line) => line.endsWith('/second')).length;
    await eventually('the prerendering', () => scripts() === 1);
    await visitor.page.waitForTimeout(300);
    expect(entered()).toHaveLength(1);
    await visitor.page.click('#next');
    await eventually('the second', () => entered().length === 2);
    expect(scripts()).toBe(1);
    expect(entered()[1]).toEqual({ url: '/second', title: 'Second' });
  });

  it('tells how long it was seen', async () => {
    await visitor.visit();
    await visitor.event('PageEntered');
    await visitor.page.click('#next');
    const { visibleMs } = (await visitor.event('PageExited')).data as { visibleMs: number };
    expect(visibleMs).toBeGreaterThan(0);
    expect(visibleMs).toBeLessThan(60_000);
  });
});

describe('a single-page site', () => {
  it('enters a page for each address, with the title that it draws, and none for a redirection', async () => {
    await visitor.visit();
    await visitor.event('PageEntered');
    await visitor.page.evaluate(`
      history.pushState({}, '', '/moved');
      history.replaceState({}, '', '/tea?sort=price');
      _gt.push(['event', 'Drawn']);
      setTimeout(() => { document.title = 'Tea'; }, 20);`);
    await eventually('tea', () => entered().length === 2);
    expect(entered()[1]).toEqual({ url: '/tea?sort=price', title: 'Tea' });
    const drawn = await visitor.event('Drawn');
    expect(drawn).toMatchObject({ url: `${visitor.fake.url}/tea?sort=price`, category: 'tea;cups' });
    await visitor.page.evaluate(`
      history.replaceState({}, '', '/tea?sort=name'); history.pushState({}, '', '#top');`);
    await visitor.page.evaluate(`location.hash = '#/route'; document.title = 'Route'; _gt.push(['page'])`);
    await eventually('the route', () => entered().length === 3);
    await visitor.page.goBack();
    await eventually('back', () => entered().length === 4);
    expect(entered().map(({ url }) => url)).toEqual([
      '/',
      '/tea?sort=price',
      '/tea?sort=name#/route',
      '/tea?sort=name#top',
    ]);
    expect(visitor.names().filter((name) => name === 'PageExited')).toHaveLength(3);
    const referrer = visitor.fake.events.filter(({ eventName }) => eventName === 'PageEntered')[1]!.data
      .referrer;
    expect(referrer).toBe(`${visitor.fake.url}/`);
    expect(visitor.opened.errors).toEqual([]);
  });

  it('may say itself what a page is', async () => {
    const own = snippet.replace('debug: true', 'singlePage: false');
    visitor.fake.pages.set('/own', pageHtml('Own', '', own));
    await visitor.visit('/own');
    await visitor.page.evaluate(`history.pushState({}, '', '/a'); _gt.push(['event', 'Here'])`);
    await visitor.event('Here');
    expect(entered()).toHaveLength(1);
    await visitor.page.evaluate(`_gt.push(['page'])`);
    await eventually('a', () => entered().length === 2);
  });
});

describe('a visit', () => {
  it('is one over subdomains, also where each had its own before', async () => {
    const { fake } = visitor;
    const port = new URL(fake.url).port;
    const shared = snippet.replace('debug: true', `domainName: '${siteDomain}'`);
    fake.pages.set('/shared', pageHtml('Shared', '', shared));
    await visitor.open(`http://www.${siteDomain}:${port}/`);
    await eventually('the own visit', () => entered().length === 1);
    await visitor.page.goto(`http://www.${siteDomain}:${port}/shared`);
    await eventually('the shared one', () => entered().length === 2);
    await visitor.page.goto(`http://pay.${siteDomain}:${port}/shared`);
    await eventually('the other host', () => entered().length === 3);
    expect(new Set(fake.events.map(({ visitID }) => visitID))).toEqual(new Set(['V1']));
    expect(visitor.names().filter((name) => name === 'VisitStarted')).toHaveLength(1);
    const jar = await visitor.opened.context.cookies();
    expect(jar.filter(({ name }) => name === '_gt_visit').map(({ domain }) => domain)).toEqual([
      `.${siteDomain}`,
    ]);
  });

  it('goes on where cookies are refused, and pages work where storage is refused too', async () => {
    const { fake } = visitor;
    await visitor.open('about:blank');
    const cdp = await visitor.opened.context.newCDPSession(visitor.page);
    await cdp.send('Emulation.setDocumentCookieDisabled', { disabled: true });
    await visitor.page.goto(fake.url);
    await eventually('the first page', () => entered().length === 1);
    expect(await visitor.page.evaluate('document.cookie')).toBe('');
    await visitor.page.goto(`${fake.url}/second`);
    await eventually('the second', () => entered().length === 2);
    expect(new Set(fake.events.map(({ visitID }) => visitID))).toEqual(new Set(['V1']));
    await visitor.page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });`);
    await visitor.page.goto(fake.url);
    await eventually('the third', () => entered().length === 3);
    await visitor.page.evaluate(`_gt.push(['event', 'Works'])`);
    await visitor.event('Works');
    expect(visitor.opened.errors).toEqual([]);
  });

  it('is found in a frame that may not even ask for its cookies', async () => {
    const { fake } = visitor;
    fake.pages.set('/framed', pageHtml('Framed', '', snippet.replace('location.origin', `'${fake.url}'`)));
    fake.pages.set('/outer', '<!doctype html><iframe sandbox="allow-scripts" src="/framed"></iframe>');
    await visitor.open('/outer');
    await eventually('the frame', () => entered().some(({ title }) => title === 'Framed'));
    expect(visitor.opened.errors).toEqual([]);
  });
});
