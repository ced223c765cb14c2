import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from '../../../src/stores/data-folder-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the lock of a data folder', () => {
  it('is held by one, who is named to the next, until it is released', () => {
    const data = join(folder, 'not/yet/there');
    const lock = lockDataFolder(data);
    expect(() => lockDataFolder(data)).toThrow(
      expect.objectContaining({
        code: 'CONFLICT',
        message: expect.stringContaining(`in use by process ${process.pid} on ${hostname()} since`) as string,
      }),
    );
    lock.release();
    lock.release();
    const next = lockDataFolder(data);
    expect(() => lockDataFolder(data)).toThrow('in use');
    next.release();
  });

  it('does not trust what a dead process left behind', async () => {
    await writeFile(join(folder, 'lock-holder.json'), '{"pid":1,"host":"here","since":"long ago"}');
    lockDataFolder(folder).release();
  });

  it('says when it cannot be taken for another reason', async () => {
    await writeFile(join(folder, 'lock.db'), 'this is no database, and long enough to be seen as none');
    await chmod(folder, 0o700);
    expect(() => lockDataFolder(folder)).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  });
});
