import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SqliteFile } from '../../../src/stores/sqlite-file.js';

it('has nothing left of a removed row, nor of what the row was before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-sqlite-'));
  const database = new SqliteFile(join(folder, 'a.sqlite'), (made) =>
    made.exec('CREATE TABLE rows (id TEXT PRIMARY KEY, text TEXT)'),
  );
  const isThere = async (trace: string): Promise<boolean> => {
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    return files.some((bytes) => bytes.includes(trace));
  };
  try {
    const put = 'INSERT INTO rows VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text';
    // Longer than pages, so that each writing frees those of the one before.
    for (const size of [90_000, 60_000, 30_000, 10]) {
      database.run(put, ['carla', 'carla '.repeat(size)]);
      database.run(put, [`dora ${size}`, 'dora']);
      database.forgetRemoved();
    }
    expect(await isThere('carla')).toBe(true);
    database.run('DELETE FROM rows WHERE id = ?', ['carla']);
    database.forgetRemoved();
    expect([await isThere('carla'), await isThere('dora')]).toEqual([false, true]);
  } finally {
    database.close();
    await rm(folder, { recursive: true });
  }
});
