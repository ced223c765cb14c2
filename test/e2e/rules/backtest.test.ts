/** The time machine on a running server: from the command line, in a browser, and beside live traffic. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestReport } from '../../../src/model/index.js';
import { openBrowser } from '../../support/browser.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

const root = resolve(import.meta.dirname, '../../..');
const main = resolve(root, 'dist/main.js');
const playground = resolve(root, 'apps/playground/rules/playground.drl');
const visitsCount = 60;
let lab: Lab;
let browser: Browser;

beforeAll(async () => {
  lab = await startLab();
  browser = await openBrowser();
  // Half of the visits compare products, which the live rule notices.
  for (let number = 0; number < visitsCount; number++) {
    const client = await openVisit(lab.server);
    const category = number % 2 === 0 ? 'PlayGround-Product' : 'PlayGround-Help';
    await client.send([1, 2, 3].map(() => client.event('PageEntered', { category })));
  }
});
afterAll(async () => {
  await browser.close();
  await lab.remove();
});

async function backtest(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'rules', 'backtest', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

describe('beckon rules backtest', () => {
  it('finds what the live rules fired, through the server and beside it', async () => {
    const served = await backtest(playground, '--url', lab.deploy, '--json');
    expect(served).toMatchObject({ code: 0, err: '' });
    const report = JSON.parse(served.out) as BacktestReport;
    expect(report).toMatchObject({ visits: visitsCount, events: visitsCount * 3, firings: visitsCount / 2 });
    const row = report.rules.find(({ rule }) => rule === 'Comparing products');
    expect(row).toMatchObject({
      visits: visitsCount / 2,
      alsoLive: visitsCount / 2,
      onlyDraft: 0,
      onlyLive: 0,
    });
    const beside = JSON.parse(
      (await backtest(playground, '--data', lab.data, '--json')).out,
    ) as BacktestReport;
    expect(beside.rules).toEqual(report.rules);
    expect(beside.fired).toEqual(report.fired);
    const text = (await backtest(playground, '--data', lab.data, '--since', '1h')).out;
    expect(text).toMatch(/^com\.beckon\.playground: 60 visits from /);
    expect(text).toMatch(/Comparing products +30 +30 +30 +0 +0/);
    expect(text).toMatch(/█/);
    expect(text).not.toContain('\u001b');
  });

  it('says what is wrong with a call', async () => {
    for (const args of [
      [],
      [playground],
      [playground, '--data', lab.data, '--url', lab.deploy],
      [playground, '--data', lab.data, '--since', 'soon'],
      [playground, '--data', lab.data, '--since', '2026-03-02', '--until', '2026-03-01'],
      [playground, '--data', lab.data, '--threads', '9999'],
      [playground, '--url', lab.deploy, '--threads', '1'],
    ])
      expect((await backtest(...args)).code, args.join(' ')).toBe(2);
    expect(await backtest(playground, '--data', '/nowhere')).toMatchObject({
      code: 1,
      err: 'There is no store at /nowhere/store.sqlite.\n',
    });
    const refused = await fetch(`${lab.deploy}/server/data/rules/backtest?since=0&until=1`, {
      method: 'POST',
      body: 'package p\nrule',
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ line: 2 }] });
    const noSpan = await fetch(`${lab.deploy}/server/data/rules/backtest?since=5&until=5`, {
      method: 'POST',
      body: 'x',
    });
    expect(noSpan.status).toBe(400);
  });
});

/** Niceness of each thread of the server by its id. */
function threads(): Map<string, number> {
  const folder = `/proc/${lab.pid}/task`;
  const found = new Map<string, number>();
  for (const thread of readdirSync(folder)) {
    let stat: string;
    try {
      stat = readFileSync(`${folder}/${thread}/stat`, 'utf8');
    } catch {
      // It ended since the folder was read.
      continue;
    }
    found.set(thread, Number(stat.replace(/^.*\) /, '').split(' ')[16]));
  }
  return found;
}

