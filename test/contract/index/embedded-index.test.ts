import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedIndex, type Row } from '../../../src/stores/index.js';
import { visitOf } from '../stores/sample-rows.js';
import { searchIndexContract } from './search-index-contract.js';

searchIndexContract('the embedded index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-index-'));
  return {
    open: () =>
      openEmbeddedIndex({ file: join(folder, 'index.sqlite'), retention: { all: 14 * 24 * 3_600 } }),
    destroy: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('the embedded index alone', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beckon-index-'));
    file = join(folder, 'index.sqlite');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const rows: Row[] = [{ entity: 'visit', value: visitOf('V1') }];

  it('keeps what it has over a restart, and removes it when its time is over', async () => {
    const first = await openEmbeddedIndex({ file, retention: { all: 1 } });
    await first.write(rows);
    await first.close();
    const second = await openEmbeddedIndex({ file, retention: { all: 1 }, purgeIntervalMs: 3_600_000 });
    expect((await second.find({ entity: 'visit', limit: 1 })).total).toBe(1);
    await expect
      .poll(async () => {
        await second.purge();
        return (await second.find({ entity: 'visit', limit: 1 })).total;
      })
      .toBe(0);
    await second.close();
  });

  it('refuses a file that is no database', async () => {
    await writeFile(file, 'certainly not a database, though long enough to be taken for one'.repeat(20));
    await expect(openEmbeddedIndex({ file, retention: {} })).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
