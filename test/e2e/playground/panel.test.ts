// The panel "What Beckon sees" beside the shop: its stream, its rules, and how it comes and goes.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Visitor, inPage, newVisitor, openBrowser } from './browser.js';
import { type SampleServer, startSampleServer } from './sample-server.js';
import { browsing, cartEvents, eventOf, firedRules, waitingRules } from './samples.js';

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
  server.events = [...browsing];
  server.rules = waitingRules;
  visitor = await newVisitor(browser);
  page = visitor.page;
});

afterEach(async () => {
  await visitor.close();
  await server.close();
});

async function visit(path = ''): Promise<void> {
  await page.goto(`${server.url}/playground/${path}`);
}

const eventNames = (): Promise<string[]> => page.locator('.seen-event b').allTextContents();
const ruleLine = (rule: string) => page.locator('.seen-rule', { hasText: rule });
const statusOf = (rule: string): Promise<string | null> =>
  ruleLine(rule).locator('.seen-status').textContent();
const linkText = (): Promise<string | null> => page.textContent('.seen-link');

describe('the panel', () => {
  it("shows the visit's ids, its events so far, and each rule's progress", async () => {
    await visit();
    await expect
      .poll(eventNames)
      .toEqual(['AddToCart', 'PageEntered', 'PageExited', 'PageEntered', 'VisitStarted']);
    expect(await page.locator('.seen-ids dd').allTextContents()).toEqual(['VISIT1', 'GLOBAL1', 'PAGE1']);
    expect(await linkText()).toBe('Live');
    await expect.poll(() => page.textContent('.seen h3 >> nth=0')).toBe('Rules: 0 of 2 fired');
    expect(await statusOf('Back to the cart')).toBe('2 of 3');
    expect(await statusOf('Searching for help')).toBe('0 of 1');
    expect(visitor.complaints).toEqual([]);
  });

  it('tells of a condition which event met it, or what is missing', async () => {
    await visit();
    await ruleLine('Back to the cart').locator('summary').click();
    const conditions = ruleLine('Back to the cart').locator('.seen-why li');
    await expect.poll(() => conditions.nth(1).textContent()).toMatch(/^Met: \$added.*AddToCart at \d/);
    expect(await conditions.nth(2).textContent()).toContain(
      'no PageEntered event in the category PlayGround-Cart',
    );
    expect(await ruleLine('Back to the cart').locator('.seen-why p').textContent()).toBe(
      'Nearest: a PageEntered event in the category PlayGround-Cart',
    );
  });

  it('follows the visit live, event and fired rule, without closing what is open', async () => {
    await visit();
    await expect.poll(linkText).toBe('Live');
    await expect.poll(() => server.subscriptions()).toEqual(['/monitor/VISIT1']);
    await ruleLine('Back to the cart').locator('summary').click();
    server.rules = firedRules;
    server.push(cartEvents);
    await expect
      .poll(async () => (await eventNames()).slice(0, 2))
      .toEqual(['Back to the cart', 'PageEntered']);
    expect(await page.locator('.seen-event >> nth=0').getAttribute('data-type')).toBe('ACTIONABLE');
    await expect.poll(() => statusOf('Back to the cart')).toBe('Fired');
    expect(await ruleLine('Back to the cart').locator('details').getAttribute('open')).not.toBeNull();
    expect(await page.textContent('.seen > p[role=status]')).toBe('A rule fired: Back to the cart.');
  });

  it('shows what an event carries when it is opened, as text', async () => {
    const data = { searchString: '<script>alert(1)</script>' };
    server.events = [eventOf(0, 'Search', 'BUSINESS', data, '/playground/products/moka-pot.html')];
    await visit();
    await page.click('.seen-event summary');
    const facts = await page.locator('.seen-event dd').allTextContents();
    expect(facts[0]).toBe('PlayGround-Product, PlayGround-Coffee');
    expect(facts[1]).toBe('/playground/products/moka-pot.html');
    expect(JSON.parse(facts[2] ?? '')).toEqual(data);
    expect(await page.locator('.seen script').count()).toBe(0);
  });

  it('shows a lost connection, and what it missed once the connection is back', async () => {
    await visit();
    await expect.poll(linkText).toBe('Live');
    await expect.poll(() => server.subscriptions()).toEqual(['/monitor/VISIT1']);
    server.isUp = false;
    server.cutPolls();
    await expect.poll(linkText).toBe('Connection lost, trying again');
    server.events = [...browsing, ...cartEvents];
    server.isUp = true;
    await expect.poll(linkText, { timeout: 20_000 }).toBe('Live');
    await expect.poll(async () => (await eventNames())[0]).toBe('Back to the cart');
  });

  it('says what to do while there is nothing, and what went wrong when there is', async () => {
    server.events = [];
    server.rules = [];
    await visit();
    await expect.poll(linkText).toBe('Live');
    await expect
      .poll(() => page.locator('.seen-note').allTextContents())
      .toEqual([
        'No rules are deployed. The package of this shop is apps/playground/rules.',
        'What you do in the shop appears here as Beckon takes it in.',
      ]);
    server.isUp = false;
    await visit('tea.html');
    await expect.poll(linkText).toBe('Connection lost, trying again');
  });

  it('is hidden and shown, and stays as it was left', async () => {
    await visit();
    await page.click('.seen-hide');
    expect(await page.isVisible('.seen')).toBe(false);
    expect(await inPage(page, 'document.activeElement.textContent')).toBe('What Beckon sees');
    await visit('tea.html');
    expect(await page.isVisible('.seen')).toBe(false);
    await page.click('.seen-open');
    await visit('coffee.html');
    expect(await page.isVisible('.seen')).toBe(true);
    await page.press('.seen-hide', 'Escape');
    expect(await page.isVisible('.seen')).toBe(false);
  });

  it('is a drawer on a phone, closed at first and silent until it is opened', async () => {
    const phone = await newVisitor(browser, { viewport: { width: 390, height: 844 } });
    try {
      await phone.page.goto(`${server.url}/playground/products/moka-pot.html`);
      expect(await phone.page.isVisible('.seen')).toBe(false);
      expect(server.subscriptions()).toEqual([]);
      await phone.page.click('.seen-open');
      await expect.poll(() => server.subscriptions()).toEqual(['/monitor/VISIT1']);
      const box = await phone.page.locator('.seen').boundingBox();
      expect(box?.width).toBe(390);
      expect(box?.y).toBeGreaterThan(200);
      const width = await inPage(phone.page, 'document.documentElement.scrollWidth');
      expect(width).toBe(390);
    } finally {
      await phone.close();
    }
  });

  it('starts a new visit on request', async () => {
    await visit('products/moka-pot.html');
    await expect.poll(() => page.locator('.seen-ids dd >> nth=0').textContent()).toBe('VISIT1');
    server.events = [];
    await page.click('text=Start a new visit');
    await page.waitForURL('**/playground/');
    await expect.poll(() => page.locator('.seen-ids dd >> nth=0').textContent()).toBe('VISIT2');
    expect(await eventNames()).toEqual([]);
  });

  it('leads to the agent workspace, where the server says it is or on the next port', async () => {
    await visit();
    const next = `http://127.0.0.1:${Number(new URL(server.url).port) + 1}/workspace/`;
    await expect.poll(() => page.getAttribute('.seen footer a', 'href')).toBe(next);
    server.about = { addresses: { workspace: 'https://agents.example/workspace' } };
    await visit();
    await expect
      .poll(() => page.getAttribute('.seen footer a', 'href'))
      .toBe('https://agents.example/workspace');
  });
});
