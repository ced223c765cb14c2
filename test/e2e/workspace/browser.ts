/** A Chromium for the tests of the workspace, and pages of it that note what the browser complains of. */
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { newPerson, type Person } from '../../support/browser.js';
import type { FakeServer } from './fake-server.js';

export { axeFindings, openBrowser } from '../../support/browser.js';

export interface Desk extends Person {
  /** The element with this `data-testid`. */
  see(testId: string): Locator;
}

/** The browser notes every refused request itself; those are part of the tests. */
const expected = /Failed to load resource|WebSocket|ERR_/;

/** A browser profile of its own with the workspace's log-in page. */
export async function openDesk(
  browser: Browser,
  server: FakeServer,
  options: BrowserContextOptions = {},
): Promise<Desk> {
  const profile = { viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options };
  const watch = { isComplaint: (text: string) => !expected.test(text), timeoutMs: 10_000 };
  const person = await newPerson(browser, profile, watch);
  await person.page.goto(server.url);
  return { ...person, see: (testId) => person.page.getByTestId(testId) };
}

export async function logIn({ see }: Desk, password = 'secret'): Promise<void> {
  await see('login-user').fill('anna');
  await see('login-password').fill(password);
  await see('login-submit').click();
}

/** Logged in, and listening to the push. */
export async function logInAndConnect(desk: Desk, server: FakeServer): Promise<void> {
  await logIn(desk);
  await connected(desk, server);
}

export async function connected({ page, see }: Desk, server: FakeServer): Promise<void> {
  await see('connection-state').and(page.locator('[data-state="connected"]')).waitFor();
  await until('the push to be subscribed', () => server.listening);
}

/** Waits for a condition of the test's own world; the browser's are Playwright's. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
