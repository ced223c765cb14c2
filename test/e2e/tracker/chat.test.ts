/**
 * The chat as a visitor meets it: nothing lost or doubled, whatever the connection, the page and the agent
 * do.
 */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();
const lines = (): Promise<string[]> => visitor.page.locator(`${hook('chat-entry')} p`).allTextContents();

async function write(text: string): Promise<void> {
  await visitor.page.fill(hook('chat-input'), text);
  await visitor.page.press(hook('chat-input'), 'Enter');
}

describe('a chat', () => {
  it('tries a message again until the server has it, also after a reload', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    fake.isUnwell = true;
    await write('one');
    await write('two');
    expect(await lines()).toEqual(['one', 'two']);
    await page.waitForSelector(`${hook('chat-entry')}[data-state=retrying]`);
    await page.reload();
    await eventually('both again', async () => (await visitor.count('chat-entry')) === 2);
    fake.isUnwell = false;
    await eventually('both there', () => fake.chats.get(chatId)!.entries.length === 2);
    await page.waitForSelector(`${hook('chat-entry')}[data-state]`, { state: 'detached' });
    expect(await lines()).toEqual(['one', 'two']);
    expect(fake.chats.get(chatId)!.entries.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('tells of a message that the server refuses, and tries it again on demand', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    await write('refuse me');
    await page.click(hook('chat-again'));
    await page.waitForSelector(hook('chat-again'));
    await write('fine');
    await eventually('the next one', () => fake.chats.get(chatId)!.entries.length === 1);
    expect(fake.chats.get(chatId)!.entries[0]!.text).toBe('fine');
  });

  it('fetches what push has missed, without doubles', async () => {
    const chatId = await visitor.startChat();
    const { fake } = visitor;
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'first' });
    await eventually('the first', async () => (await visitor.count('chat-entry')) === 1);
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'missed' }, false);
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'third' });
    await eventually('all', async () => (await visitor.count('chat-entry')) === 3);
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'fourth' }, false);
    fake.bayeux.forgetSessions();
    fake.bayeux.closeSockets();
    await eventually('the fourth', async () => (await visitor.count('chat-entry')) === 4);
    expect(await lines()).toEqual(['first', 'missed', 'third', 'fourth']);
  });

  it('shows who is typing, and tells the agent, seldom', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    fake.pushChat(chatId, { state: 'active', agentName: 'Ann', typing: true });
    await page.getByText('Ann is typing…').waitFor();
    fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text: 'there' });
    await page.getByText('Ann is typing…').waitFor({ state: 'detached' });
    await page.locator(hook('chat-input')).pressSequentially('hello there', { delay: 20 });
    await page.press(hook('chat-input'), 'Enter');
    await eventually('the end of typing', () => fake.typing.length === 2);
    expect(fake.typing).toEqual([true, false]);
  });

  it('counts what comes while it is minimised, and stays so over a reload', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    await page.press(hook('chat-input'), 'Escape');
    await page.waitForSelector(hook('chat-launcher'));
    for (const text of ['a', 'b']) fake.addEntry(chatId, { kind: 'message', by: 'agent', name: 'Ann', text });
    await page.getByRole('button', { name: 'Chat 2 unread' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Chat 2 unread' }).click();
    await eventually('both', async () => (await visitor.count('chat-entry')) === 2);
    await page.click(hook('chat-minimise'));
    await page.getByRole('button', { name: 'Chat', exact: true }).waitFor();
  });

  it('shows text as text and only web addresses as links', async () => {
    const chatId = await visitor.startChat();
    const text = '<img src=x onerror="window.hacked=1"> javascript:alert(1) see https://example.com/a?b=1.';
    visitor.fake.addEntry(chatId, { kind: 'message', by: 'agent', name: '<i>Ann</i>', text });
    await eventually('the entry', async () => (await visitor.count('chat-entry')) === 1);
    expect(await lines()).toEqual([text]);
    const links = visitor.page.locator(`${hook('chat-entry')} a`);
    expect(await links.count()).toBe(1);
    expect(await links.getAttribute('href')).toBe('https://example.com/a?b=1');
    expect(await links.getAttribute('rel')).toContain('noopener');
    expect(await visitor.page.evaluate('window.hacked')).toBeUndefined();
  });

  it('keeps the draft, breaks lines with Shift+Enter, and refuses what is too long', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    await page.locator(hook('chat-input')).pressSequentially('two');
    await page.press(hook('chat-input'), 'Shift+Enter');
    await page.locator(hook('chat-input')).pressSequentially('lines');
    await page.reload();
    await page.waitForSelector(hook('chat'));
    expect(await page.inputValue(hook('chat-input'))).toBe('two\nlines');
    await page.fill(hook('chat-input'), 'x'.repeat(4_003));
    await page.getByText('too long by 3 characters').waitFor();
    expect(await page.isDisabled(hook('chat-send'))).toBe(true);
    await page.press(hook('chat-input'), 'Enter');
    await write('fine');
    await eventually('one message', () => fake.chats.get(chatId)!.entries.length === 1);
    expect(fake.chats.get(chatId)!.entries[0]!.text).toBe('fine');
  });

  it('ends when the agent ends it', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    fake.chats.get(chatId)!.state = 'ended';
    fake.addEntry(chatId, { kind: 'ended', by: 'system', reason: 'agentEnded' });
    await page.waitForSelector(`${hook('chat-state')}[data-state=ended]`);
    expect(await page.isHidden(hook('chat-input'))).toBe(true);
    await page.click(hook('chat-close'));
    expect(await visitor.count('chat')).toBe(0);
  });

  it('goes on from page to page, and is forgotten when the server knows it no more', async () => {
    const chatId = await visitor.startChat();
    const { fake, page } = visitor;
    await write('hello');
    await eventually('the message', () => fake.chats.get(chatId)!.entries.length === 1);
    await page.goto(`${fake.url}/second`);
    await eventually('the transcript', async () => (await lines()).join() === 'hello');
    fake.chats.clear();
    await page.goto(`${fake.url}/`);
    await visitor.subscribed();
    await page.waitForSelector(`${hook('chat-state')}[data-state=ended]`);
    await page.click(hook('chat-close'));
    await page.reload();
    await visitor.subscribed();
    expect(await visitor.count('chat')).toBe(0);
  });
});
