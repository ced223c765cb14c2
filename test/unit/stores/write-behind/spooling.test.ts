import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/base/index.js';
import {
  type Row,
  type SinkFigures,
  type WriteBehind,
  type WriteBehindOptions,
  createWriteBehind,
} from '../../../../src/stores/index.js';
import { keyOf } from '../../../../src/stores/row-keys.js';

vi.setConfig({ testTimeout: 30_000 });

const visitIdOf = (n: number): string => `V${n}`;

function visitRow(visitId: string, endDate = 0): Row {
  return {
    entity: 'visit',
    value: { visitId, startDate: 1, endDate, globalVisitID: 'G', userAgentId: null },
  };
}

function cellRow(visitId: string, seq: number): Row {
  const bytes = Buffer.from(`state of ${visitId} at ${seq}`);
  return { entity: 'cell', value: { key: `visit/${visitId}`, seq, deadlineMs: null, bytes } };
}

function tieRow(visitId: string, identityId: string): Row {
  return { entity: 'visitIdentity', value: { visitId, identityId, visitScope: 'Authenticated', at: 1 } };
}

function soon(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { interval: 2, timeout: 15_000 });
}

/** A store as a map, which can be away. */
function mapStore() {
  const rows = new Map<string, Row>();
  const store = {
    rows,
    isAway: false,
    writes: 0,
    beforeWrite: async (_rows: readonly Row[]): Promise<void> => undefined,
    async write(written: readonly Row[]): Promise<void> {
      await store.beforeWrite(written);
      if (store.isAway) throw new AppError('STORE_UNAVAILABLE', 'the store is away');
      store.writes++;
      for (const row of written) rows.set(keyOf(row), row);
    },
    async eraseVisit(visitId: string): Promise<void> {
      if (store.isAway) throw new AppError('STORE_UNAVAILABLE', 'the store is away');
      for (const [key, { value }] of rows) {
        if ('visitId' in value && value.visitId === visitId) rows.delete(key);
      }
      rows.delete(`visit/${visitId}`);
    },
    async eraseIdentity(identityId: string): Promise<void> {
      for (const [key, { value }] of rows) {
        if ('identityId' in value && value.identityId === identityId) rows.delete(key);
      }
    },
    endDateOf(visitId: string): number | undefined {
      const row = rows.get(keyOf(visitRow(visitId)));
      return row?.entity === 'visit' ? row.value.endDate : undefined;
    },
  };
  return store;
}

type MapStore = ReturnType<typeof mapStore>;

