// An agent's day in a real browser: in and out, ready and not, offers, chats, a lost connection, and nothing
// lost or doubled by any of it.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connected, type Desk, logIn, logInAndConnect, openBrowser, openDesk, until } from './browser.js';
import { FakeServer } from './fake-server.js';
import { enterPage, sampleEvent } from './samples.js';

let browser: Browser;
let server: FakeServer;
let desk: Desk;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => browser.close());
beforeEach(async () => {
  server = new FakeServer();
  await server.start();
  desk = await openDesk(browser, server);
});
afterEach(async () => {
  await desk.close();
  await server.stop();
  expect(desk.complaints).toEqual([]);
});

const lines = async () => desk.see('chat-entry').locator('.bubble-text').allTextContents();

describe('the way in and out', () => {
  it('says what is wrong, lets the right one in, keeps the session over a reload, and lets out', async () => {
    const { page, see } = desk;
    await logIn(desk, 'wrong');
    await page.getByText('User name or password is wrong.').waitFor();
    expect(await see('login-password').inputValue()).toBe('');
    server.fail(/login$/, 429, 1, { 'retry-after': '60' });
    await logIn(desk);
    await page.getByText(/Too many attempts. Try again in 1 min/).waitFor();
    await logInAndConnect(desk, server);
    await page.reload();
    await connected(desk, server);
    await see('logout').click();
    await see('login-user').waitFor();
    await until('the push to end', () => !server.listening);
    await page.reload();
    await see('login-user').waitFor();
  });

  it('asks again for the password when the session has ended', async () => {
    await logInAndConnect(desk, server);
    server.expireSession();
    await desk.see('readiness-switch').click();
    await desk.page.getByText('Your session has ended.').waitFor();
    await logInAndConnect(desk, server);
  });

  it('says when the state cannot be loaded, names the request, and tries again', async () => {
    await desk.see('login-user').waitFor();
    server.fail(/state$/, 500);
    await desk.page.reload();
    await desk.page.getByText('Request req-42').waitFor();
    await desk.page.getByRole('button', { name: 'Try again' }).click();
    await desk.see('login-user').waitFor();
  });
});

describe('readiness and offers', () => {
  it('ring with rule and page, are accepted by keyboard, and open the chat for writing', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    await see('readiness-switch').click();
    await page.locator('[data-readiness="ready"]').waitFor();
    server.ring('visit-0001.1', 'Abandoned cart');
    await see('offer').getByText('Your cart').waitFor();
    expect(await see('offer').textContent()).toContain('Abandoned cart');
    await until('the title to count it', async () => (await page.title()).startsWith('(1)'));
    await page.keyboard.press('Alt+Shift+KeyA');
    await see('chat-input').waitFor();
    expect(await see('offer').count()).toBe(0);
    await page.locator('[data-testid="chat-input"]:focus').waitFor();
    expect(server.requests.filter((line) => line.includes('/accept'))).toHaveLength(1);
  });

  it('are declined, and disappear with a reason when nobody answers', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    await see('readiness-switch').click();
    server.ring('visit-0001.1');
    await see('offer-decline').click();
    await see('offer').waitFor({ state: 'detached' });
    server.ring('visit-0002.1');
    await see('offer').waitFor();
    server.ringNoAnswer('visit-0002.1');
    await see('offer').waitFor({ state: 'detached' });
    await page.getByText('a chat rang and was not answered').waitFor();
    await page.locator('[data-readiness="notReady"]').waitFor();
    await see('readiness-switch').click();
    await see('not-ready-reason').waitFor({ state: 'detached' });
  });

  it('that went elsewhere meanwhile are said to be gone', async () => {
    await logInAndConnect(desk, server);
    server.ring('visit-0001.1');
    await desk.see('offer').waitFor();
    server.offers.clear();
    await desk.see('offer-accept').click();
    await desk.see('notice').getByText('no longer on offer').waitFor();
    expect(await desk.see('offer').count()).toBe(0);
  });

  it('whose end never came are asked about when their time is over', async () => {
    await logInAndConnect(desk, server);
    server.ring('visit-0001.1', 'Abandoned cart', 300);
    await desk.see('offer').waitFor();
    server.offers.clear();
    await desk.see('offer').waitFor({ state: 'detached' });
  });
});

