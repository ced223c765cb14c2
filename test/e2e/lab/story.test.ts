/**
 * The whole story in real browsers: a visitor browses, a rule notices, an invitation appears, the visitor
 * accepts, and an agent answers; reloads on either side lose and double nothing. And its other ends: reject,
 * timeout, no agent.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngagementResource } from '../../../src/model/index.js';
import { axeFindings, newPerson, openBrowser, type Person } from '../../support/browser.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';

let lab: Lab;
let browser: Browser;
const people: Person[] = [];

beforeAll(async () => {
  lab = await startLab({ config: 'test/e2e/lab/lab-fast.yaml' });
  browser = await openBrowser();
});

afterEach(async () => {
  for (const person of people.splice(0)) {
    await person.close();
    // The workspace asks who is logged in, and before that nobody is.
    const complaints = person.complaints.filter((text) => !text.includes('status of 401'));
    expect(complaints).toEqual([]);
  }
});

afterAll(async () => {
  await browser.close();
  await lab.remove();
});

async function person(options: Parameters<typeof newPerson>[1] = {}): Promise<Page> {
  const made = await newPerson(browser, options);
  people.push(made);
  return made.page;
}

/** An agent who has logged in and is ready. */
async function readyAgent(user = 'anna'): Promise<Page> {
  const page = await person();
  await page.goto(`${lab.ui}/workspace/`);
  await page.getByTestId('login-user').fill(user);
  await page.getByTestId('login-password').fill(`${user}-lab`);
  await page.getByTestId('login-submit').click();
  await page.getByTestId('readiness-switch').click();
  await page.getByTestId('connection-state').filter({ hasText: 'Connected' }).waitFor();
  return page;
}

async function logOut(page: Page): Promise<void> {
  await page.getByTestId('logout').click();
  await page.getByTestId('login-user').waitFor();
}

/** Searches for help, which the shop's rules notice on the page of results. */
async function searchForHelp(page: Page): Promise<void> {
  await page.goto(`${lab.site}/`);
  await until(() => visitIdOf(page), 'the visit id');
  await page.locator('input[type=search]').first().fill('help');
  await page.locator('input[type=search]').first().press('Enter');
  await page.waitForURL(/search\.html/);
}

async function visitIdOf(page: Page): Promise<string | undefined> {
  return page.evaluate<string | undefined, undefined>(
    `new Promise((resolve) => {
      _gt.push(['getIDs', (ids) => resolve(ids.visitID)]);
      setTimeout(resolve, 500);
    })`,
    undefined,
  );
}

const part = (page: Page, name: string): ReturnType<Page['locator']> =>
  page.locator(`[data-beckon="${name}"]`);

async function engagementOf(page: Page): Promise<EngagementResource | undefined> {
  const visitID = await visitIdOf(page);
  const response = await fetch(`${lab.server}/server/data/visits/${visitID ?? ''}/engagements`);
  return response.ok ? ((await response.json()) as EngagementResource[])[0] : undefined;
}

