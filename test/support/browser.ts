/** A Chromium for the tests that tell a whole story, and what axe finds in a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export async function openBrowser(): Promise<Browser> {
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

export interface Person {
  page: Page;
  /** Errors of scripts, refused resources and breaches of the content-security policy, so far. */
  complaints: string[];
  close(): Promise<void>;
}

export interface Watch {
  /** Whether an error on the console counts. */
  isComplaint?: (text: string) => boolean;
  timeoutMs?: number;
}

/** A browser profile of its own, as one person has it. */
export async function newPerson(
  browser: Browser,
  options: BrowserContextOptions = {},
  { isComplaint = () => true, timeoutMs = 15_000 }: Watch = {},
): Promise<Person> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && isComplaint(message.text())) complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[];
}

/** What axe finds wrong with the page as it stands, one line for each finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResult, undefined>('axe.run()', undefined);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`),
  );
}
