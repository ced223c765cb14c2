/**
 * The recorder in a page: an event is written by pointing, tried at once, kept, and given out as a DSL
 * file.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { checkDsl } from '../../../src/dsl/check/index.js';
import { eventually } from './browser.js';
import { pageHtml } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const shop = `<div class="product" data-sku="T1"><h2 class="name">Green tea</h2>
  <span class="price">12.50 EUR</span>
  <a class="add" href="/second"><b>Add to cart</b></a></div>
  <div class="product" data-sku="T2"><h2 class="name">Black tea</h2><span class="price">9 EUR</span>
  <a class="add" href="/second">Add to cart</a></div>`;

async function look(name: string): Promise<void> {
  await mkdir('test-results/tracker', { recursive: true });
  await visitor.page.screenshot({ path: `test-results/tracker/recorder-${name}.png` });
  await visitor.page.evaluate(await readFile(axePath, 'utf8'));
  const found: { violations: { id: string; nodes: { failureSummary: string }[] }[] } =
    await visitor.page.evaluate(`axe.run(document.querySelector('#beckon-recorder'))`);
  expect(
    found.violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]),
  ).toEqual([]);
}

async function open(width: number): Promise<void> {
  const { fake } = visitor;
  fake.dsl = `<properties>\n  <events>\n    <event id="AddToCart" name="Old"><trigger element=".add"
    action="click"/></event>\n  </events>\n</properties>\n`;
  fake.pageHeaders = { 'content-security-policy': "default-src 'self'; script-src 'self' 'unsafe-inline'" };
  fake.pages.set('/shop', pageHtml('Shop', shop));
  await visitor.visit('/shop', {
    viewport: { width, height: width < 600 ? 844 : 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  });
  await visitor.gt(`[['recorder']]`);
  await visitor.page.waitForSelector(hook('pick'));
}

describe.each([
  ['1280', 1_280],
  ['390', 390],
] as const)('the recorder at %s px', (name, width) => {
  it('writes an event for the element that was pointed at, and tries it', async () => {
    await open(width);
    const { page } = visitor;
    await look(`${name}-start`);
    await page.click(hook('pick'));
    await page.hover('.add b');
    await look(`${name}-pick`);
    await page.click('.add b');
    expect(page.url()).toContain('/shop');
    await page.fill(hook('draft-name'), 'AddToCart');
    expect(await page.inputValue(hook('draft-element'))).toBe('.add');
    await page.click(`${hook('value-add')}:has-text("sku")`);
    await page.click(`${hook('value-add')}:has-text("price")`);
    await look(`${name}-draft`);
    await page.click('.add >> nth=1');
    expect(page.url()).toContain('/shop');
    const tried = await page.locator(hook('try')).textContent();
    expect(tried).toContain('AddToCart would be sent');
    expect(tried).toContain('"sku": "T2"');
    expect(tried).toContain('"price": "9 EUR"');
    await look(`${name}-tried`);
    await page.fill(`${hook('value-value')} >> nth=0`, '$(');
    expect(await page.isDisabled(hook('keep'))).toBe(true);
    await page.fill(`${hook('value-value')} >> nth=0`, '$(event.target).text().trim()');
    await page.click(hook('keep'));
    await page.reload();
    await page.waitForSelector(hook('recorded'));
    await page.click(hook('copy'));
    await page.getByText('Copied.').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    const file = `<properties><events>${copied}</events></properties>`;
    expect(checkDsl(file)).toMatchObject({
      ok: true,
      warnings: [],
      events: [{ name: 'AddToCart', values: 3 }],
    });
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(hook('download'))]);
    const saved = await readFile(await download.path(), 'utf8');
    expect(checkDsl(saved)).toMatchObject({
      ok: true,
      events: [
        { id: 'AddToCart', name: 'Old' },
        { id: 'AddToCart2', name: 'AddToCart' },
      ],
    });
    await page.click(hook('recorder-close'));
    // Nothing was sent of what was done while recording; from now on the site's own events are again.
    expect(visitor.names().filter((name) => /AddToCart|Old/.test(name))).toEqual([]);
    await page.evaluate(`addEventListener('click', (event) => event.preventDefault())`);
    await eventually('the site’s own event', async () => {
      await page.click('.add b');
      return visitor.names().includes('Old');
    });
    await page.reload();
    await visitor.subscribed();
    expect(await page.locator('#beckon-recorder').count()).toBe(0);
    expect(visitor.names()).not.toContain('AddToCart');
    await eventually('no errors', () => visitor.opened.errors.length === 0);
  });
});