describe('chats', () => {
  it('carry text both ways, show who types, and end for both', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await see('chat-list-item').getByRole('button').click();
    server.type('visit-0001.1', true);
    await page.getByText('The visitor is typing').waitFor();
    server.say('visit-0001.1', 'Is <b>this</b> in stock? https://shop.example/x, javascript:alert(1)');
    await see('chat-entry').getByText('Is <b>this</b> in stock?').waitFor();
    const link = see('chat-entry').getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://shop.example/x');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await see('visitor-typing').textContent()).toBe('');
    await see('chat-input').pressSequentially('Yes');
    await see('chat-input').press('Shift+Enter');
    await see('chat-input').pressSequentially('it is.');
    await see('chat-input').press('Enter');
    await see('chat-entry').getByText('it is.').waitFor();
    expect(server.chats.get('visit-0001.1')?.entries.at(-1)).toMatchObject({
      by: 'agent',
      text: 'Yes\nit is.',
    });
    expect(server.requests.filter((line) => line.endsWith('{"typing":true}'))).toHaveLength(1);
    await see('chat-end').click();
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await see('chat-end').click();
    await see('confirm').click();
    await see('chat-ended').getByText('ended by the agent').waitFor();
    expect(await see('chat-input').count()).toBe(0);
    await see('chat-close-button').click();
    await see('chat-list-item').waitFor({ state: 'detached' });
  });

  it('send at once what is written, and repeat it until the server has it, once', async () => {
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await desk.see('chat-list-item').getByRole('button').click();
    server.fail(/messages$/, 503, 2);
    for (const text of ['one', 'two']) {
      await desk.see('chat-input').fill(text);
      await desk.see('chat-send').click();
    }
    expect(await lines()).toEqual(['one', 'two']);
    await until('both to arrive', () => server.chats.get('visit-0001.1')?.entries.length === 3);
    await until(
      'both to be shown as sent',
      async () => (await desk.page.locator('[data-delivery]').count()) === 0,
    );
    expect(await lines()).toEqual(['one', 'two']);
    expect(server.requests.filter((line) => line.includes('/messages')).length).toBe(4);
  });

  it('keep an unsent message over a reload, and say when one is refused', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await see('chat-list-item').getByRole('button').click();
    server.fail(/messages$/, 503, 1);
    await see('chat-input').fill('keep me');
    await see('chat-send').click();
    await until('the first try', () => server.requests.some((line) => line.includes('/messages')));
    await page.reload();
    await until(
      'the message to arrive',
      () => server.chats.get('visit-0001.1')?.entries.at(-1)?.text === 'keep me',
    );
    await see('chat-entry').getByText('keep me').waitFor();
    expect(await lines()).toEqual(['keep me']);
    server.fail(/messages$/, 403, 1);
    await see('chat-input').fill('not this');
    await see('chat-send').click();
    await page.getByText('Not sent.').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await until(
      'it to arrive now',
      () => server.chats.get('visit-0001.1')?.entries.at(-1)?.text === 'not this',
    );
  });

  it('show what is unread in several at once, keep drafts, and refuse a text over the limit', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    server.open('visit-0002.1');
    server.open('visit-0003.1');
    const chats = see('chat-list-item');
    await chats.nth(2).waitFor();
    await chats.nth(0).getByRole('button').click();
    await see('chat-input').fill('a draft');
    server.say('visit-0002.1', 'hello?');
    server.say('visit-0002.1', 'anybody?');
    await until(
      'two unread',
      async () => (await chats.nth(1).getByTestId('unread').textContent())?.startsWith('2') === true,
    );
    await until('the title to count them', async () => (await page.title()).startsWith('(2)'));
    await chats.nth(1).getByRole('button').click();
    await until('none unread', async () => (await see('unread').count()) === 0);
    await chats.nth(0).getByRole('button').click();
    expect(await see('chat-input').inputValue()).toBe('a draft');
    await see('chat-input').fill('x'.repeat(4_001));
    await page.getByText('1 character too many').waitFor();
    expect(await see('chat-send').isDisabled()).toBe(true);
    await page.reload();
    await connected(desk, server);
    expect(new URL(page.url()).search).toContain('visit-0001.1');
    await see('chat-input').waitFor();
  });
});

