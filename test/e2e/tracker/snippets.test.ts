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

describe('a snippet of the guide', () => {
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