describe('a sink that is away', () => {
  let folder: string;
  let store: MapStore;
  let refused: [string, Row][];
  const opened: WriteBehind[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beckon-spool-'));
    store = mapStore();
    refused = [];
  });
  afterEach(async () => {
    for (const writeBehind of opened.splice(0)) await writeBehind.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: Partial<WriteBehindOptions> = {}): Promise<WriteBehind> {
    const writeBehind = await createWriteBehind({
      store,
      spool: { folder, freeBytesMin: 0, segmentBytesMax: 4_000 },
      rowsMax: 20,
      flushIntervalMs: 1,
      retryMinMs: 1,
      retryMaxMs: 4,
      onRefused: ({ row }, sink) => refused.push([sink, row]),
      ...options,
    });
    opened.push(writeBehind);
    return writeBehind;
  }

  function figuresOf(writeBehind: WriteBehind, name = 'store'): SinkFigures {
    const figures = writeBehind.sinks[name];
    if (figures === undefined) throw new Error(`no sink ${name}`);
    return figures;
  }

  const filesOf = (name = 'store'): Promise<string[]> => readdir(join(folder, name));

  it('has its rows on disk, safe and in order, and gets all of them when it is back', async () => {
    store.isAway = true;
    const writeBehind = await open();
    for (let seq = 1; seq <= 500; seq++) {
      writeBehind.enqueue([visitRow(visitIdOf(seq % 50), seq), cellRow(visitIdOf(seq % 50), seq)], seq);
      if (seq % 10 === 0) await soon(() => expect(writeBehind.isFull).toBe(false));
    }
    expect(await writeBehind.secured(10_000)).toBe(true);
    expect([writeBehind.persistedSeq, store.rows.size]).toEqual([500, 0]);
    const { depth, spoolRows, spoolBytes, oldestAgeMs } = figuresOf(writeBehind);
    expect(spoolRows).toBe(depth);
    expect(depth).toBeGreaterThan(50);
    expect(spoolBytes).toBeGreaterThan(4_000);
    expect(oldestAgeMs).toBeGreaterThan(0);
    expect((await filesOf()).length).toBeGreaterThan(2);

    store.isAway = false;
    await writeBehind.drained();
    for (let n = 0; n < 50; n++) expect(store.endDateOf(visitIdOf(n))).toBe(n === 0 ? 500 : 450 + n);
    expect(store.rows.get('visit/V7')).toMatchObject({ value: { seq: 457 } });
    await soon(async () => expect(await filesOf()).toEqual([]));
    expect(figuresOf(writeBehind)).toMatchObject({
      depth: 0,
      spoolRows: 0,
      spoolBytes: 0,
      lastError: undefined,
    });
  });

  it('is away until it answers, also once its rows are on disk', async () => {
    store.isAway = true;
    const writeBehind = await open();
    const errors: (string | undefined)[] = [];
    store.beforeWrite = async () => void errors.push(figuresOf(writeBehind).lastError);
    writeBehind.enqueue([visitRow('V', 1)], 1);
    await soon(() => expect(errors.length).toBeGreaterThan(1));
    expect(await writeBehind.secured(10_000)).toBe(true);
    const before = errors.length;
    await soon(() => expect(errors.length).toBeGreaterThan(before + 2));
    expect(errors.slice(1).every((error) => error === 'the store is away')).toBe(true);
    expect(writeBehind.isStoreAway).toBe(true);
    store.isAway = false;
    await writeBehind.drained();
    expect(writeBehind.isStoreAway).toBe(false);
  });

  it('gets what an earlier process left, also after a torn write', async () => {
    store.isAway = true;
    const before = await open();
    for (let seq = 1; seq <= 60; seq++) before.enqueue([visitRow(visitIdOf(seq), seq)], seq);
    await before.secured(10_000);
    const [last] = (await filesOf()).sort().reverse();
    await writeFile(join(folder, 'store', last ?? ''), Buffer.from('half a block'), { flag: 'a' });
    await before.close(0);

    store.isAway = false;
    const after = await open();
    expect(figuresOf(after).spoolRows).toBe(60);
    await after.drained();
    expect(store.rows.size).toBe(60);
    expect(figuresOf(after)).toMatchObject({ written: 60, damaged: 0 });
  });

  it('loses no row and goes back on none, whatever happens in between', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('take'), visit: fc.nat(5), rows: fc.nat(6) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('away', 'back', 'secure', 'crash') }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        await rm(folder, { recursive: true, force: true });
        store = mapStore();
        const journal: { seq: number; rows: Row[] }[] = [];
        const newest = new Map<string, number>();
        let writeBehind = await open();
        for (const each of steps) {
          if (each.kind === 'take' && 'visit' in each) {
            const seq = journal.length + 1;
            const rows = Array.from({ length: each.rows }, (_, n) => visitRow(`V${each.visit}.${n}`, seq));
            for (const row of rows) newest.set(keyOf(row), seq);
            journal.push({ seq, rows });
            writeBehind.enqueue(rows, seq);
          } else if (each.kind === 'secure') await writeBehind.secured(10_000);
          else if (each.kind === 'crash') {
            const safe = writeBehind.persistedSeq;
            await writeBehind.close(0);
            writeBehind = await open();
            for (const { seq, rows } of journal) if (seq > safe) writeBehind.enqueue(rows, seq);
          } else store.isAway = each.kind === 'away';
          await new Promise((resolve) => setImmediate(resolve));
        }
        store.isAway = false;
        await writeBehind.drained();
        for (const [key, endDate] of newest)
          expect(store.rows.get(key)).toMatchObject({ value: { endDate } });
        await writeBehind.close(1_000);
      }),
      { numRuns: 30 },
    );
  });

  it('does not slow another down', async () => {
    const index = mapStore();
    let released: () => void = () => undefined;
    index.beforeWrite = () => new Promise((resolve) => (released = resolve));
    const writeBehind = await open({ others: [{ name: 'index', sink: index }] });
    for (let seq = 1; seq <= 200; seq++) {
      writeBehind.enqueue([visitRow(visitIdOf(seq), seq), cellRow(visitIdOf(seq), seq)], seq);
      if (seq % 5 === 0) await soon(() => expect(writeBehind.isFull).toBe(false));
    }
    await writeBehind.drained();
    expect(store.rows.size).toBe(400);
    expect(index.rows.size).toBe(0);
    // What the slow one has not taken is on disk, so the journal may let go of it.
    expect(await writeBehind.secured(10_000)).toBe(true);
    expect(writeBehind.persistedSeq).toBe(200);
    expect(figuresOf(writeBehind, 'index').spoolRows).toBeGreaterThan(0);
    await soon(() => {
      released();
      expect(index.rows.size).toBe(200);
    });
    expect([...index.rows.values()].every(({ entity }) => entity === 'visit')).toBe(true);
  });

  it('keeps rows in memory when the disk is full, is full itself then, and loses nothing', async () => {
    store.isAway = true;
    let freeBytes = 1_000_000;
    const writeBehind = await open({
      spool: { folder, freeBytesMin: 500_000, freeBytes: async () => freeBytes },
    });
    writeBehind.enqueue([visitRow('first', 1)], 1);
    await writeBehind.secured(10_000);
    freeBytes = 400_000;
    for (let seq = 2; seq <= 21; seq++) writeBehind.enqueue([visitRow(visitIdOf(seq), seq)], seq);
    await soon(() => expect(figuresOf(writeBehind).isSpoolFull).toBe(true));
    expect(writeBehind.isFull).toBe(true);
    expect(writeBehind.fullReason).toBe('The store does not keep up, and its spool has no room.');
    expect(await writeBehind.secured(50)).toBe(false);
    expect(writeBehind.persistedSeq).toBe(1);
    freeBytes = 1_000_000;
    expect(await writeBehind.secured(10_000)).toBe(true);
    expect([writeBehind.isFull, writeBehind.persistedSeq]).toEqual([false, 21]);
    store.isAway = false;
    await writeBehind.drained();
    expect(store.rows.size).toBe(21);
  });

  it('takes no more than the spool may have', async () => {
    store.isAway = true;
    const writeBehind = await open({ spool: { folder, freeBytesMin: 0, bytesMax: 3_000 } });
    let seq = 0;
    await soon(() => {
      for (let n = 0; n < 5 && !writeBehind.isFull; n++)
        writeBehind.enqueue([visitRow(`V${++seq}`, seq)], seq);
      expect(writeBehind.isFull).toBe(true);
    });
    expect(figuresOf(writeBehind).spoolBytes).toBeLessThanOrEqual(3_000);
    store.isAway = false;
    await writeBehind.drained();
    expect(store.rows.size).toBe(seq);
  });

  it('lets a reader of a visit wait for its rows in the spool, but not for ever', async () => {
    store.isAway = true;
    const writeBehind = await open();
    for (let seq = 1; seq <= 30; seq++) writeBehind.enqueue([visitRow(visitIdOf(seq), seq)], seq);
    await writeBehind.secured(10_000);
    await writeBehind.drained('someone-else');
    await expect(writeBehind.drained('V3', 30)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    // The store has been away for longer than the reader would wait: it hears so at once.
    const startedMs = performance.now();
    await expect(writeBehind.drained('V3', 25)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(performance.now() - startedMs).toBeLessThan(25);
    const waiting = writeBehind.drained('V30', 10_000);
    store.isAway = false;
    await waiting;
    expect(store.endDateOf('V30')).toBe(30);
  });

  it('sets a row aside that it will never take, and nothing when it refuses all', async () => {
    const writeBehind = await open({ rowsMax: 200 });
    store.beforeWrite = async (rows) => {
      if (rows.some((row) => keyOf(row) === 'v bad')) throw new AppError('INTERNAL', 'no such column');
    };
    writeBehind.enqueue([visitRow('good'), visitRow('bad'), visitRow('fine')], 1);
    await writeBehind.drained();
    expect([...store.rows.keys()]).toEqual(['v good', 'v fine']);
    expect(refused.map(([sink, row]) => [sink, keyOf(row)])).toEqual([['store', 'v bad']]);
    expect(figuresOf(writeBehind).refused).toBe(1);
    await soon(async () => {
      const text = await readFile(join(folder, 'store', 'refused.jsonl'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        reason: 'no such column',
        row: { value: { visitId: 'bad' } },
      });
    });

    store.beforeWrite = async () => {
      throw new AppError('INTERNAL', 'the keyspace is gone');
    };
    writeBehind.enqueue(
      Array.from({ length: 40 }, (_, n) => visitRow(visitIdOf(n))),
      2,
    );
    await soon(() => expect(figuresOf(writeBehind).failures).toBeGreaterThan(1));
    expect(figuresOf(writeBehind).lastError).toContain('the keyspace is gone');
    store.beforeWrite = async () => undefined;
    await writeBehind.drained();
    expect([store.rows.size, refused.length]).toEqual([42, 1]);
  });

  it('sets a damaged file aside and writes the others', async () => {
    store.isAway = true;
    const writeBehind = await open();
    for (let seq = 1; seq <= 100; seq++) {
      writeBehind.enqueue([visitRow(visitIdOf(seq), seq)], seq);
      if (seq % 10 === 0) await writeBehind.secured(10_000);
    }
    const [first] = (await filesOf()).sort();
    const file = join(folder, 'store', first ?? '');
    const bytes = await readFile(file);
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
    await writeFile(file, bytes);
    store.isAway = false;
    await writeBehind.drained();
    expect(figuresOf(writeBehind).damaged).toBe(1);
    expect(store.rows.size).toBeLessThan(100);
    expect(store.endDateOf('V100')).toBe(100);
    expect(await filesOf()).toContain(`${first}.damaged`);
  });

  it('erases a person from memory, disk and every sink, and nobody else', async () => {
    const index = mapStore();
    const writeBehind = await open({ others: [{ name: 'index', sink: index }] });
    const rowsOf = (visitId: string): Row[] => [
      visitRow(visitId),
      cellRow(visitId, 1),
      tieRow(visitId, 'ann'),
    ];
    writeBehind.enqueue([...rowsOf('V0'), ...rowsOf('W0')], 1);
    await writeBehind.drained();
    index.beforeWrite = async () => {
      throw new AppError('STORE_UNAVAILABLE', 'the index is away');
    };
    for (let n = 1; n <= 40; n++) {
      writeBehind.enqueue([...rowsOf(`V${n % 3}`), ...rowsOf(`W${n}`)], n + 1);
      if (n % 3 === 0) await writeBehind.secured(10_000);
    }
    await writeBehind.erase({ visitIds: ['V0', 'V1', 'V2'], identityIds: ['ann'] }, 10_000);
    const spooled = await Promise.all(
      (await filesOf('index')).map((file) => readFile(join(folder, 'index', file), 'latin1')),
    );
    expect(spooled.join('')).not.toMatch(/V[012]|ann/);
    expect(spooled.join('')).toContain('W1');
    index.beforeWrite = async () => undefined;
    await writeBehind.drained();
    await soon(() => expect(figuresOf(writeBehind, 'index').depth).toBe(0));
    for (const sink of [store, index]) {
      const kept = [...sink.rows.values()].map(keyOf);
      expect(kept.filter((key) => /V[012]|ann/.test(key))).toEqual([]);
      for (let n = 1; n <= 40; n++) expect(kept).toContain(`v W${n}`);
    }
    store.isAway = true;
    await expect(writeBehind.erase({ visitIds: ['W1'], identityIds: [] }, 5_000)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    // Who asks again finds in the store what is to be erased: it goes last.
    store.isAway = false;
    index.isAway = true;
    const rest = { visitIds: ['W2'], identityIds: [] };
    await expect(writeBehind.erase(rest, 5_000)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(store.rows.has('v W2')).toBe(true);
    index.isAway = false;
    await writeBehind.erase(rest, 5_000, true);
    expect([store.rows.has('v W2'), index.rows.has('v W2')]).toEqual([true, false]);
    await writeBehind.erase(rest, 5_000);
    expect(store.rows.has('v W2')).toBe(false);
  });
});
