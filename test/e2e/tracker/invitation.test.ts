/** The invitation as a visitor meets it: seen, heard, answered, and gone. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();
const inRoot = "document.querySelector('#beckon-root').shadowRoot";

async function invited(...given: Parameters<typeof visitor.fake.invite>): Promise<void> {
  visitor.fake.invite(...given);
  await visitor.page.waitForSelector(hook('invitation'));
}

const reported = (line: string): Promise<unknown> =>
  eventually(line, () => visitor.fake.dispositions.includes(line));

describe('an invitation', () => {
  it('takes the focus, is named, and gives the focus back when Escape rejects it', async () => {
    visitor.fake.pages.set('/focus', pageHtml('Focus', '<button id="mine">Mine</button>'));
    await visitor.visit('/focus');
    await visitor.page.focus('#mine');
    await invited();
    expect(await visitor.page.evaluate(`${inRoot}.activeElement.getAttribute('role')`)).toBe('dialog');
    const dialog = visitor.page.getByRole('dialog', { name: 'Can we help?' });
    expect(await dialog.count()).toBe(1);
    await visitor.page.keyboard.press('Tab');
    expect(await visitor.page.evaluate(`${inRoot}.activeElement.dataset.beckon`)).toBe('accept');
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.press('Escape');
    await reported('V1.1 reject');
    expect(await visitor.count('invitation')).toBe(0);
    expect(await visitor.page.evaluate('document.activeElement.id')).toBe('mine');
  });

  it('leaves the focus to a visitor who is writing, and says the offer', async () => {
    visitor.fake.pages.set('/write', pageHtml('Write', '<input id="mine">'));
    await visitor.visit('/write');
    await visitor.page.focus('#mine');
    await invited();
    await visitor.page.keyboard.type('still here');
    await visitor.page.keyboard.press('Escape');
    expect(await visitor.page.inputValue('#mine')).toBe('still here');
    expect(await visitor.count('invitation')).toBe(1);
    expect(await visitor.page.locator('[role=status]').textContent()).toContain('Can we help?');
    await visitor.page.click(hook('reject'));
    await reported('V1.1 reject');
  });

  it('is one, however often it is pushed, and goes when it is revoked', async () => {
    const { fake } = visitor;
    await visitor.visit();
    const { page } = visitor;
    await invited();
    fake.invite();
    fake.push('gpe.revoke', { engagementID: 'V1.9' });
    await reported('V1.1 shown');
    expect(await visitor.count('invitation')).toBe(1);
    fake.push('gpe.revoke', { engagementID: 'V1.1' });
    await page.waitForSelector(hook('invitation'), { state: 'detached' });
    fake.invite();
    fake.invite({ engagementID: 'V1.2', title: 'Another' });
    await page.waitForSelector(hook('invitation'));
    expect(await page.locator('h2').textContent()).toBe('Another');
    expect(fake.dispositions.filter((line) => line === 'V1.1 shown')).toHaveLength(1);
  });

  it('ends when its time is over', async () => {
    await visitor.visit();
    await invited({ remainingMs: 1_200 });
    await reported('V1.1 timeout');
    expect(await visitor.count('invitation')).toBe(0);
    expect(visitor.fake.dispositions).toEqual(['V1.1 shown', 'V1.1 timeout']);
  });

  it('shows hostile words as words', async () => {
    await visitor.visit();
    const title = '<img src=x onerror="window.hacked=1">';
    await invited({ title, text: '<script>window.hacked=1</script>', acceptLabel: '<b>yes</b>' });
    expect(await visitor.page.locator('h2').textContent()).toBe(title);
    expect(await visitor.page.textContent(hook('accept'))).toBe('<b>yes</b>');
    expect(await visitor.page.evaluate('window.hacked')).toBeUndefined();
  });

  it('reports the answer until the server has heard it, also from the next page', async () => {
    const { fake } = visitor;
    await visitor.visit();
    const { page } = visitor;
    await invited();
    fake.isUnwell = true;
    await page.click(hook('accept'));
    await reported('V1.1 accept');
    await page.goto(`${fake.url}/second`);
    fake.isUnwell = false;
    await page.waitForSelector(hook('chat'));
    expect(fake.chats.has('V1.1')).toBe(true);
  });

  it('opens the chat in the other tabs as a button', async () => {
    const { fake } = visitor;
    await visitor.visit();
    const { page } = visitor;
    const { pageID } = await visitor.event('PageEntered');
    const tab = await visitor.opened.context.newPage();
    await tab.goto(`${fake.url}/second`);
    await eventually('both tabs', () => fake.bayeux.transports.length === 2);
    await page.bringToFront();
    await invited({}, pageID);
    await page.click(hook('accept'));
    await page.waitForSelector(hook('chat'));
    await tab.waitForSelector(
      '#beckon-root [data-beckon="chat"], #beckon-root [data-beckon="chat-launcher"]',
    );
    expect(await tab.locator(hook('invitation')).count()).toBe(0);
  });
});
