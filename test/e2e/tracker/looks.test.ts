/** Pictures of what the visitor sees, for people to look at, and axe's opinion of it. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml } from './fake-server.js';
import { hook, useVisitor } from './visitor.js';

const visitor = useVisitor();
const folder = 'test-results/tracker';
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const prose = 'Loose-leaf teas from small gardens. '.repeat(40);
const article = `<p style="font:16px/1.6 system-ui;max-width:70ch">${prose}</p>`;

interface AxeResults {
  violations: { id: string; nodes: { failureSummary: string }[] }[];
}

async function look(name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await visitor.page.waitForTimeout(250);
  await visitor.page.screenshot({ path: `${folder}/${name}.png` });
  await visitor.page.evaluate(await readFile(axePath, 'utf8'));
  const found: AxeResults = await visitor.page.evaluate(`axe.run(document.querySelector('#beckon-root'))`);
  expect(
    found.violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]),
  ).toEqual([]);
}

const sizes = [
  ['1280', { width: 1280, height: 800 }],
  ['390', { width: 390, height: 844 }],
] as const;

describe.each(sizes)('at %s px', (width, viewport) => {
  it.each(['light', 'dark'] as const)('looks well in %s', async (colorScheme) => {
    const { fake } = visitor;
    const name = `${width}-${colorScheme}`;
    fake.pages.set('/', pageHtml('Tea', article));
    await visitor.visit('/', { viewport, colorScheme });
    fake.invite();
    await visitor.page.waitForSelector(hook('invitation'));
    await look(`invitation-${name}`);
    await visitor.page.click(hook('accept'));
    await visitor.page.waitForSelector(hook('chat'));
    await look(`chat-waiting-${name}`);
    fake.pushChat('V1.1', { state: 'active', agentName: 'Ann Berger' });
    const ann = { by: 'agent', name: 'Ann Berger' } as const;
    fake.addEntry('V1.1', { kind: 'joined', ...ann });
    fake.addEntry('V1.1', { kind: 'message', ...ann, text: 'Hello! What can I do for you?' });
    await visitor.page.fill(
      hook('chat-input'),
      'Which green tea would you give to somebody who drinks coffee?',
    );
    await visitor.page.press(hook('chat-input'), 'Enter');
    const text = 'Hojicha: roasted, low in caffeine. See https://example.com/teas/hojicha';
    fake.addEntry('V1.1', { kind: 'message', ...ann, text });
    await eventually('four lines', async () => (await visitor.count('chat-entry')) === 4);
    fake.pushChat('V1.1', { typing: true });
    await visitor.page.getByText('is typing…').waitFor();
    await look(`chat-${name}`);
    await visitor.page.click(hook('chat-end'));
    await look(`chat-end-${name}`);
    await visitor.page.click(hook('chat-end-cancel'));
    await visitor.page.click(hook('chat-minimise'));
    fake.addEntry('V1.1', { kind: 'message', ...ann, text: 'Still there?' });
    await visitor.page.getByRole('button', { name: 'Chat 1 unread' }).waitFor();
    await look(`chat-minimised-${name}`);
    await visitor.page.click(hook('chat-launcher'));
    fake.chats.get('V1.1')!.state = 'ended';
    fake.addEntry('V1.1', { kind: 'ended', by: 'system', reason: 'agentEnded' });
    await visitor.page.waitForSelector(hook('chat-close'));
    await look(`chat-ended-${name}`);
  });
});
