/**
 * A visitor of the sample site's tests: a browser profile of its own that reports what the browser complains
 * of.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { newPerson, type Person } from '../../support/browser.js';

export { axeFindings, openBrowser } from '../../support/browser.js';

export type Visitor = Person;

/** The test's server speaks no WebSocket, which the client notices and long-polls instead: no complaint. */
export function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  return newPerson(browser, options, {
    isComplaint: (text) => !text.includes('WebSocket'),
    timeoutMs: 10_000,
  });
}

/**
 * The value of a script in the page. It is text, because the page's names are not known to the tests' own
 * code.
 */
export function inPage<Value>(page: Page, script: string): Promise<Value> {
  return page.evaluate<Value, undefined>(script, undefined);
}
