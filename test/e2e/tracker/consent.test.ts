/**
 * Nothing is stored or sent without consent where it is asked for, and nothing stays when it is taken back.
 */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml, snippet } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();

async function openWith(options: string, before = ''): Promise<void> {
  const head = before + snippet.replace('debug: true', options);
  const early = `<script>_gt.push(['event', 'Early']);</script>`;
  visitor.fake.pages.set('/asked', pageHtml('Asked', '', head + early));
  await visitor.open('/asked');
  await visitor.page.waitForFunction('_gt.isLoaded');
}

const kept = `JSON.stringify([document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)])`;
const nothing = JSON.stringify(['', [], []]);

async function nothingHappened(): Promise<void> {
  await visitor.page.waitForTimeout(300);
  expect(visitor.fake.requests.filter((line) => line.includes('/server/') && !line.endsWith('.js'))).toEqual(
    [],
  );
  expect(await visitor.page.evaluate(kept)).toBe(nothing);
}

describe('consent', () => {
  it('is waited for, and then what had been kept back is sent', async () => {
    await openWith(`consent: 'required'`);
    await visitor.gt(`[['event', 'Later']]`);
    await nothingHappened();
    await visitor.gt(`[['consent', true]]`);
    await visitor.event('Later');
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Early', 'Later']);
    expect(await visitor.page.evaluate('document.cookie')).toContain('_gt_visit=V1');
  });

  it('that is refused drops everything, and may be given later', async () => {
    await openWith(`consent: 'required'`);
    await visitor.gt(`[['consent', false], ['event', 'Never']]`);
    await nothingHappened();
    await visitor.gt(`[['consent', true], ['event', 'Yes']]`);
    await visitor.event('Yes');
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Yes']);
  });

  it('that is taken back ends everything and leaves nothing behind', async () => {
    const { fake } = visitor;
    await visitor.startChat();
    await visitor.gt(`[['event', 'Before']]`);
    await visitor.event('Before');
    fake.isUnwell = true;
    await visitor.gt(`[['event', 'Unsent']]`);
    await visitor.gt(`[['consent', false], ['event', 'Never']]`);
    fake.isUnwell = false;
    await eventually('goodbye', () => !fake.bayeux.hasSubscriber('/notification/V1'));
    expect(await visitor.count('chat')).toBe(0);
    await visitor.page.evaluate(`history.pushState({}, '', '/other'); dispatchEvent(new Event('online'))`);
    await visitor.page.waitForTimeout(300);
    expect(await visitor.page.evaluate(kept)).toBe(nothing);
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'Before']);
    await visitor.page.goto('about:blank');
    expect(visitor.names()).not.toContain('PageExited');
    expect(visitor.opened.errors).toEqual([]);
    await visitor.page.goto(fake.url);
    await visitor.subscribed();
    expect(await visitor.page.locator(hook('chat')).count()).toBe(0);
  });

  it.each([
    ['respectDoNotTrack: true', 'doNotTrack', `'1'`],
    ['respectGlobalPrivacyControl: true', 'globalPrivacyControl', 'true'],
  ])('is needed with %s from a browser that says so', async (option, property, value) => {
    const says = `<script>Object.defineProperty(navigator, '${property}', { value: ${value} })</script>`;
    await openWith(option, says);
    await nothingHappened();
    await visitor.gt(`[['consent', true]]`);
    await visitor.event('Early');
    await visitor.opened.context.close();
    await openWith('debug: false', says);
    await eventually('no question', () => visitor.names().filter((name) => name === 'Early').length === 2);
  });
});
