// Every state of the workspace, wide and on a phone, light and dark: axe finds nothing, nothing is wider than
// the window, and a picture is kept in test-results/workspace/ for people to look at.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, connected, type Desk, logIn, openBrowser, openDesk } from './browser.js';
import { FakeServer } from './fake-server.js';

const pictures = join(resolve(import.meta.dirname, '../../..'), 'test-results/workspace');

const sizes = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'tablet', width: 820, height: 1000 },
  { name: 'phone', width: 390, height: 780 },
] as const;

let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await openBrowser();
});
afterAll(async () => browser.close());

async function look(page: Page, name: string): Promise<void> {
  // Colours that are on their way from one to the other have a contrast of neither.
  await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))');
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  expect(await axeFindings(page), name).toEqual([]);
  const excess = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  expect(excess, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

/** Goes through the states in the order of a day, and looks at each. */
async function walk(desk: Desk, server: FakeServer, name: (state: string) => string): Promise<void> {
  const { page, see } = desk;
  await see('login-submit').waitFor();
  await look(page, name('01-login'));
  await logIn(desk, 'wrong');
  await page.getByText('is wrong').waitFor();
  await look(page, name('02-login-wrong'));
  await logIn(desk);
  await connected(desk, server);
  await look(page, name('03-not-ready'));
  await see('readiness-switch').click();
  await page.locator('[data-readiness="ready"]').waitFor();
  await look(page, name('04-ready'));
  server.ring('visit-4f2a.1', 'Abandoned cart over 100 EUR');
  await see('offer').getByText('Your cart').waitFor();
  await look(page, name('05-ringing'));
  await see('offer-accept').click();
  await see('chat-input').waitFor();
  await converse(desk, server);
  await look(page, name('06-conversation'));
  if (await see('show-visitor').isVisible()) {
    await see('show-visitor').click();
    await see('visitor-event').first().waitFor();
    await look(page, name('07-visitor'));
    await see('back-to-chat').click();
  }
  await see('chat-end').click();
  await page.getByRole('alertdialog').waitFor();
  await look(page, name('08-end'));
  await see('confirm').click();
  await see('chat-ended').waitFor();
  await look(page, name('09-ended'));
  if (await see('back-to-list').isVisible()) {
    await see('back-to-list').click();
    await look(page, name('10-list'));
  }
  server.ring('visit-0009.1');
  server.ringNoAnswer('visit-0009.1');
  await see('not-ready-reason').waitFor();
  await server.stop();
  await page.locator('[data-testid="connection-state"][data-state="reconnecting"]').waitFor();
  await look(page, name('11-not-answered-and-reconnecting'));
}

async function converse({ page, see }: Desk, server: FakeServer): Promise<void> {
  const chatId = 'visit-4f2a.1';
  server.open('visit-7c10.1');
  server.say('visit-7c10.1', 'Hello, is the kettle in stock in black?');
  server.say(chatId, 'Hi! My coupon SPRING does not work on this page: https://shop.example/cart');
  server.say(chatId, 'Let me look at that for you.', 'agent');
  server.say(
    chatId,
    'Thank you.\nI have been trying for ten minutes now, and the cart always says that it is “not valid”.',
  );
  server.fail(/messages$/, 403);
  await see('chat-input').fill('The coupon is valid from Monday on.');
  await see('chat-send').click();
  await page.getByText('Not sent.').waitFor();
  await see('chat-input').fill('I have added it for you. Please reload the cart');
  server.type(chatId, true);
  await page.getByText('The visitor is typing').waitFor();
}

for (const { name: size, width, height } of sizes) {
  for (const colorScheme of ['light', 'dark'] as const) {
    describe(`the workspace, ${size} and ${colorScheme}`, () => {
      it('is whole and in order in every state', async () => {
        const server = new FakeServer();
        await server.start();
        const desk = await openDesk(browser, server, { viewport: { width, height }, colorScheme });
        try {
          await walk(desk, server, (state) => `${state}-${size}-${colorScheme}`);
          expect(desk.complaints).toEqual([]);
        } finally {
          await desk.close();
          await server.stop();
        }
      });
    });
  }
}

describe('what is seldom seen', () => {
  it('loads with a skeleton after a moment, and fails with a word', async () => {
    const server = new FakeServer();
    await server.start();
    const desk = await openDesk(browser, server);
    try {
      let letGo = (): void => undefined;
      await desk.page.route('**/api/state', async (route) => {
        await new Promise<void>((resolve) => (letGo = resolve));
        await route.continue();
      });
      await desk.page.reload();
      await desk.page.getByRole('status', { name: 'Loading' }).waitFor();
      await look(desk.page, '12-loading');
      server.fail(/state$/, 500);
      letGo();
      await desk.page.getByText('could not be loaded').waitFor();
      await look(desk.page, '13-failed');
    } finally {
      await desk.page.unrouteAll({ behavior: 'ignoreErrors' });
      await desk.close();
      await server.stop();
    }
  });

  it('speaks German to whoever wants it', async () => {
    const server = new FakeServer();
    await server.start();
    const desk = await openDesk(browser, server, { locale: 'de-DE' });
    try {
      await desk.page.getByRole('button', { name: 'Anmelden' }).waitFor();
      await logIn(desk);
      await desk.page.getByText('Sie sind nicht bereit').waitFor();
      expect(await desk.page.locator('html').getAttribute('lang')).toBe('de');
      server.open('visit-4f2a.1');
      await desk.see('chat-list-item').getByRole('button').click();
      await desk.page.getByText('noch 4.000 Zeichen').waitFor();
      await desk.see('visitor-identity').waitFor();
      await look(desk.page, '14-german');
    } finally {
      await desk.close();
      await server.stop();
    }
  });
});
