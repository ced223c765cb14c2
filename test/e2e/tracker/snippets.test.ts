/** The snippets of the site developer's guide, as they stand there, on pages of a site. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { useVisitor } from './visitor.js';

const visitor = useVisitor();
const guide = readFileSync('docs/site-developer/README.md', 'utf8');

/** The HTML that follows a text of the guide, with the server's address of the test. */
function snippetAfter(text: string, server: string): string {
  const start = guide.indexOf('```html', guide.indexOf(text));
  expect([text, guide.includes(text), start > 0]).toEqual([text, true, true]);
  const html = guide.slice(start + '```html'.length, guide.indexOf('```', start + 3));
  return html.replace(/https?:\/\/beckon\.example\.com(?::\d+)?/g, server);
}

const page = (title: string, head: string, foot = ''): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body>${foot}</body></html>`;

/**
 * As much of each framework's router as its snippet touches. `start` is the first navigation, of the page's
 * own address, and `navigated` every later one: told after it, in a stream of events, or by an effect that
 * runs after the first drawing and after every one whose path differs.
 */
const routers = {
  'Vue Router': `
    const hooks = [];
    const router = { afterEach: (hook) => hooks.push(hook) };
    const navigated = () => hooks.forEach((hook) => hook());
    const start = () => { snippet(); navigated(); };`,
  Angular: `
    class NavigationStart {}
    class NavigationEnd {}
    const listeners = [];
    const filter = (wanted) => (next) => (event) => { if (wanted(event)) next(event); };
    const router = {
      events: { pipe: (step) => ({ subscribe: (listener) => listeners.push(step(listener)) }) },
    };
    const tell = (event) => listeners.forEach((listener) => listener(event));
    const navigated = () => { tell(new NavigationStart()); tell(new NavigationEnd()); };
    const start = () => { snippet(); navigated(); };`,
  'React Router': `
    let last;
    const useLocation = () => location;
    const useEffect = (effect, given) => {
      if (last === undefined || given.some((value, at) => value !== last[at])) effect();
      last = given;
    };
    const navigated = () => { snippet(); snippet(); };
    const start = navigated;`,
};

/** The lines of the guide for a site whose router says what a page is, for one framework. */
function routerSnippet(framework: string): { config: string; line: string } {
  const from = guide.indexOf('```js', guide.indexOf('**A single-page site**'));
  const lines = guide.slice(from + '```js'.length, guide.indexOf('```', from + 3)).split('\n');
  const config = lines.find((line) => line.includes('singlePage: false'));
  const line = lines.find((each) => each.endsWith(`// ${framework}`));
  if (config === undefined || line === undefined) throw new Error(`the guide has no line for ${framework}`);
  return { config, line };
}

describe('a snippet of the guide', () => {
  it.each(Object.entries(routers))('tells the pages of %s, each once', async (framework, router) => {
    const { fake } = visitor;
    const { config, line } = routerSnippet(framework);
    const site = `<script>
      ${config}
      const snippet = () => { ${line}
      };
      ${router}
      function go(path) {
        history.pushState({}, '', path);
        document.title = path;
        navigated();
      }
      start();
    </script>`;
    const plain = snippetAfter('In every page, as early as you like', fake.url);
    fake.pages.set('/snippet', page('/snippet', plain, site));
    await visitor.visit('/snippet');
    await visitor.event('PageEntered');
    await visitor.page.evaluate(`go('/tea')`);
    await eventually('/tea', () => visitor.names().filter((name) => name === 'PageEntered').length === 2);
    await visitor.page.evaluate(`go('/tea?sort=name')`);
    await visitor.gt(`[['event', 'Here']]`);
    await visitor.event('Here');
    const entered = fake.events.filter(({ eventName }) => eventName === 'PageEntered');
    const byPath = framework === 'React Router' ? [] : ['/tea?sort=name'];
    const pages = ['/snippet', '/tea', ...byPath];
    expect(entered.map(({ url }) => url)).toEqual(pages.map((path) => fake.url + path));
    expect(entered.map(({ data }) => (data as { title: string }).title)).toEqual(pages);
    expect(visitor.opened.errors).toEqual([]);
  });

  it.each([
    ['plain', 'In every page, as early as you like', 'en-US'],
    ['for a tag manager', 'With a tag manager', 'en'],
  ])('%s', async (_name, text, languageCode) => {
    const { fake } = visitor;
    fake.pages.set('/snippet', page('Snippet', snippetAfter(text, fake.url)));
    await visitor.visit('/snippet');
    const entered = await visitor.event('PageEntered');
    expect(entered).toMatchObject({ url: `${fake.url}/snippet`, languageCode, data: { title: 'Snippet' } });
    expect(visitor.opened.errors).toEqual([]);
  });

  it('for a tag manager loads the script once, however often it runs', async () => {
    const { fake } = visitor;
    const snippet = snippetAfter('With a tag manager', fake.url);
    fake.pages.set('/snippet', page('Snippet', snippet + snippet));
    await visitor.visit('/snippet');
    await visitor.gt(`[['event', 'Late']]`);
    await visitor.event('Late');
    expect(fake.requests.filter((line) => line.includes('GTC.min.js'))).toHaveLength(1);
    expect(visitor.names().filter((name) => name === 'PageEntered')).toHaveLength(1);
  });

  it('of calls are taken, each of them', async () => {
    const { fake } = visitor;
    const start = guide.indexOf('```js', guide.indexOf('## Calls'));
    const calls = guide.slice(start + '```js'.length, guide.indexOf('```', start + 3));
    // The panel of the recorder is not for this page, and a changed consent not for the others.
    const lines = calls.split('\n').filter((line) => !/recorder|consent/.test(line));
    const own = `<script>window.attached = []; function attachToTicket(ids) { attached.push(ids) }</script>`;
    const script = `<script>${lines.join('\n')}</script>`;
    const plain = snippetAfter('In every page, as early as you like', fake.url);
    fake.pages.set('/snippet', page('Snippet', plain + own, script));
    await visitor.visit('/snippet');
    await eventually('all', () => visitor.names().filter((name) => name === 'UserInfo').length === 2);
    const added = fake.events.filter(({ eventName }) => eventName === 'AddToCart').map(({ data }) => data);
    expect(added).toEqual([{ sku: 'T-100', price: 12.5 }, { sku: 'T-100' }]);
    for (const name of ['SignIn', 'SignOut']) {
      expect((await visitor.event(name)).data).toEqual({ userID: 'ann@example.com' });
    }
    await eventually('ids', async () => (await visitor.page.evaluate('attached.length')) === 1);
    expect(visitor.opened.errors).toEqual([]);
  });
});
