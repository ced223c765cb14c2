/** Pages of new visitors, and waiting with a bound. */
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';

export { openBrowser as launchBrowser } from '../../support/browser.js';

/** Hosts of a site with subdomains, all on this machine. */
export const siteDomain = 'shop.test';

/**
 * A browser that keeps pages for going back, as people's browsers do, and knows the hosts of `siteDomain`.
 */
export function launchLifelike(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      `--host-resolver-rules=MAP *.${siteDomain} 127.0.0.1`,
    ],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

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
