// Every page of the sample shop, wide and on a phone, light and dark: axe finds nothing, nothing is wider
// than the window, and a picture of it is kept in test-results/playground/ for people to look at.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, inPage, newVisitor, openBrowser } from './browser.js';
import { browsing, cartEvents, firedRules } from './samples.js';
import { type SampleServer, startSampleServer } from './sample-server.js';

const pictures = join(resolve(import.meta.dirname, '../../..'), 'test-results/playground');

/** Pages that stand for all of their kind, each with what is done on it before it is looked at. */
const pages: readonly (readonly [name: string, path: string, prepare?: (page: Page) => Promise<void>])[] = [
  ['home', ''],
  ['coffee', 'coffee.html'],
  ['product', 'products/gooseneck-kettle.html', (page) => page.click('.detail .add-to-cart')],
  ['search', 'search.html?q=cup'],
  ['nothing-found', 'search.html?q=bicycle'],
  ['cart', 'cart.html'],
  ['checkout', 'checkout.html'],
  ['delivery', 'delivery.html'],
  ['returns', 'returns.html'],
  ['help', 'help.html', (page) => page.click('summary >> nth=0')],
  ['account', 'account.html'],
];

const screens = [
  { name: 'wide', viewport: { width: 1280, height: 860 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
];

let browser: Browser;
let server: SampleServer;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  [browser, server] = await Promise.all([openBrowser(), startSampleServer()]);
  server.events = [...browsing, ...cartEvents];
  server.rules = firedRules;
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

async function openPanel(page: Page): Promise<void> {
  if (await page.isVisible('.seen-open')) await page.click('.seen-open');
  await expect.poll(() => page.locator('.seen-rule').count()).toBe(firedRules.length);
  await page.click('.seen-rule summary >> nth=0');
  await page.click('.seen-event summary >> nth=2');
}

describe.each(screens)('$name', ({ name, viewport }) => {
  it.each(['light', 'dark'] as const)('%s', async (colorScheme) => {
    const { page, complaints, close } = await newVisitor(browser, { viewport, colorScheme });
    // Products in the cart, so that the pages about it have something to show.
    await page.goto(`${server.url}/playground/coffee.html`);
    await page.click('.add-to-cart >> nth=1');
    await page.click('.add-to-cart >> nth=3');
    const findings: string[] = [];
    const look = async (kind: string): Promise<void> => {
      if (await page.isVisible('.seen')) {
        await expect.poll(() => page.locator('.seen-rule').count()).toBe(firedRules.length);
      }
      await page.screenshot({ path: join(pictures, `${kind}-${name}-${colorScheme}.png`) });
      for (const finding of await axeFindings(page)) findings.push(`${kind}: ${finding}`);
      const overflow = await inPage<number>(page, 'document.documentElement.scrollWidth - innerWidth');
      if (overflow > 0) findings.push(`${kind}: ${overflow} px wider than the window`);
    };
    for (const [kind, path, prepare] of pages) {
      await page.goto(`${server.url}/playground/${path}`);
      await prepare?.(page);
      await look(kind);
    }
    await page.goto(`${server.url}/playground/products/moka-pot.html`);
    await openPanel(page);
    await look('panel');
    await close();
    expect(findings).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
