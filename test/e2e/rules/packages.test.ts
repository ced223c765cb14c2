/** Rule packages on a real server, through the deploy port and through `beckon rules`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

const main = resolve(import.meta.dirname, '../../../dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'beckon-packages-'));
let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  await lab.remove();
  rmSync(folder, { recursive: true });
});

function text(name: string, event: string): string {
  const then = `emitActionable( $e, "on ${event}" );`;
  return `package ${name}\nrule "on ${event}" when $e : Event( eventName == "${event}" ) then ${then} end\n`;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function beckon(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'rules', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

async function rest(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: never }> {
  const response = await fetch(`${lab.deploy}/server/data/rules${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
    headers,
  });
  return { status: response.status, body: (await response.json()) as never };
}

/** Names of the rules that fire for one event of each name in a new visit. */
async function firedFor(...names: string[]): Promise<string[]> {
  const client = await openVisit(lab.server);
  await client.send([...names, 'Last'].map((name) => client.event(name)));
  return until(async () => {
    const response = await fetch(`${lab.server}/server/data/visits/${client.visitID}/events`);
    const events = (await response.json()) as EventResource[];
    if (!events.some(({ eventName }) => eventName === 'Last')) return undefined;
    return events.filter(({ eventType }) => eventType === 'ACTIONABLE').map(({ eventName }) => eventName);
  }, 'the visit’s events');
}

describe('the deploy port', () => {
  it('keeps several packages, replaces one whole or not at all, and rolls back', async () => {
    expect(await rest('POST', '/deploy', text('com.example.one', 'A'))).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    await rest('POST', '/deploy', text('com.example.two', 'B'));
    expect(await firedFor('A', 'B')).toEqual(['on A', 'on B']);
    expect((await rest('POST', '/deploy', text('com.example.one', 'C'))).body).toMatchObject({ version: 2 });
    expect(await firedFor('A', 'B', 'C')).toEqual(['on B', 'on C']);
    const refused = await rest(
      'POST',
      '/deploy',
      text('com.example.one', 'D').replace('eventName', 'evntName'),
    );
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ line: 2 }] } });
    expect(await firedFor('B', 'C', 'D')).toEqual(['on B', 'on C']);

    const back = await rest('POST', '/com.example.one/rollback', '{"version":1}', {
      'content-type': 'application/json',
    });
    expect(back).toMatchObject({
      status: 200,
      body: { package: 'com.example.one', version: 3, rolledBackTo: 1 },
    });
    expect(await firedFor('A', 'C')).toEqual(['on A']);
    const one = await rest('GET', '/com.example.one');
    expect(one.body).toMatchObject({
      version: 3,
      text: text('com.example.one', 'A'),
      rules: [{ name: 'on A' }],
    });
    expect((await rest('GET', '/com.example.one/versions')).body).toMatchObject([
      { version: 3, kind: 'deployed', current: true },
      { version: 2, kind: 'deployed', current: false },
      { version: 1, kind: 'deployed', current: false },
    ]);
  });

  it('undeploys, keeps the versions, over a restart too, and brings one back', async () => {
    await rest('POST', '/deploy', text('com.example.gone', 'G'));
    expect(await rest('DELETE', '/com.example.gone')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await rest('DELETE', '/com.example.gone')).toMatchObject({ status: 404 });
    expect(await rest('GET', '/com.example.gone')).toMatchObject({ status: 404 });
    await lab.end('SIGKILL');
    lab = await lab.restart();
    expect((await rest('GET', '/com.example.gone/versions')).body).toMatchObject([
      { version: 2, kind: 'undeployed', current: false, bytes: 0 },
      { version: 1, kind: 'deployed' },
    ]);
    expect(await firedFor('G')).toEqual([]);
    const rollback = (version: unknown) =>
      rest('POST', '/com.example.gone/rollback', JSON.stringify({ version }));
    expect(await rollback(2)).toMatchObject({ status: 409 });
    expect(await rollback(7)).toMatchObject({ status: 404 });
    expect(await rollback('1')).toMatchObject({ status: 400, body: { field: 'version' } });
    expect(await rest('POST', '/com.example.gone/rollback', 'nonsense')).toMatchObject({ status: 400 });
    expect(await rollback(1)).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await rollback(3)).toMatchObject({ status: 409 });
    expect(await firedFor('G')).toEqual(['on G']);
  });

  it('checks without deploying, gives the templates, and refuses other sites’ pages', async () => {
    const checked = await rest('POST', '/check', text('com.example.checked', 'X'));
    expect(checked).toMatchObject({
      status: 200,
      body: { ok: true, package: 'com.example.checked', rules: [{ name: 'on X' }] },
    });
    expect((await rest('POST', '/check', 'package p\nrule')).body).toMatchObject({
      ok: false,
      errors: [{ line: 2 }],
    });
    expect(await rest('GET', '/com.example.checked')).toMatchObject({ status: 404 });
    const templates = (await rest('GET', '/templates')).body as {
      families: { family: string }[];
      phrases: object[];
    };
    expect(templates.families.map(({ family }) => family)).toEqual([
      'singleton',
      'sequence',
      'set',
      'counter',
      'search',
    ]);
    expect(templates.phrases.length).toBeGreaterThan(5);
    const foreign = await rest('POST', '/deploy', text('com.example.evil', 'E'), {
      origin: 'https://evil.example',
    });
    expect(foreign).toMatchObject({ status: 403, body: { error: 'FORBIDDEN' } });
    expect((await rest('GET', '')).body).not.toMatchObject(
      expect.arrayContaining([expect.objectContaining({ package: 'com.example.evil' })]),
    );
  });
});

