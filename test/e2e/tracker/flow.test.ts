/** A visit from its first page to the end of its chat, in a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, launchBrowser, openPage, type OpenedPage } from './browser.js';
import { startFakeServer, type FakeServer } from './fake-server.js';

let browser: Browser;
let fake: FakeServer;
let opened: OpenedPage;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  fake = await startFakeServer();
});
afterEach(async () => {
  await opened.context.close();
  await fake.close();
});

const hook = (name: string): string => `[data-beckon="${name}"]`;

async function visit(path = '/'): Promise<void> {
  opened = await openPage(browser, fake.url + path);
  await eventually('a subscription', () => fake.bayeux.hasSubscriber(`/notification/${fake.visitID()}`));
}

async function startChat(): Promise<string> {
  await visit();
  fake.invite();
  await opened.page.click(hook('accept'));
  await opened.page.waitForSelector(hook('chat'));
  return `${fake.visitID()}.1`;
}

describe('a visit', () => {
  it('sends the system events in order, with ids and categories', async () => {
    await visit();
    await opened.page.click('#next');
    await eventually('both pages', () => fake.events.length === 4 && fake.events);
    expect(fake.events.map(({ eventName }) => eventName)).toEqual([
      'VisitStarted',
      'PageEntered',
      'PageExited',
      'PageEntered',
    ]);
    const [started, entered, exited, second] = fake.events;
    expect(entered).toMatchObject({
      eventType: 'SYSTEM',
      visitID: 'V1',
      globalVisitID: 'G1',
      category: 'tea;cups',
      url: `${fake.url}/`,
      languageCode: 'en-US',
      data: { title: 'Home', referrer: '' },
    });
    expect(started!.data).toMatchObject({ timezoneOffset: expect.any(Number) as number });
    expect(started!.pageID).toBe(entered!.pageID);
    expect(exited!.pageID).toBe(entered!.pageID);
    expect(second).toMatchObject({ visitID: 'V1', data: { title: 'Second', referrer: `${fake.url}/` } });
    expect(opened.errors).toEqual([]);
  });
});

describe('an invitation', () => {
  it('is painted, reported as shown, accepted, and opens the chat', async () => {
    await startChat();
    expect(fake.dispositions).toEqual(['V1.1 shown', 'V1.1 accept']);
    expect(await opened.page.locator(hook('invitation')).count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });
});

describe('a chat', () => {
  it('carries messages both ways, survives a reload, and ends', async () => {
    const chatId = await startChat();
    const { page } = opened;
    fake.pushChat(chatId, { state: 'active', agentName: 'Ann' });
    fake.addEntry(chatId, { kind: 'joined', by: 'agent', name: 'Ann' });
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'Hello' });
    await page.fill(hook('chat-input'), 'Hi there');
    await page.press(hook('chat-input'), 'Enter');
    await eventually('three entries', async () => (await page.locator(hook('chat-entry')).count()) === 3);
    await page.reload();
    await eventually(
      'the transcript again',
      async () => (await page.locator(hook('chat-entry')).count()) === 3,
    );
    const texts = await page.locator(`${hook('chat-entry')} p`).allTextContents();
    expect(texts).toEqual(['Ann has joined the chat', 'Hello', 'Hi there']);
    await page.click(hook('chat-end'));
    await page.click(hook('chat-end-confirm'));
    await page.waitForSelector(`${hook('chat-state')}[data-state=ended]`);
    expect(opened.errors).toEqual([]);
  });
});
