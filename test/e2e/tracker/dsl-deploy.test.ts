/** DSL files on a real server: checked, deployed and brought back without a restart, and what pages get. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../support/lab-process.js';

const main = resolve(import.meta.dirname, '../../../dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'beckon-dsl-'));
let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  await lab.remove();
  rmSync(folder, { recursive: true });
});

const mine = `<properties><events><event id="Mine" name="Mine">
  <trigger name="t" element="h1" action="click"/></event></events></properties>`;

async function rest(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: never }> {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await fetch(`${lab.deploy}/server/data/dsl${path}`, init);
  return { status: response.status, body: (await response.json()) as never };
}

async function page(file = 'domain-model', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${lab.server}/server/resources/dsl/${file}.xml`, { headers });
}

async function beckon(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'dsl', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

describe('the DSL of an application', () => {
  it('is the shipped one until another is deployed, and then at once the new one', async () => {
    const shipped = await page();
    const text = await shipped.text();
    expect(text).toContain('AddToCart');
    expect(shipped.headers.get('cache-control')).toBe('no-cache');
    const tag = shipped.headers.get('etag') ?? '';
    expect((await page('domain-model', { 'if-none-match': tag })).status).toBe(304);

    const deployed = await rest('POST', '/deploy', mine);
    expect(deployed).toMatchObject({
      status: 200,
      body: { application: 'playground', version: 1, events: [{ name: 'Mine', id: 'Mine', line: 1 }] },
    });
    const now = await page('domain-model', { 'if-none-match': tag });
    expect([now.status, await now.text()]).toEqual([200, mine]);
    expect(await (await page('playground')).text()).toBe(mine);
    expect((await page('other')).status).toBe(404);
    expect((await page('..%2f..%2fcategories')).status).toBe(404);
  });

  it('is refused whole, with line and column, and the old one stays', async () => {
    const wrong = mine.replace('action="click"', 'action="timer"').replace('id="Mine"', 'condition="1 +"');
    const refused = await rest('POST', '/deploy', wrong);
    expect(refused).toMatchObject({
      status: 400,
      body: {
        error: 'BAD_REQUEST',
        errors: [
          { line: 1, column: 42, message: 'condition: the expression ends too early' },
          { line: 2, column: 34 },
        ],
      },
    });
    expect(await (await page()).text()).toBe(mine);
    expect(await rest('POST', '/check', wrong)).toMatchObject({ status: 200, body: { ok: false } });
    expect(await rest('POST', '/check', mine)).toMatchObject({ status: 200, body: { ok: true } });
    expect((await rest('POST', '/deploy', '')).status).toBe(400);
    expect((await rest('POST', '/deploy?application=a/b', mine)).status).toBe(400);
  });

  it('is not taken from pages of other sites', async () => {
    const foreign = await rest('POST', '/deploy', mine, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
  });

  it('keeps its versions over a restart, and goes back to any of them', async () => {
    const other = mine.replaceAll('Mine', 'Other');
    expect(await rest('POST', '/deploy', other)).toMatchObject({ body: { version: 2 } });
    await lab.end('SIGKILL');
    lab = await lab.restart();
    expect(await (await page()).text()).toBe(other);
    expect(await rest('GET', '/playground/versions')).toMatchObject({
      body: [
        { version: 2, kind: 'deployed', current: true },
        { version: 1, kind: 'deployed', current: false },
      ],
    });
    expect(await rest('GET', '/playground/versions/1')).toMatchObject({ body: { version: 1, text: mine } });
    expect(await rest('POST', '/playground/rollback', '{"version":2}')).toMatchObject({ status: 409 });
    expect(await rest('POST', '/playground/rollback', '{"version":1}')).toMatchObject({
      body: { version: 3, rolledBackTo: 1 },
    });
    expect(await (await page()).text()).toBe(mine);
    expect(await rest('GET', '')).toMatchObject({ body: [{ application: 'playground', version: 3 }] });
    expect(await rest('DELETE', '/playground')).toMatchObject({ status: 200, body: { version: 4 } });
    expect(await (await page()).text()).toContain('AddToCart');
    expect((await rest('GET', '/playground')).status).toBe(404);
    expect((await rest('POST', '/playground/rollback', '{"version":9}')).status).toBe(404);
    expect((await rest('POST', '/playground/rollback', '{"version":4}')).status).toBe(409);
  });

  it('is checked and deployed from the command line', async () => {
    const file = join(folder, 'mine.xml');
    writeFileSync(file, mine);
    const url = `--url=${lab.deploy}`;
    const deployed = await beckon('deploy', file, '--application', 'second', url);
    expect([deployed.err, deployed.out]).toEqual([
      '',
      `DSL of second version 1 is deployed, 1 event (${file})\n`,
    ]);
    expect(await (await page('second')).text()).toBe(mine);
    writeFileSync(file, mine.replace('name="Mine"', ''));
    const refused = await beckon('deploy', file, url);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`${file}:1:21: error: an event needs a name`);
  });
});
