/** `npm run bayeux:open`: the command as others start it for their clients, with its times and its echo. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseOpenBayeuxOptions } from '../../../src/transport/edge/open-bayeux.js';
import { freePort } from '../../support/free-ports.js';
import { until } from './server.js';

const timeoutMs = 400;
let command: ChildProcess;
let url: string;

/** Starts it, and gives what it says before it serves or ends. */
async function start(...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const main = resolve(import.meta.dirname, '../../../dist/bayeux-open.js');
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
  }
  await until(() => said.includes('http://') || child.exitCode !== null, 20_000);
  return { child, said };
}

beforeAll(async () => {
  adapt();
  const port = await freePort();
  url = `http://127.0.0.1:${port}/cometd`;
  const times = ['--timeout', String(timeoutMs), '--maxInterval', '5000'];
  const { child, said } = await start('--port', String(port), ...times);
  command = child;
  expect(said).toContain(url);
}, 30_000);

afterAll(async () => {
  const ended = once(command, 'exit');
  command.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

interface Reply {
  successful?: boolean;
  advice?: object;
  data?: unknown;
}

it.each(['websocket', 'long-polling'])('serves every channel and an echo by %s', async (transport) => {
  const client = new CometD();
  for (const other of ['websocket', 'long-polling', 'callback-polling']) {
    if (other !== transport) client.unregisterTransport(other);
  }
  client.configure({ url, logLevel: 'warn' });
  const shaken = await new Promise<Reply>((done) => client.handshake(done));
  expect(shaken).toMatchObject({
    successful: true,
    advice: { timeout: timeoutMs, reconnect: 'retry' },
  });
  const got: unknown[] = [];
  const take = ({ data }: Reply): void => void got.push(data);
  for (const channel of ['/any/**', '/service/echo']) {
    const told = await new Promise<Reply>((done) => client.subscribe(channel, take, done));
    expect(told.successful).toBe(true);
  }
  client.publish('/any/channel/at/all', { n: 1 });
  client.publish('/service/echo', { n: 2 });
  await until(() => got.length === 2);
  expect(got).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }]));
  await new Promise<Reply>((done) => client.disconnect(done));
});

it.each([
  [['--timeout', 'soon'], '--timeout must be a whole number from 0 to 86400000, not "soon"'],
  [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
  [['--port='], '--port must be'],
  [['--maxSessionsPerBrowser', 'many'], '--maxSessionsPerBrowser must be'],
  [['--path', 'cometd'], '--path must be like /cometd, not "cometd"'],
  [['--times', '3'], "Unknown option '--times'"],
])('names an argument that is wrong: %s', (args, told) => {
  expect(() => parseOpenBayeuxOptions(args)).toThrow(told);
});

it('ends with one line for what cannot be', async () => {
  const wrong = await start('--port', 'any');
  expect([wrong.child.exitCode, wrong.said]).toEqual([
    2,
    'bayeux:open: --port must be a whole number from 0 to 65535, not "any"\n',
  ]);
  const port = new URL(url).port;
  const taken = await start('--port', port);
  expect([taken.child.exitCode, taken.said]).toEqual([
    1,
    `bayeux:open: cannot listen on 127.0.0.1:${port}: it is in use, or not an address of this machine\n`,
  ]);
});
