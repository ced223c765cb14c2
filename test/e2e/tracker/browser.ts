/** Pages of new visitors, and waiting with a bound. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export { openBrowser as launchBrowser } from '../../support/browser.js';

export interface OpenedPage {
  page: Page;
  context: BrowserContext;
  /** What the page wrote on its console. */
  console: string[];
  /** Errors that nobody caught. */
  errors: string[];
}

/** A page of a new visitor. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const opened: OpenedPage = { page, context, console: [], errors: [] };
  page.on('console', (message) => opened.console.push(message.text()));
  page.on('pageerror', (error) => opened.errors.push(error.message));
  await page.goto(url);
  return opened;
}

/**
 * Waits until `found` gives something true, and returns it; fails after `timeoutMs` with `what` was awaited.
 */
export async function eventually<Found>(what: string, found: () => Found, timeoutMs = 8_000): Promise<Found> {
  const endsAt = Date.now() + timeoutMs;
  for (;;) {
    const value = await found();
    if (value) return value;
    if (Date.now() > endsAt) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
