/** What the tests of this folder do over and over: a fresh server and visitor for each test. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { eventually, launchBrowser, openPage, type OpenedPage } from './browser.js';
import { startFakeServer, type FakeServer } from './fake-server.js';

export interface Visitor {
  readonly fake: FakeServer;
  readonly page: Page;
  readonly opened: OpenedPage;
  /** Opens a page of the site; a whole URL names another host. */
  open(path?: string, options?: BrowserContextOptions): Promise<void>;
  /** Opens a page and waits until push is there. */
  visit(path?: string, options?: BrowserContextOptions): Promise<void>;
  subscribed(): Promise<unknown>;
  /** Waits for an event of that name. */
  event(eventName: string): Promise<FakeServer['events'][number]>;
  names(): string[];
  /** Pushes calls onto `_gt`; the text is the array of calls. */
  gt(calls: string): Promise<void>;
  /** Accepts an invitation and waits for the window of the chat, whose id is returned. */
  startChat(options?: BrowserContextOptions): Promise<string>;
  count(hook: string): Promise<number>;
  texts(hook: string): Promise<string[]>;
}

export const hook = (name: string): string => `[data-beckon="${name}"]`;

export function useVisitor(launch = launchBrowser): Visitor {
  let browser: Browser;
  let fake: FakeServer;
  let opened: OpenedPage | undefined;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    fake = await startFakeServer();
  });
  afterEach(async () => {
    await opened?.context.close();
    opened = undefined;
    await fake.close();
  });

  const self: Visitor = {
    get fake() {
      return fake;
    },
    get page() {
      return self.opened.page;
    },
    get opened() {
      if (opened === undefined) throw new Error('no page is open');
      return opened;
    },
    async open(path = '/', options = {}) {
      opened = await openPage(browser, path.startsWith('/') ? fake.url + path : path, options);
    },
    async visit(path, options) {
      await self.open(path, options);
      await self.subscribed();
    },
    subscribed: () =>
      eventually('a subscription', () => fake.bayeux.hasSubscriber(`/notification/${fake.visitID()}`)),
    event: (eventName) =>
      eventually(eventName, () => fake.events.find((event) => event.eventName === eventName)).then(
        (event) => event!,
      ),
    names: () => fake.events.map(({ eventName }) => eventName),
    gt: (calls) => self.page.evaluate(`_gt.push(...${calls})`).then(() => undefined),
    async startChat(options) {
      await self.visit('/', options);
      fake.invite();
      await self.page.click(hook('accept'));
      await self.page.waitForSelector(hook('chat'));
      return `${fake.visitID()}.1`;
    },
    count: (name) => self.page.locator(hook(name)).count(),
    texts: (name) => self.page.locator(hook(name)).allTextContents(),
  };
  return self;
}