async function visitorLines(page: Page): Promise<string[]> {
  return (await part(page, 'chat-entry').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
}

function count(lines: readonly string[], text: string): number {
  return lines.filter((line) => line.includes(text)).length;
}

/** Writes one message on each side and waits until both sides show both. */
async function exchange(visitor: Page, agent: Page, fromVisitor: string, fromAgent: string): Promise<void> {
  await part(visitor, 'chat-input').fill(fromVisitor);
  await part(visitor, 'chat-send').click();
  await agent.getByTestId('chat-entry').filter({ hasText: fromVisitor }).waitFor();
  await agent.getByTestId('chat-input').fill(fromAgent);
  await agent.getByTestId('chat-send').click();
  await part(visitor, 'chat-entry').filter({ hasText: fromAgent }).waitFor();
}

async function endByVisitor(visitor: Page): Promise<void> {
  await part(visitor, 'chat-end').click();
  await part(visitor, 'chat-end-confirm').click();
}

describe('the whole story', () => {
  it('browse, fire, invite, accept, talk, reload, change the page, end', async () => {
    const agent = await readyAgent();
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'invitation').waitFor();
    expect(await axeFindings(visitor)).toEqual([]);
    await visitor.screenshot({ path: 'test-results/lab/invitation-1280.png' });
    await part(visitor, 'accept').click();
    await agent.getByTestId('offer-accept').click();
    await part(visitor, 'chat-input').waitFor();
    await exchange(visitor, agent, 'Hello, is anybody there?', 'Yes, good day to you.');

    await visitor.reload();
    await agent.reload();
    await agent.getByTestId('chat-entry').filter({ hasText: 'is anybody there' }).waitFor();
    await part(visitor, 'chat-entry').filter({ hasText: 'good day' }).waitFor();
    await exchange(visitor, agent, 'Still here after a reload.', 'So am I.');
    await visitor.goto(`${lab.site}/tea.html`);
    await part(visitor, 'chat-entry').filter({ hasText: 'So am I.' }).waitFor();
    await exchange(visitor, agent, 'And on another page.', 'I can see that.');
    await visitor.screenshot({ path: 'test-results/lab/chat-1280.png' });
    await agent.screenshot({ path: 'test-results/lab/workspace-1280.png' });

    const lines = await visitorLines(visitor);
    for (const text of [
      'is anybody there',
      'good day',
      'after a reload',
      'So am I',
      'another page',
      'can see that',
    ]) {
      expect(count(lines, text), text).toBe(1);
      expect(count(await agent.getByTestId('chat-entry').allInnerTexts(), text), text).toBe(1);
    }
    await agent.getByTestId('visitor-event').filter({ hasText: 'Opened Tea' }).first().waitFor();

    await endByVisitor(visitor);
    await agent.getByTestId('chat-ended').first().waitFor();
    const engagement = await until(async () => {
      const found = await engagementOf(visitor);
      return found?.state === 'FINISHED' ? found : undefined;
    }, 'the engagement to finish');
    expect(engagement.queues.map((entry) => entry.queue)).toEqual([
      'queueQualified',
      'queueEngaged',
      'webengagementChatQueue',
      'queueAccepted',
    ]);
    await logOut(agent);
  });

  it('is carried by long-polling where WebSocket is blocked', async () => {
    const agent = await readyAgent('ben');
    const visitor = await person();
    await visitor.addInitScript('delete window.WebSocket');
    await searchForHelp(visitor);
    await part(visitor, 'accept').click();
    await agent.getByTestId('offer-accept').click();
    await exchange(visitor, agent, 'No sockets here.', 'Polling is fine.');
    await endByVisitor(visitor);
    await agent.getByTestId('chat-ended').first().waitFor();
    await logOut(agent);
  });

  it('works on a phone', async () => {
    const agent = await readyAgent();
    const visitor = await person({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await searchForHelp(visitor);
    await part(visitor, 'invitation').waitFor();
    await visitor.screenshot({ path: 'test-results/lab/invitation-390.png' });
    await part(visitor, 'accept').click();
    await agent.getByTestId('offer-accept').click();
    await exchange(visitor, agent, 'From a phone.', 'From a desk.');
    await visitor.screenshot({ path: 'test-results/lab/chat-390.png' });
    await endByVisitor(visitor);
    await agent.getByTestId('chat-ended').first().waitFor();
    await logOut(agent);
  });

  it('shows what a visitor types as text, never as code', async () => {
    const agent = await readyAgent();
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'accept').click();
    await agent.getByTestId('offer-accept').click();
    const hostile =
      '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1)';
    await exchange(visitor, agent, hostile, 'I see only text.');
    expect(await agent.evaluate('window.hacked')).toBeUndefined();
    expect(await agent.getByTestId('chat-entry').locator('img, script').count()).toBe(0);
    await endByVisitor(visitor);
    await agent.getByTestId('chat-ended').first().waitFor();
    await logOut(agent);
  });
});

describe('the other ends', () => {
  it('reject', async () => {
    const agent = await readyAgent();
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'reject').click();
    await until(async () => (await engagementOf(visitor))?.state === 'REJECTED', 'the rejection');
    expect(await part(visitor, 'invitation').count()).toBe(0);
    await logOut(agent);
  });

  it('timeout: the invitation goes by itself', async () => {
    const agent = await readyAgent();
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'invitation').waitFor();
    await part(visitor, 'invitation').waitFor({ state: 'detached', timeout: 20_000 });
    await until(async () => (await engagementOf(visitor))?.state === 'TIMEOUT', 'the timeout');
    await logOut(agent);
  });

  it('page left: the invitation is missed', async () => {
    const agent = await readyAgent();
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'invitation').waitFor();
    await visitor.goto(`${lab.site}/tea.html`);
    await until(async () => (await engagementOf(visitor))?.state === 'MISSED', 'the missed invitation');
    await logOut(agent);
  });

  it('agent absent: nothing is offered, and the reason is kept', async () => {
    const visitor = await person();
    await searchForHelp(visitor);
    const engagement = await until(async () => {
      const found = await engagementOf(visitor);
      return found?.endDate === 0 ? undefined : found;
    }, 'the engagement to end');
    expect(engagement).toMatchObject({ state: 'CANCELLED', reason: 'noAgents' });
    expect(await part(visitor, 'invitation').count()).toBe(0);
  });

  it('ring no answer: the chat waits, the agent becomes not ready, another agent takes it', async () => {
    const anna = await readyAgent('anna');
    const visitor = await person();
    await searchForHelp(visitor);
    await part(visitor, 'accept').click();
    await anna.getByTestId('offer').waitFor();
    await anna.getByTestId('not-ready-reason').waitFor({ timeout: 20_000 });
    const ben = await readyAgent('ben');
    await ben.getByTestId('offer-accept').click();
    await exchange(visitor, ben, 'Thank you for coming.', 'Sorry for the wait.');
    await endByVisitor(visitor);
    await ben.getByTestId('chat-ended').first().waitFor();
    await logOut(anna);
    await logOut(ben);
  });
});

describe('the panel of the playground', () => {
  it('shows the stream live, and which rules fired', async () => {
    const visitor = await person();
    await searchForHelp(visitor);
    const panel = visitor.locator('#what-beckon-sees, .seen, [data-panel]').first();
    await panel.waitFor();
    await panel.getByText('Searching for help').first().waitFor();
    await panel
      .getByText(/^Fired/)
      .first()
      .waitFor();
    await visitor.screenshot({ path: 'test-results/lab/panel-1280.png' });
  });
});
