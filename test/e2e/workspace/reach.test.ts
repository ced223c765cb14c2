// The workspace where not everything is given: no mouse, no WebSocket, no attention, a page in the
// background.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, logIn, logInAndConnect, openBrowser, openDesk, until } from './browser.js';
import { FakeServer } from './fake-server.js';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => browser.close());

/** Presses Tab until the element with this `data-testid` has the focus. */
async function tabTo(page: Page, testId: string): Promise<void> {
  const focused = page.locator(`[data-testid="${testId}"]:focus, [data-testid="${testId}"] :focus`);
  for (let press = 0; press < 40; press++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${testId}`);
}

describe('without a mouse', () => {
  it('an agent logs in, becomes ready, takes a chat, answers, ends it and closes it', async () => {
    const server = new FakeServer();
    await server.start();
    const desk = await openDesk(browser, server);
    const { page, see } = desk;
    try {
      await see('login-user').waitFor();
      await page.keyboard.type('anna');
      await page.keyboard.press('Tab');
      await page.keyboard.type('secret');
      await page.keyboard.press('Enter');
      await connected(desk, server);
      await tabTo(page, 'readiness-switch');
      await page.keyboard.press('Space');
      await page.locator('[data-readiness="ready"]').waitFor();
      server.ring('visit-0001.1');
      await see('offer').waitFor();
      await tabTo(page, 'offer-accept');
      await page.keyboard.press('Enter');
      await page.locator('[data-testid="chat-input"]:focus').waitFor();
      await page.keyboard.type('Hello');
      await page.keyboard.press('Enter');
      await until('the message', () => server.chats.get('visit-0001.1')?.entries.at(-1)?.text === 'Hello');
      await tabTo(page, 'transcript');
      await tabTo(page, 'chat-end');
      await page.keyboard.press('Enter');
      await page.getByRole('alertdialog').waitFor();
      await tabTo(page, 'confirm');
      await page.keyboard.press('Enter');
      await see('chat-ended').waitFor();
      await tabTo(page, 'chat-close-button');
      await page.keyboard.press('Enter');
      await see('chat-list-item').waitFor({ state: 'detached' });
      expect(desk.complaints).toEqual([]);
    } finally {
      await desk.close();
      await server.stop();
    }
  });
});

describe('without WebSocket', () => {
  it('the push comes by long-polling, and mends itself too', async () => {
    const server = new FakeServer();
    await server.start();
    const context = await browser.newContext({ locale: 'en-GB' });
    await context.addInitScript('delete globalThis.WebSocket');
    const page = await context.newPage();
    const see = (testId: string) => page.getByTestId(testId);
    const desk = { page, see, complaints: [], close: () => context.close() };
    try {
      await page.goto(server.url);
      await logInAndConnect(desk, server);
      server.open('visit-0001.1');
      await see('chat-list-item').getByRole('button').click();
      for (const text of ['one', 'two', 'three']) server.say('visit-0001.1', text);
      await see('chat-entry').getByText('three').waitFor();
      await server.stop();
      await page.locator('[data-testid="connection-state"][data-state="reconnecting"]').waitFor();
      server.say('visit-0001.1', 'four');
      await server.start();
      await connected(desk, server);
      server.say('visit-0001.1', 'five');
      await see('chat-entry').getByText('five').waitFor();
      const lines = await see('chat-entry').locator('.bubble-text').allTextContents();
      expect(lines).toEqual(['one', 'two', 'three', 'four', 'five']);
    } finally {
      await desk.close();
      await server.stop();
    }
  });
});

describe('without attention', () => {
  it('offers and messages are notified, counted in the title, and withdrawn', async () => {
    const server = new FakeServer();
    await server.start();
    const context = await browser.newContext({ locale: 'en-GB' });
    await context.addInitScript(`
      globalThis.notified = [];
      globalThis.Notification = class {
        static permission = 'default';
        static async requestPermission() { return (this.permission = 'granted'); }
        constructor(title, { body, tag }) { this.tag = tag; notified.push(title + ': ' + body); }
        close() { notified.push('closed ' + this.tag); }
      };
      document.hasFocus = () => false;
    `);
    const page = await context.newPage();
    const see = (testId: string) => page.getByTestId(testId);
    const desk = { page, see, complaints: [], close: () => context.close() };
    const notified = () => page.evaluate<string[]>('notified');
    try {
      await page.goto(server.url);
      await logIn(desk);
      await connected(desk, server);
      await see('notifications-toggle').click();
      await see('sound-toggle').click();
      server.ring('visit-0001.1', 'Abandoned cart');
      await until('the notification', async () =>
        (await notified()).includes('A visitor wants to chat: Rule: Abandoned cart'),
      );
      server.ringNoAnswer('visit-0001.1');
      await until('its end', async () => (await notified()).includes('closed offer-visit-0001.1'));
      server.open('visit-0002.1');
      await see('chat-list-item').waitFor();
      server.say('visit-0002.1', 'hello');
      await until(
        'the message’s',
        async () => (await notified()).at(-1) === 'Beckon workspace: 1 unread message',
      );
      await until('the title', async () => (await page.title()) === '(1) Beckon workspace');
      await page.reload();
      await connected(desk, server);
      expect(await see('notifications-toggle').getAttribute('aria-pressed')).toBe('false');
      expect(await see('sound-toggle').getAttribute('aria-pressed')).toBe('true');
    } finally {
      await desk.close();
      await server.stop();
    }
  });
});