describe('a back-test beside live traffic', () => {
  it('works in threads of low priority, while events are answered', async () => {
    const client = await openVisit(lab.server);
    const before = threads();
    const work = { running: true };
    let lowSeen = 0;
    const replays = (async () => {
      // A replay of so few visits is short: they go on until one was seen at work.
      for (let round = 0; lowSeen === 0 && round < 200; round++) {
        const path = `/server/data/rules/backtest?since=0&until=${Date.now() + 60_000}`;
        const body = readFileSync(playground, 'utf8');
        const response = await fetch(`${lab.deploy}${path}`, { method: 'POST', body });
        expect(await response.text()).toContain('"report"');
      }
      work.running = false;
    })();
    while (work.running) {
      expect((await client.send([client.event('Click')])).status).toBe(200);
      for (const nice of threads().values()) if (nice > 0) lowSeen++;
    }
    await replays;
    expect(lowSeen).toBeGreaterThan(0);
    // The thread that serves people keeps its priority.
    expect(threads().get(String(lab.pid))).toBe(before.get(String(lab.pid)));
  });
});

/** What is asked of the chart's canvas, in the browser. */
interface Drawn {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

describe('the back-test page', () => {
  it('lets an agent log in, replay a draft, see the chart, and keeps the security policy', async () => {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        complaints.push(message.text());
    });
    await page.goto(`${lab.ui}/backtest`);
    await page.getByTestId('login-user').fill('anna');
    await page.getByTestId('login-password').fill('wrong');
    await page.getByTestId('login-submit').click();
    await page.getByText('The user name or the password is wrong.').waitFor();
    await page.getByTestId('login-password').fill('anna-lab');
    await page.getByTestId('login-submit').click();
    const draft = page.getByTestId('draft');
    await draft.waitFor();
    expect(await draft.inputValue()).toContain('package com.beckon.playground');

    await draft.fill('package p\nrule');
    await page.getByTestId('start').click();
    await page.getByTestId('failure').getByText('line 2').waitFor();
    await draft.fill(readFileSync(playground, 'utf8').replace('$count >= 3', '$count >= 2'));
    await page.getByTestId('start').click();
    await page.getByTestId('summary').waitFor();
    expect(await page.getByTestId('summary').textContent()).toMatch(
      /^6\d visits with \d+ events: 30 firings in 30 of them/,
    );
    expect(await page.getByTestId('rules').textContent()).toContain('Comparing products3030300');
    const canvas = page.getByTestId('chart').locator('canvas').first();
    await canvas.waitFor();
    await page.getByTestId('chart').hover();
    const painted = await canvas.evaluate((element) => {
      const drawn = element as unknown as Drawn;
      const { width, height } = drawn;
      return new Set(new Uint32Array(drawn.getContext('2d').getImageData(0, 0, width, height).data.buffer))
        .size;
    });
    expect(painted).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is closed to strangers', async () => {
    expect((await fetch(`${lab.ui}/backtest/api/packages`)).status).toBe(401);
    const start = await fetch(`${lab.ui}/backtest/api/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'package p', sinceMs: 0, untilMs: 1 }),
    });
    expect(start.status).toBe(401);
  });
});

describe('runs over the agents’ port', () => {
  it('are cancelled, one at a time, and belong to who started them', async () => {
    const cookieOf = async (user: string): Promise<string> => {
      const response = await fetch(`${lab.ui}/workspace/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user, password: `${user}-lab` }),
      });
      return response.headers.get('set-cookie')?.split(';')[0] ?? '';
    };
    const [anna, ben] = [await cookieOf('anna'), await cookieOf('ben')];
    const api = async (
      cookie: string,
      path: string,
      body?: object,
    ): Promise<{ status: number; body: never }> => {
      const response = await fetch(`${lab.ui}/backtest/api${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as never };
    };
    const draft = { text: readFileSync(playground, 'utf8'), sinceMs: 0, untilMs: Date.now() };
    const { status, body } = await api(anna, '/runs', draft);
    expect(status).toBe(202);
    const { id } = body as { id: string };
    expect((await api(ben, '/runs', draft)).status).toBe(429);
    expect((await api(ben, `/runs/${id}`)).status).toBe(404);
    expect((await api(ben, `/runs/${id}/cancel`, {})).status).toBe(404);
    expect((await api(anna, `/runs/${id}/cancel`, {})).status).toBe(200);
    const ended = await until(async () => {
      const run = (await api(anna, `/runs/${id}`)).body as { state: { kind: string } };
      return run.state.kind === 'running' ? undefined : run.state.kind;
    }, 'the run to end');
    expect(ended).toBe('cancelled');
    await until(async () => (await api(ben, '/runs', draft)).status === 202, 'the place to be free');
  });
});
