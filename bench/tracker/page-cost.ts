/**
 * What the tracker costs a page, in Chromium with its CPU slowed down as a phone's is: time to compile and
 * run the bundles, and the longest task of the load, beside the same page without the tracker. The DSL has
 * as many events as a big site's. Figures are CPU time of the page's thread, the least of all loads: noise
 * only adds. `--size smoke` is for the tests.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const sizes: Record<string, { loads: number; slowdowns: number[]; dslEvents: number }> = {
  smoke: { loads: 1, slowdowns: [4], dslEvents: 20 },
  real: { loads: 5, slowdowns: [1, 4, 6], dslEvents: 200 },
};
const bundles = resolve(import.meta.dirname, '../tracker');
const attemptsMax = 5;
const settleMs = 1_500;

const products = Array.from(
  { length: 300 },
  (_, index) => `<div class="product p${index}" data-sku="S${index}"><h2 class="name">Tea ${index}</h2>
  <p>Loose leaf</p><span class="price">${index} EUR</span><button class="add">Add</button></div>`,
).join('');

function pageHtml(withTracker: boolean): string {
  const script = `<script>var _gt = [['config', { httpEndpoint: location.origin, dslResource: '/dsl.xml' }]];
    </script><script id="_gt" async src="/server/resources/js/build/GTC.min.js"></script>`;
  const head = `<title>Bench</title><link rel="icon" href="data:,">${withTracker ? script : ''}`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${products}</body></html>`;
}

function dslOf(count: number): string {
  const events = Array.from({ length: count }, (_, index) => {
    const near = `$(event.target).closest('.product').find`;
    return `<event id="E${index}" name="Event${index}" condition="$('.p${index}').length > 0">
      <trigger name="t" element=".p${index} .add:contains('Add')" action="click"/>
      <val name="name" value="$.trim(${near}('.name').text())"/>
      <val name="price" value="parseFloat(${near}('.price').text().replace(/[^\\d.]/g, ''))"/></event>`;
  });
  return `<properties><events>${events.join('')}</events></properties>`;
}

async function startSite(dslEvents: number): Promise<Server> {
  const dsl = dslOf(dslEvents);
  const ids = { visitID: 'V1', globalVisitID: 'G1', newVisit: false, categories: ['tea'] };
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    if (path.startsWith('/server/resources/js/build/')) {
      readFile(resolve(bundles, path.slice('/server/resources/js/build/'.length))).then(
        (script) => send('text/javascript', script),
        () => response.writeHead(404).end(),
      );
    } else if (path === '/dsl.xml') send('text/xml', dsl);
    else if (path === '/server/data/categories') send('application/json', JSON.stringify(ids));
    else if (path.startsWith('/server/')) send('application/json', '{"accepted":[],"rejected":[]}');
    else send('text/html', pageHtml(path === '/with'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** A row of Chromium's trace; times are microseconds. */
interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Of the thread alone: what other processes of the machine take does not count. */
  tdur?: number;
  pid: number;
  tid: number;
  args: { data?: { url?: string }; name?: string };
}

interface Load {
  compileMs: number;
  runMs: number;
  longestTaskMs: number;
  /** The longest piece of work that is the tracker's own. */
  longestOwnMs: number;
}

async function measure(browser: Browser, url: string, slowdown: number): Promise<Load> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8', 'toplevel'] });
  await page.goto(url);
  await page.waitForTimeout(settleMs);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  await context.close();
  return loadOf(trace.traceEvents);
}

/** A busy machine may end a trace before the page has run: such a load says nothing and is done again. */
async function measureTracked(browser: Browser, url: string, slowdown: number): Promise<Load> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const load = await measure(browser, url, slowdown);
    if (load.runMs > 0) return load;
  }
  throw new Error(`none of ${attemptsMax} traces has a script of the tracker`);
}

function loadOf(events: readonly TraceEvent[]): Load {
  const isOurs = ({ args }: TraceEvent): boolean => /\/build\/\w+\.min\.js/.test(args.data?.url ?? '');
  const long = events.filter(({ ph }) => ph === 'X');
  // The first page that is parsed may be the browser's own empty one; scripts are compiled on other threads
  // too.
  const evaluated = long.find((event) => event.name === 'EvaluateScript' && isOurs(event));
  const main = evaluated ?? long.find(({ name }) => name === 'ParseHTML');
  const onMain = long.filter(({ pid, tid }) => pid === main?.pid && tid === main.tid);
  const durations = (name: string, ours: boolean): number[] =>
    onMain
      .filter((event) => event.name === name && (!ours || isOurs(event)))
      .map(({ dur = 0, tdur = dur }) => tdur / 1_000);
  const compile = durations('v8.compile', true);
  const runs = [...durations('EvaluateScript', true), ...durations('FunctionCall', true)];
  const tasks = [...durations('RunTask', false), ...durations('ThreadControllerImpl::RunTask', false)];
  return {
    compileMs: sum(compile),
    runMs: sum(runs),
    longestTaskMs: Math.max(0, ...tasks),
    longestOwnMs: Math.max(0, ...runs),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: 'real' } } });
  const size = sizes[values.size];
  if (size === undefined) throw new Error(`--size is one of ${Object.keys(sizes).join(', ')}`);
  const site = await startSite(size.dslEvents);
  const base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const gzipped: Record<string, number> = {};
  for (const name of ['GTC', 'dsl', 'chat-widget']) {
    gzipped[name] = gzipSync(await readFile(resolve(bundles, `${name}.min.js`)), { level: 9 }).length;
  }
  const slowed: Record<string, object> = {};
  for (const slowdown of size.slowdowns) {
    const [bare, tracked]: [Load[], Load[]] = [[], []];
    for (let load = 0; load < size.loads; load++) {
      bare.push(await measure(browser, `${base}/without`, slowdown));
      tracked.push(await measureTracked(browser, `${base}/with`, slowdown));
    }
    const of = (loads: readonly Load[], key: keyof Load): number =>
      round(Math.min(...loads.map((load) => load[key])));
    slowed[`${slowdown}x`] = {
      compileMs: of(tracked, 'compileMs'),
      runMs: of(tracked, 'runMs'),
      longestOwnMs: of(tracked, 'longestOwnMs'),
      longestOwnMsMax: round(Math.max(...tracked.map(({ longestOwnMs }) => longestOwnMs))),
      longestTaskMs: of(tracked, 'longestTaskMs'),
      longestTaskMsBare: of(bare, 'longestTaskMs'),
    };
  }
  await browser.close();
  site.close();
  const { dslEvents } = size;
  process.stdout.write(
    `${JSON.stringify({ bench: 'page-cost', size: values.size, dslEvents, gzipped, ...slowed })}\n`,
  );
}

await main();
