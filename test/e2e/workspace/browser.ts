/** A Chromium for the tests of the workspace, and pages of it that note what the browser complains of. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import type { FakeServer } from './fake-server.js';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Desk {
  page: Page;
  /** Errors of scripts and breaches of the content-security policy, so far. */
  complaints: string[];
  /** The element with this `data-testid`. */
  see(testId: string): Locator;
  close(): Promise<void>;
}

/** A browser profile of its own with the workspace's log-in page. */
export async function openDesk(
  browser: Browser,
  server: FakeServer,
  options: BrowserContextOptions = {},
): Promise<Desk> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser notes every refused request itself; those are part of the tests.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket|ERR_/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  await page.goto(server.url);
  return { page, complaints, see: (testId) => page.getByTestId(testId), close: () => context.close() };
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

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it stands, one line for each finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`),
    );
  });
}
