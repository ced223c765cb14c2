// The sample shop in a real browser: what a visitor can do, and what the pages tell the tracker about it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Visitor, inPage, newVisitor, openBrowser } from './browser.js';
import { type SampleServer, startSampleServer } from './sample-server.js';

let browser: Browser;
let server: SampleServer;
let visitor: Visitor;
let page: Page;

beforeAll(async () => {
  [browser, server] = await Promise.all([openBrowser(), startSampleServer()]);
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

beforeEach(async () => {
  visitor = await newVisitor(browser);
  page = visitor.page;
});

afterEach(async () => {
  await visitor.close();
});

async function visit(path: string): Promise<void> {
  await page.goto(`${server.url}/playground/${path}`);
}

/** The recording tracker keeps what it was given in the tab's storage. */
const callsScript = "JSON.parse(sessionStorage.getItem('calls') ?? '[]')";

/** The commands that this tab's pages gave the tracker, without the configuration. */
async function commands(): Promise<unknown[]> {
  const all = await inPage<unknown[][]>(page, callsScript);
  return all.filter(([name]) => name !== 'config');
}

/** The sum of all layout shifts so far; two frames later the browser has handed over what it had noted. */
const layoutShiftScript = `(async () => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  });
  observer.observe({ type: 'layout-shift', buffered: true });
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  await new Promise((handed) => setTimeout(handed));
  return sum;
})()`;

const cartCount = (): Promise<string | null> => page.textContent('[data-cart-count]');

describe('the shop', () => {
  it('loads the tracker by the ordinary snippet, configured before anything else', async () => {
    await visit('');
    await expect
      .poll(() => inPage(page, callsScript))
      .toEqual([
        [
          'config',
          expect.objectContaining({
            dslResource: `${server.url}/server/resources/dsl/domain-model.xml`,
            httpEndpoint: server.url,
            languageCode: 'en-GB',
          }),
        ],
      ]);
    expect(visitor.complaints).toEqual([]);
  });

  it('leads from the front page to a product by links alone', async () => {
    await visit('');
    await page.click('main >> text=Shop tea');
    await page.click('main .product-name >> text=Stoneware teapot');
    expect(await page.textContent('h1')).toBe('Stoneware teapot');
    expect(await page.title()).toBe('Stoneware teapot | Tea | Ember & Leaf');
  });

  it('finds products, in the words that people use', async () => {
    await visit('');
    await page.fill('#site-search', 'kettles');
    await page.press('#site-search', 'Enter');
    await page.waitForURL('**/search.html?q=kettles');
    expect(await page.textContent('[data-search-summary]')).toBe('One product for “kettles”.');
    expect(await page.locator('[data-results] .product-name').allTextContents()).toEqual([
      'Gooseneck kettle',
    ]);
    expect(await commands()).toEqual([]);
  });

  it('says so, and tells Beckon, when a search finds nothing; the words stay text', async () => {
    const words = '<img src=x onerror=alert(1)> bicycle';
    await visit(`search.html?q=${encodeURIComponent(words)}`);
    expect(await page.textContent('[data-search-summary]')).toBe(`No products for “${words}”.`);
    expect(await page.locator('main img').count()).toBe(0);
    await expect.poll(commands).toEqual([['event', 'NothingFound', { data: { searchString: words } }]]);
  });

  it('keeps a cart from page to page, counts it, and lets it go', async () => {
    await visit('products/french-press.html');
    await page.click('.detail .add-to-cart');
    await page.click('.detail .add-to-cart');
    expect(await page.textContent('[data-toast]')).toBe('French press is in your cart.');
    await visit('tea.html');
    await page.click('[aria-label="Add to cart: First-flush Darjeeling"]');
    expect(await cartCount()).toBe('3');

    await visit('cart.html');
    expect(await page.locator('.total dd').textContent()).toBe('£78.50');
    await page.selectOption('[aria-label="Pieces of French press"]', '1');
    expect(await page.locator('.total dd').textContent()).toBe('£46.50');
    await page.click('[aria-label="Remove French press"]');
    expect(await page.locator('.summary-box dd').allTextContents()).toEqual(['£14.50', '£3.95', '£18.45']);
    await page.click('[aria-label="Remove First-flush Darjeeling"]');
    expect(await page.textContent('[data-cart]')).toContain('nothing in your cart');
    expect(await cartCount()).toBe('0');
  });

  it('places a pretended order and empties the cart', async () => {
    await visit('products/moka-pot.html');
    await page.click('.detail .add-to-cart');
    await visit('cart.html');
    await page.click('text=Go to checkout');
    await page.waitForURL('**/checkout.html');
    expect(await page.getAttribute('[data-summary]', 'data-total')).toBe('33.45');
    for (const [field, value] of Object.entries({
      name: 'Mara Quill',
      email: 'mara@example.com',
      street: '3 Harbour Row',
      town: 'Whitby',
      postcode: 'YO21 1AA',
    })) {
      await page.fill(`#${field}`, value);
    }
    await page.click('text=Place order');
    await page.waitForSelector('[data-thanks]');
    expect(await page.textContent('[data-thanks]')).toContain('Thank you, Mara.');
    expect(await cartCount()).toBe('0');
  });

  it('tells Beckon who signs in, who signs out, and once a visit who came back', async () => {
    await visit('account.html');
    await page.fill('#person-name', 'Mara Quill');
    await page.fill('#person-email', 'Mara@Example.com');
    await page.click('#sign-in button');
    expect(await page.textContent('[data-account]')).toBe('Mara');
    await visit('help.html');
    expect(await page.textContent('[data-account]')).toBe('Mara');
    await visit('account.html');
    await page.click('[data-sign-out]');
    expect(await page.textContent('[data-account]')).toBe('Sign in');
    const who = { userID: 'mara@example.com' };
    await expect.poll(commands).toEqual([
      ['event', 'SignIn', { data: { ...who, name: 'Mara Quill' } }],
      ['event', 'SignOut', { data: who }],
    ]);

    // The browser is closed and opened again: its session cookies are gone.
    const kept = (await page.context().cookies()).filter((cookie) => cookie.expires > 0);
    await page.context().clearCookies();
    await page.context().addCookies(kept);
    await inPage(page, 'sessionStorage.clear()');
    await visit('');
    await visit('tea.html');
    await expect.poll(commands).toEqual([['event', 'UserInfo', { data: { ...who, name: 'Mara Quill' } }]]);
  });

  it('forgets a person who asks for it', async () => {
    await visit('account.html');
    await page.fill('#person-name', 'Mara Quill');
    await page.fill('#person-email', 'mara@example.com');
    await page.click('#sign-in button');
    await page.click('[data-forget]');
    await inPage(page, 'sessionStorage.clear()');
    await visit('account.html');
    expect(await page.inputValue('#person-name')).toBe('');
    expect(await commands()).toEqual([]);
  });

  it('can be used without a pointer', async () => {
    await visit('products/hand-grinder.html');
    await page.keyboard.press('Tab');
    expect(await inPage(page, 'document.activeElement.textContent')).toBe('Skip to content');
    await page.focus('.detail .add-to-cart');
    await page.keyboard.press('Enter');
    expect(await cartCount()).toBe('1');
  });

  it('does not move once it is painted', async () => {
    for (const path of ['', 'products/moka-pot.html', 'cart.html', 'search.html?q=cup', 'account.html']) {
      await visit(path);
      const shift = await inPage(page, layoutShiftScript);
      expect(shift, path).toBeLessThan(0.01);
    }
  });
});
