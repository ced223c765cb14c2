/** A visit from its first page to the end of its chat, in a real browser. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();

describe('a whole visit', () => {
  it('sends the system events in order, with ids and categories', async () => {
    const { fake } = visitor;
    await visitor.visit();
    await visitor.page.click('#next');
    await eventually('both pages', () => fake.events.length === 4);
    expect(visitor.names()).toEqual(['VisitStarted', 'PageEntered', 'PageExited', 'PageEntered']);
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
    expect(started!.data).toMatchObject({
      timezoneOffset: expect.any(Number) as number,
      screenResolution: '1280x720',
      languages: expect.any(Array) as string[],
    });
    expect(started!.pageID).toBe(entered!.pageID);
    expect(exited!.pageID).toBe(entered!.pageID);
    expect(second).toMatchObject({ visitID: 'V1', data: { title: 'Second', referrer: `${fake.url}/` } });
    expect(fake.events.every(({ eventID }) => /^[0-9A-F]{32}$/.test(eventID))).toBe(true);
    expect(visitor.opened.errors).toEqual([]);
  });

  it('goes from the invitation through the chat to its end, over a reload', async () => {
    const { fake } = visitor;
    const chatId = await visitor.startChat();
    expect(fake.dispositions).toEqual(['V1.1 shown', 'V1.1 accept']);
    expect(await visitor.count('invitation')).toBe(0);
    fake.pushChat(chatId, { state: 'active', agentName: 'Ann' });
    fake.addEntry(chatId, { kind: 'joined', by: 'agent', name: 'Ann' });
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'Hello' });
    await visitor.page.fill(hook('chat-input'), 'Hi there');
    await visitor.page.press(hook('chat-input'), 'Enter');
    await eventually('the message', () => fake.chats.get(chatId)!.entries.length === 3);
    await visitor.page.reload();
    await eventually('the transcript again', async () => (await visitor.count('chat-entry')) === 3);
    const texts = await visitor.page.locator(`${hook('chat-entry')} p`).allTextContents();
    expect(texts).toEqual(['Ann has joined the chat', 'Hello', 'Hi there']);
    await visitor.page.click(hook('chat-end'));
    await visitor.page.click(hook('chat-end-confirm'));
    await visitor.page.waitForSelector(`${hook('chat-state')}[data-state=ended]`);
    await visitor.page.click(hook('chat-close'));
    expect(await visitor.count('chat')).toBe(0);
    await visitor.page.reload();
    await visitor.subscribed();
    expect(await visitor.page.evaluate('document.cookie')).not.toContain('_gt_chat');
    expect(visitor.opened.errors).toEqual([]);
  });

  it('works under a policy that admits neither eval nor inline code nor inline style', async () => {
    const { fake } = visitor;
    const policy =
      "default-src 'none'; script-src 'nonce-abc'; connect-src 'self'; style-src 'self'; img-src data:";
    fake.pageHeaders = { 'content-security-policy': policy };
    fake.dsl = `<properties><events><event name="Pressed"><trigger element="#press" action="click"/>
      <val name="label" value="$(event.target).text().replace(/\\s+/g, ' ') + ' ' + (1 + 2) * 2"/>
      </event></events></properties>`;
    const page = pageHtml('Strict', '<button id="press">Press  me</button>');
    fake.pages.set('/strict', page.replaceAll('<script', '<script nonce="abc"'));
    await visitor.visit('/strict');
    await visitor.page.click('#press');
    expect((await visitor.event('Pressed')).data).toEqual({ label: 'Press me 6' });
    fake.invite();
    const card = visitor.page.locator(hook('invitation'));
    await card.waitFor();
    const root = `document.querySelector('#beckon-root').shadowRoot`;
    const style = `getComputedStyle(${root}.querySelector('.invite'))`;
    expect(await visitor.page.evaluate(`${style}.position`)).toBe('fixed');
    await visitor.page.click(hook('accept'));
    await visitor.page.waitForSelector(hook('chat'));
    expect(visitor.opened.console.filter((line) => /content.security/i.test(line))).toEqual([]);
  });
});
