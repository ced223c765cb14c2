// The shop's DSL as the real tracker runs it, in a page that allows no inline script and no evaluation of
// text.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Visitor, inPage, newVisitor, openBrowser } from './browser.js';
import { type SampleServer, startSampleServer } from './sample-server.js';

const trackerFile = resolve(import.meta.dirname, '../../../dist/tracker/GTC.min.js');

let browser: Browser;
let server: SampleServer;
let visitor: Visitor;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  server = await startSampleServer();
  server.trackerScript = readFileSync(trackerFile, 'utf8');
  visitor = await newVisitor(browser);
  page = visitor.page;
});

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
  await server.close();
});

/** Opens a page and waits until the tracker has read the DSL, so that nothing the test does is missed. */
async function visit(path: string): Promise<void> {
  const dsl = page.waitForResponse('**/domain-model.xml');
  await page.goto(`${server.url}/playground/${path}`);
  await (await dsl).finished();
  await expect.poll(() => server.received.some((event) => event.eventName === 'PageEntered')).toBe(true);
}

/** The data of each event of that name which the server was sent. */
function dataOf(eventName: string): unknown[] {
  return server.received.filter((event) => event.eventName === eventName).map((event) => event.data);
}

describe('domain-model.xml', () => {
  it('is well-formed, with one list of events and no id twice', async () => {
    await page.goto(`${server.url}/playground/`);
    const model = await inPage<{ root: string; lists: number; ids: string[]; names: (string | null)[] }>(
      page,
      `(async () => {
        const answer = await fetch('/server/resources/dsl/domain-model.xml');
        const xml = new DOMParser().parseFromString(await answer.text(), 'text/xml');
        const events = [...xml.querySelectorAll('properties > events > event')];
        return {
          root: xml.documentElement.nodeName,
          lists: xml.querySelectorAll('properties > events').length,
          ids: [...xml.querySelectorAll('[id]')].map((element) => element.id),
          names: events.map((event) => event.getAttribute('name')),
        };
      })()`,
    );
    expect(model.root).toBe('properties');
    expect(model.lists).toBe(1);
    expect(new Set(model.ids).size).toBe(model.ids.length);
    expect(model.ids).toHaveLength(model.names.length);
    expect(model.names).toEqual(['Search', 'AddToCart', 'RemoveFromCart', 'Checkout', 'Timeout-30']);
  });

  it('sends AddToCart with what stands around the button, on a product page and in a list', async () => {
    await visit('products/ceramic-dripper.html');
    await page.click('.detail .add-to-cart');
    const dripper = {
      productName: 'Ceramic dripper and server',
      productSKU: 'EL-102',
      productPrice: '38.50',
    };
    await expect.poll(() => dataOf('AddToCart')).toEqual([dripper]);
    await page.click('.shelf .add-to-cart >> nth=0');
    const kettle = { productName: 'Gooseneck kettle', productSKU: 'EL-101', productPrice: '64.00' };
    await expect.poll(() => dataOf('AddToCart')).toEqual([dripper, kettle]);
  });

  it('sends Search with the words, and AddToCart from results that came after the DSL', async () => {
    await visit('');
    await page.fill('#site-search', 'matcha');
    await page.press('#site-search', 'Enter');
    await page.waitForURL('**/search.html?q=matcha');
    await expect.poll(() => dataOf('Search')).toEqual([{ searchString: 'matcha' }]);
    server.received = [];
    await visit('search.html?q=matcha');
    await page.click('[data-results] .add-to-cart');
    await expect
      .poll(() => dataOf('AddToCart'))
      .toEqual([{ productName: 'Matcha bowl and whisk', productSKU: 'EL-203', productPrice: '42.00' }]);
  });

  it('sends RemoveFromCart although the row goes away, and Checkout with the order', async () => {
    await visit('tea.html');
    await page.click('[data-sku=EL-202] .add-to-cart');
    await page.click('[data-sku=EL-204] .add-to-cart');
    await visit('cart.html');
    await page.click('[data-sku=EL-202] .remove-from-cart');
    await expect
      .poll(() => dataOf('RemoveFromCart'))
      .toEqual([{ productName: 'First-flush Darjeeling', productSKU: 'EL-202' }]);
    await visit('checkout.html');
    for (const field of ['name', 'street', 'town', 'postcode']) await page.fill(`#${field}`, 'Somewhere');
    await page.fill('#email', 'mara@example.com');
    await page.click('text=Place order');
    await expect.poll(() => dataOf('Checkout')).toEqual([{ itemCount: '1', orderTotal: '27.95' }]);
  });

  it('sends Timeout-30 after half a minute on a page that has the focus, once', async () => {
    await page.clock.install();
    await visit('checkout.html');
    await page.bringToFront();
    await page.clock.runFor(29_000);
    expect(dataOf('Timeout-30')).toEqual([]);
    await page.clock.runFor(2_000);
    await expect.poll(() => dataOf('Timeout-30')).toEqual([{}]);
    await page.clock.runFor(60_000);
    expect(dataOf('Timeout-30')).toEqual([{}]);
  });

  it('leaves sign-in to the shop, which pushes it', async () => {
    await visit('account.html');
    await page.fill('#person-name', 'Mara Quill');
    await page.fill('#person-email', 'mara@example.com');
    await page.click('#sign-in button');
    await expect
      .poll(() => server.received.find((event) => event.eventName === 'SignIn'))
      .toMatchObject({
        eventType: 'SYSTEM',
        category: 'PlayGround-Test',
        data: { userID: 'mara@example.com', name: 'Mara Quill' },
      });
  });
});
