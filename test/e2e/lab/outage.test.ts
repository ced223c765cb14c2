/**
 * The store is away (another process holds its database) while visitors go on: they notice nothing, what
 * cannot be written waits on disk, and after `kill -9` and the store's return every event is there once.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import type { EventResource } from '../../../src/model/index.js';
import { startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit, visitor } from '../../support/visitor-client.js';

const visits = 100;
const rounds = 8;

it('serves through an outage of the store, and has everything afterwards', { timeout: 90_000 }, async () => {
  // The least that memory may hold, so that little traffic fills it.
  let lab = await startLab({ config: join(import.meta.dirname, 'lab-outage.yaml') });
  const holder = new Database(join(lab.data, 'store.sqlite'));
  try {
    const clients = await Promise.all(Array.from({ length: visits }, () => openVisit(lab.server)));
    const acknowledged = clients.map((): string[] => []);
    const send = async (index: number, name: string): Promise<void> => {
      const client = clients[index];
      if (client === undefined) throw new Error('one of the visits');
      const { status, body } = await client.send([client.event(name), client.event(`${name}b`)]);
      expect(status).toBe(200);
      acknowledged[index]?.push(...body.accepted);
    };
    const everyone = (name: string): Promise<unknown> =>
      Promise.all(clients.map((_client, index) => send(index, name)));
    await everyone('Before');

    holder.exec('BEGIN IMMEDIATE');
    for (let round = 0; round < rounds; round++) await everyone(`Round${round}`);
    // Whoever comes now is served too: nobody waits for the store.
    const late = await openVisit(lab.server);
    expect((await late.send([late.event('Hello')])).status).toBe(200);
    const spooled = async (): Promise<number> =>
      (await readdir(join(lab.data, 'spool', 'store'))).filter((name) => name.endsWith('.journal')).length;
    await until(async () => (await spooled()) > 0, 'rows in the spool', 30_000);
    const metrics = await (await fetch(`${lab.server}/metrics`)).text();
    expect(metrics).toMatch(/^beckon_spool_bytes\{sink="store"\} [1-9]/m);
    await lab.end('SIGKILL');
    holder.exec('ROLLBACK');

    lab = await lab.restart();
    await until(async () => (await spooled()) === 0, 'an empty spool', 30_000);
    for (const [index, { visitID, globalVisitID }] of clients.entries()) {
      const client = visitor(lab.server, visitID, globalVisitID, 'http://shop.example/');
      const { body } = await client.get(`/server/data/visits/${visitID}/events`);
      expect((body as EventResource[]).map(({ eventId }) => eventId)).toEqual(acknowledged[index]);
    }
  } finally {
    holder.close();
    await lab.remove();
  }
});