describe('beckon rules', () => {
  // A dozen processes, one after the other.
  it(
    'deploys all files or none, lists, shows versions, rolls back and undeploys',
    { timeout: 180_000 },
    async () => {
      const url = ['--url', lab.deploy];
      const [left, right] = [
        file('left.drl', text('com.cli.left', 'L')),
        file('right.drl', text('com.cli.right', 'R')),
      ];
      const broken = file('broken.drl', 'package com.cli.broken\nrule');
      const refused = await beckon('deploy', left, broken, ...url);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toMatch(/broken\.drl:2:\d+: error: [^]*Nothing was deployed\.\n$/);
      expect(await beckon('versions', 'com.cli.left', ...url)).toMatchObject({
        code: 1,
        err: 'No package com.cli.left was ever deployed.\n',
      });

      expect(await beckon('deploy', left, right, ...url)).toEqual({
        code: 0,
        err: '',
        out:
          `com.cli.left version 1 is deployed, 1 rule (${left})\n` +
          `com.cli.right version 1 is deployed, 1 rule (${right})\n`,
      });
      file('left.drl', text('com.cli.left', 'M'));
      await beckon('deploy', left, ...url);
      const listed = await beckon('list', ...url);
      expect(listed.out).toMatch(/com\.cli\.left version 2\n {2}on M/);
      const versions = await beckon('versions', 'com.cli.left', ...url);
      expect(versions.out).toMatch(/^2 {2}\S+ \S+ {2}\d+ bytes, deployed now\n1 {2}\S+ \S+ {2}\d+ bytes\n$/);
      expect((await beckon('versions', 'com.cli.left', '1', ...url)).out).toBe(text('com.cli.left', 'L'));
      expect(await beckon('rollback', 'com.cli.left', '1', ...url)).toMatchObject({
        code: 0,
        out: 'com.cli.left version 3 is deployed, with the text of version 1\n',
      });
      expect(await beckon('undeploy', 'com.cli.right', ...url)).toMatchObject({
        code: 0,
        out: 'com.cli.right is undeployed\n',
      });
      expect((await beckon('undeploy', 'com.cli.right', ...url)).code).toBe(1);
      expect((await beckon('rollback', 'com.cli.left', 'first', ...url)).code).toBe(2);
      expect((await beckon('list', '--url', 'nonsense')).code).toBe(2);
      expect(await beckon('list', '--url', 'http://127.0.0.1:9')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/cannot be reached/) as string,
      });
    },
  );

  it('explains a visit', async () => {
    await rest('POST', '/deploy', text('com.example.why', 'Why'));
    const client = await openVisit(lab.server);
    await client.send([client.event('Why')]);
    const url = ['--url', lab.server];
    const explained = await until(async () => {
      const answer = await beckon('explain', client.visitID, 'on Why', ...url);
      return answer.out.includes('offer cancelled') ? answer : undefined;
    }, 'the explanation');
    expect(explained.out).toMatch(/^on Why \(com\.example\.why\): fired once\n {4}\S+ \S+ by event 0 Why\n/);
    expect(explained.out).toMatch(/\n {4}\S+ \S+ offer cancelled \(noAgents\)\n {2}\+ .*"Why".*\[0 Why\]\n$/);
    expect(await beckon('explain', client.visitID, 'nobody', ...url)).toMatchObject({
      code: 1,
      err: expect.stringContaining('No deployed rule has the name "nobody"') as string,
    });
    expect((await beckon('explain', 'unknown', ...url)).code).toBe(1);
  });
});
