import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedStoreOptions, type Row, openEmbeddedStore } from '../../../src/stores/index.js';
import { migrations } from '../../../src/stores/embedded/schema.js';
import { operationalStoreContract } from './operational-store-contract.js';
import { cellOf, documentRow, encodedOf, eventOf, pageOf, segmentOf, visitOf } from './sample-rows.js';

operationalStoreContract('the embedded store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-store-'));
  return {
    open: () => openEmbeddedStore({ file: join(folder, 'store.db') }),
    destroy: () => rm(folder, { recursive: true, force: true }),
  };
});

/** The version of the schema that had no hashes of events yet. */
const schemaBeforeHashes = 4;

/** Enough to keep a worker busy for a while. */
const manyVisits = Array.from({ length: 5_000 }, (_, n): Row => {
  return { entity: 'visit', value: visitOf(`V${n}`) };
});

describe('the embedded store alone', () => {
  let folder: string;
  let file: string;
  const open = (options: Partial<EmbeddedStoreOptions> = {}) => openEmbeddedStore({ file, ...options });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beckon-store-'));
    file = join(folder, 'store.db');
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses a file that is no database, and one of a newer version', async () => {
    await writeFile(file, 'certainly not a database, though long enough to be taken for one'.repeat(20));
    await expect(open()).rejects.toMatchObject({ code: 'INTERNAL' });
    file = join(folder, 'newer.db');
    const newer = new Database(file);
    newer.exec('PRAGMA user_version = 1000');
    newer.close();
    await expect(open()).rejects.toThrow('newer version (schema 1000');
  });

  it('says so when the disk refuses', async () => {
    file = join(folder, 'no', 'such', 'folder', 'store.db');
    await expect(open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('refuses more than may be under way', async () => {
    const store = await open({ requestsMax: 2 });
    const work = [store.readVisit('A'), store.readVisit('B'), store.readVisit('C')];
    await expect(work[2]).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await Promise.all(work.slice(0, 2))).toEqual([undefined, undefined]);
    expect(await store.readVisit('D')).toBeUndefined();
    await store.close();
  });

  it('gives up on an answer that takes too long, and goes on', async () => {
    const impatient = await open({ timeoutMs: 1 });
    await expect(impatient.write(manyVisits)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'no answer within 1 ms',
    });
    await impatient.close();
    const store = await open();
    expect(await store.readVisit('V4999')).toEqual(visitOf('V4999'));
    await store.close();
  });

  it('fails what is under way when its worker ends, and starts a new one', async () => {
    const store = await open();
    await store.write([{ entity: 'visit', value: visitOf('V') }]);
    const underWay = store.write(manyVisits);
    const failed = expect(underWay).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await store.crash();
    await failed;
    await expect(store.readVisit('V')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await vi.waitFor(async () => expect(await store.readVisit('V')).toEqual(visitOf('V')), {
      timeout: 5_000,
    });
    await store.close();
  });

  it('removes what has expired, each kind by its own time, and nothing else', async () => {
    const store = await open({ retention: { all: 100, page: 50, event: 0 } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 75_000 });
    await store.write([
      { entity: 'visit', value: visitOf('V') },
      { entity: 'page', value: pageOf('V', 'P') },
      { entity: 'events', value: segmentOf('V', 0, 1) },
    ]);
    vi.setSystemTime(Date.now() - 75_000);
    await store.write([
      ...Array.from({ length: 1_200 }, (_, n) => ({ entity: 'visit' as const, value: visitOf(`old ${n}`) })),
      { entity: 'cell', value: cellOf('visit/old', 1) },
      { entity: 'cell', value: cellOf('visit/waits', 1, 5) },
      { entity: 'cell', value: cellOf('agent/ann', 1) },
      documentRow('rules', 'p', 1, 'x'),
    ]);
    vi.useRealTimers();
    await store.purge();
    expect(await store.readVisit('V')).toEqual(visitOf('V'));
    expect(await store.readPages('V')).toEqual([]);
    expect((await store.readEvents('V')).length).toBe(1);
    expect(await Promise.all([0, 600, 1_199].map((n) => store.readVisit(`old ${n}`)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await store.readCell('visit/old')).toBeUndefined();
    expect(await store.readCell('visit/waits')).toEqual(cellOf('visit/waits', 1, 5));
    expect(await store.readCell('agent/ann')).toEqual(cellOf('agent/ann', 1));
    expect((await store.readDocuments('rules')).length).toBe(1);
    await store.close();
  });

  it('finds events that were stored before their hashes were', async () => {
    const older = new Database(file);
    for (const step of migrations.slice(0, schemaBeforeHashes)) older.exec(step);
    older.exec(`PRAGMA user_version = ${schemaBeforeHashes}`);
    const { bytes } = encodedOf('V', 0, [eventOf('V', 'a'), eventOf('V', 'b')]);
    older.prepare('INSERT INTO events VALUES (?, 0, 2, ?, NULL, 0)').run('V', Buffer.from(bytes));
    older.close();
    const store = await open();
    await store.write([{ entity: 'events', value: encodedOf('W', 0, [eventOf('W', 'c')]) }]);
    const found = await Promise.all(['b', 'c', 'd'].map((id) => store.readVisitIdOfEvent(id)));
    expect(found).toEqual(['V', 'W', undefined]);
    await store.close();
  });

  it('keeps hashes of events as long as the events', async () => {
    const store = await open({ retention: { all: 100 } });
    const rowOf = (visitId: string): Row => {
      return { entity: 'events', value: encodedOf(visitId, 0, [eventOf(visitId, `E-${visitId}`)]) };
    };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 150_000 });
    await store.write([rowOf('old')]);
    vi.useRealTimers();
    await store.write([rowOf('V'), rowOf('W')]);
    await store.purge();
    expect(await store.readVisitIdOfEvent('E-old')).toBeUndefined();
    expect(await store.readVisitIdOfEvent('E-W')).toBe('W');
    await store.close();
    const database = new Database(file);
    expect(database.prepare('SELECT length(hashes) AS size FROM event_hashes').all()).toEqual([{ size: 8 }]);
    database.close();
  });

  it('looks for expired rows by itself', async () => {
    const store = await open({ retention: { all: 1 }, purgeIntervalMs: 20 });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 10_000 });
    await store.write([{ entity: 'visit', value: visitOf('V') }]);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await store.readVisit('V')).toBeUndefined(), { timeout: 5_000 });
    await store.close();
  });

  it('leaves one file when it is closed', async () => {
    const store = await open();
    await store.write([{ entity: 'visit', value: visitOf('V') }]);
    await store.close();
    await expect(stat(`${file}-wal`)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
