/**
 * A person asks what is kept of them, and that it be erased: by the command line against a running node, from
 * live cells, store, index, spool and journal, with a receipt that can be verified; and it stays erased after
 * `kill -9`.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { runPrivacy } from '../../../src/commands/privacy/index.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

/** The command, which asks the lab over HTTP; in this process, since each start of one costs a second. */
async function privacy(args: string[]): Promise<{ code: number; out: string; error: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = Readable.from(['anna-lab\n']) as NodeJS.ReadableStream;
  const texts = Promise.all([text(stdout), text(stderr)]);
  const code = await runPrivacy(args, { stdin, stdout, stderr, outIsTty: false, errIsTty: false });
  stdout.end();
  stderr.end();
  const [out, error] = await texts;
  return { code, out, error };
}

/** The files of the node that have `trace` anywhere in their bytes. */
async function filesWith(lab: Lab, trace: string): Promise<string[]> {
  const names = await readdir(lab.data, { recursive: true });
  const found: string[] = [];
  for (const name of names) {
    const file = join(lab.data, name);
    if ((await stat(file)).isFile() && (await readFile(file)).includes(trace)) found.push(name);
  }
  return found;
}

async function signIn(client: VisitorClient, userID: string): Promise<void> {
  const entered = client.event('PageEntered', { data: { title: `Title of ${userID}` } });
  const events = [entered, client.event('SignIn', { data: { userID, name: `Name of ${userID}` } })];
  expect((await client.send(events)).status).toBe(200);
}

it('exports and erases a person, proves it, and keeps everybody else', { timeout: 90_000 }, async () => {
  let lab = await startLab();
  try {
    const [carla, again, other] = [
      await openVisit(lab.server),
      await openVisit(lab.server),
      await openVisit(lab.server),
    ];
    await signIn(carla, 'carla@example.com');
    await signIn(again, 'carla@example.com');
    await signIn(other, 'dora@example.com');
    const office = ['--url', lab.ui, '--user', 'anna'];
    const person = ['--identity', 'carla@example.com'];

    const exported = await privacy(['export', ...person, ...office]);
    expect(exported.error).toBe('');
    const lines = exported.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; value: Record<string, unknown> });
    const kinds = lines.map(({ kind }) => kind);
    for (const kind of ['identity', 'visit', 'visitIdentity', 'page', 'event']) expect(kinds).toContain(kind);
    expect(kinds.filter((kind) => kind === 'visit').length).toBe(2);
    expect(exported.out).toContain('Name of carla@example.com');
    expect(exported.out).not.toContain('dora');
    expect(await filesWith(lab, 'carla@example.com')).not.toEqual([]);

    const erased = await privacy(['erase', ...person, ...office]);
    expect(erased.error).toBe('');
    const receipt = JSON.parse(erased.out) as Record<string, unknown>;
    expect(receipt).toMatchObject({ visits: 2, identities: 1 });
    expect(receipt.reached).toEqual(expect.arrayContaining(['memory', 'store', 'spool', 'journal']));
    expect(receipt.durationMs).toBeLessThan(60_000);
    expect(erased.out).not.toContain('carla');
    for (const trace of ['carla@example.com', carla.visitID, again.visitID]) {
      expect([trace, await filesWith(lab, trace)]).toEqual([trace, []]);
    }
    expect(await filesWith(lab, 'dora@example.com')).not.toEqual([]);

    const receiptFile = join(lab.data, 'receipt.json');
    const keyFile = join(lab.data, 'receipt.pub');
    await writeFile(receiptFile, erased.out);
    await writeFile(keyFile, (await privacy(['key', ...office])).out);
    expect((await privacy(['verify', receiptFile, '--key', keyFile, ...person])).code).toBe(0);
    const wrong = await privacy(['verify', receiptFile, '--key', keyFile, '--identity', 'dora@example.com']);
    expect([wrong.code, wrong.error]).toEqual([1, `${receiptFile} does not hold: another subject.\n`]);
    await writeFile(receiptFile, erased.out.replace('"visits": 2', '"visits": 3'));
    expect((await privacy(['verify', receiptFile, '--key', keyFile])).error).toContain('a wrong signature');

    await lab.end('SIGKILL');
    lab = await lab.restart();
    for (const { visitID } of [carla, again]) {
      expect((await fetch(`${lab.server}/server/data/visits/${visitID}`)).status).toBe(404);
    }
    expect((await fetch(`${lab.server}/server/data/identities/carla@example.com`)).status).toBe(404);
    expect((await fetch(`${lab.server}/server/data/visits/${other.visitID}/events`)).status).toBe(200);
    expect((await privacy(['export', ...person, ...office])).error).toBe('Nothing is kept of that person.\n');
    const stranger = await privacy(['export', ...person, '--url', lab.ui, '--user', 'ben']);
    expect(stranger.code).toBe(1);

    // A browser's visits go too, with whoever is known by no other.
    const browser = ['--global-id', other.globalVisitID];
    expect(JSON.parse((await privacy(['erase', ...browser, ...office])).out)).toMatchObject({
      visits: 1,
      identities: 1,
    });
    expect(await filesWith(lab, 'dora@example.com')).toEqual([]);
  } finally {
    await lab.remove();
  }
});