describe('the visitor beside the chat', () => {
  it('shows identity, pages, events with data and the rule, and follows live', async () => {
    const { see } = desk;
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await see('chat-list-item').getByRole('button').click();
    await see('visitor-identity').getByText('maria@example.com').waitFor();
    expect(await see('visitor-scope').textContent()).toBe('Signed in');
    expect(await see('visitor-rule').textContent()).toBe('Abandoned cart');
    expect(await see('visitor-page').textContent()).toContain('Your cart');
    expect(await see('visitor-event').count()).toBe(7);
    expect(await see('visitor-event').filter({ hasText: 'AddToCart' }).textContent()).toContain(
      '{"colour":"black"}',
    );
    server.happen('visit-0001', enterPage('visit-0001', 'checkout', 'Check <i>out</i>'));
    await see('visitor-page').getByText('Check <i>out</i>').waitFor();
    const hostile = sampleEvent('visit-0001', 'e9', {
      eventName: 'Search',
      url: 'javascript:alert(1)',
      data: { term: '<img src=x>' },
    });
    server.happen('visit-0001', hostile);
    await see('visitor-event').filter({ hasText: '<img src=x>' }).waitFor();
    expect(await desk.page.locator('a[href^="javascript"]').count()).toBe(0);
  });

  it('says when it cannot be loaded, while the chat works on', async () => {
    await logInAndConnect(desk, server);
    server.fail(/visit$/, 403, 3);
    server.open('visit-0001.1');
    await desk.see('chat-list-item').getByRole('button').click();
    await desk.see('visitor-panel').getByText('The visit could not be loaded.').waitFor();
    await desk.see('chat-input').waitFor();
    await until('the failures to be over', async () => {
      const retry = desk.see('visitor-panel').getByRole('button', { name: 'Try again' });
      if (await retry.isVisible()) await retry.click();
      return (await desk.see('visitor-identity').count()) === 1;
    });
  });
});

describe('a lost connection', () => {
  it('is shown, mends itself, and loses or doubles nothing', async () => {
    const { page, see } = desk;
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await see('chat-list-item').getByRole('button').click();
    server.say('visit-0001.1', 'before');
    await see('chat-entry').getByText('before').waitFor();
    server.ring('visit-0002.1');
    await see('offer').waitFor();
    await server.stop();
    await page.locator('[data-testid="connection-state"][data-state="reconnecting"]').waitFor();
    server.say('visit-0001.1', 'meanwhile');
    server.offers.clear();
    server.ring('visit-0003.1', 'Second rule');
    await see('chat-input').fill('written in the dark');
    await see('chat-send').click();
    await server.start();
    await connected(desk, server);
    await see('offer').getByText('Second rule').waitFor();
    expect(await see('offer').count()).toBe(1);
    await until(
      'all three lines, once each',
      async () => (await lines()).join() === 'before,meanwhile,written in the dark',
    );
    await until('what was written to arrive', () => server.chats.get('visit-0001.1')?.entries.length === 4);
    server.say('visit-0001.1', 'after');
    await until('the push to work again', async () => (await lines()).at(-1) === 'after');
    expect(await lines()).toEqual(['before', 'meanwhile', 'written in the dark', 'after']);
  });

  it('shows a chat that ended meanwhile as ended, until it is closed', async () => {
    await logInAndConnect(desk, server);
    server.open('visit-0001.1');
    await desk.see('chat-list-item').getByRole('button').click();
    await server.stop();
    server.chats.clear();
    await server.start();
    await desk.see('chat-ended').waitFor();
    await desk.see('chat-close-button').click();
    await desk.see('chat-list-item').waitFor({ state: 'detached' });
  });
});
