import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/base/index.js';
import {
  type Row,
  type SinkFigures,
  type WriteBehindOptions,
  createWriteBehind,
} from '../../../../src/stores/index.js';

function visitRow(visitId: string, endDate = 0): Row {
  return {
    entity: 'visit',
    value: { visitId, startDate: 1, endDate, globalVisitID: 'G', userAgentId: null },
  };
}

function eventsRow(visitId: string, firstOrdinal: number): Row {
  return { entity: 'events', value: { visitId, firstOrdinal, count: 1, bytes: new Uint8Array(10) } };
}

function cellRow(key: string, seq: number): Row {
  return { entity: 'cell', value: { key, seq, deadlineMs: null, bytes: new Uint8Array(10) } };
}

/** Waits for `check` to pass, for longer than any busy machine needs. */
function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 2, timeout: 10_000 });
}

/** A store that keeps what it is given; `behave` decides each write's fate. */
function recordingStore() {
  const writes: Row[][] = [];
  const store = {
    writes,
    behave: async (_rows: readonly Row[]): Promise<void> => undefined,
    async write(rows: readonly Row[]): Promise<void> {
      await store.behave(rows);
      writes.push([...rows]);
    },
    eraseVisit: async () => undefined,
    eraseIdentity: async () => undefined,
  };
  return store;
}

const down = async (): Promise<void> => {
  throw new AppError('STORE_UNAVAILABLE', 'the store is down');
};

async function start(options: Partial<WriteBehindOptions> = {}) {
  const store = recordingStore();
  const refused: Row[] = [];
  const writeBehind = await createWriteBehind({
    store,
    flushIntervalMs: 5,
    retryMinMs: 1,
    retryMaxMs: 4,
    onRefused: ({ row }) => refused.push(row),
    ...options,
  });
  const figures = (): SinkFigures => {
    const { store: found } = writeBehind.sinks;
    if (found === undefined) throw new Error('the store is a sink');
    return found;
  };
  return { store, refused, writeBehind, figures };
}

vi.setConfig({ testTimeout: 20_000 });

describe('the write-behind queue', () => {
  it('writes what it took after its interval, in one write', async () => {
    const { store, writeBehind, figures } = await start();
    writeBehind.enqueue([visitRow('A')], 1);
    writeBehind.enqueue([visitRow('B')], 2);
    expect([figures().depth, writeBehind.persistedSeq, store.writes.length]).toEqual([2, 0, 0]);
    await soon(() => expect(writeBehind.persistedSeq).toBe(2));
    expect(store.writes).toEqual([[visitRow('A'), visitRow('B')]]);
    expect([figures().depth, figures().bytes, figures().oldestAgeMs]).toEqual([0, 0, 0]);
  });

  it('writes only the newest of each key, and snapshots after all else', async () => {
    const { store, writeBehind } = await start({ flushIntervalMs: 60_000 });
    writeBehind.enqueue([visitRow('A', 0), cellRow('visit/A', 1)], 1);
    writeBehind.enqueue([visitRow('A', 5), eventsRow('A', 0)], 2);
    writeBehind.enqueue([eventsRow('A', 1), cellRow('visit/A', 2)], 3);
    writeBehind.enqueue([eventsRow('B', 1)], 4);
    await writeBehind.drained();
    expect(store.writes).toEqual([
      [visitRow('A', 5), eventsRow('A', 0), eventsRow('A', 1), eventsRow('B', 1), cellRow('visit/A', 2)],
    ]);
    expect(writeBehind.persistedSeq).toBe(4);
  });

  it('splits what is too much for one write, and begins early when a write is full', async () => {
    const { store, writeBehind } = await start({ flushIntervalMs: 60_000, writeRowsMax: 3 });
    writeBehind.enqueue([cellRow('visit/A', 1), ...[0, 1, 2, 3].map((n) => eventsRow('A', n))], 1);
    await soon(() => expect(writeBehind.persistedSeq).toBe(1));
    expect(store.writes.map((rows) => rows.length)).toEqual([3, 2]);
    expect(store.writes[1]?.[1]?.entity).toBe('cell');
  });

  it('counts an input as persisted only when every row before it is', async () => {
    const { store, writeBehind } = await start({ flushIntervalMs: 60_000 });
    writeBehind.enqueue([], 1);
    expect(writeBehind.persistedSeq).toBe(1);
    let finish: () => void = () => undefined;
    store.behave = () => new Promise((resolve) => (finish = resolve));
    writeBehind.enqueue([visitRow('A')], 2);
    const drained = writeBehind.drained();
    writeBehind.enqueue([], 3);
    expect(writeBehind.persistedSeq).toBe(1);
    finish();
    await drained;
    expect(writeBehind.persistedSeq).toBe(3);
    // A late snapshot of an earlier input takes nothing back.
    writeBehind.enqueue([cellRow('visit/A', 2)], 2);
    expect(writeBehind.persistedSeq).toBe(3);
  });

  it('waits, when drained, for what was there and not for what comes later', async () => {
    const { store, writeBehind, figures } = await start({ flushIntervalMs: 60_000 });
    let finish: () => void = () => undefined;
    store.behave = () => new Promise((resolve) => (finish = resolve));
    writeBehind.enqueue([visitRow('A')], 1);
    const first = writeBehind.drained();
    writeBehind.enqueue([visitRow('B')], 2);
    const second = writeBehind.drained();
    finish();
    await first;
    expect([store.writes.length, figures().depth]).toEqual([1, 1]);
    await soon(() => {
      finish();
      expect(figures().depth).toBe(0);
    });
    await second;
    await writeBehind.drained();
    expect(store.writes.length).toBe(2);
  });

  it('waits for one visit only when rows of that visit are waiting', async () => {
    const { store, writeBehind, figures } = await start({ flushIntervalMs: 60_000 });
    writeBehind.enqueue([eventsRow('A', 0), cellRow('visit/B', 1), cellRow('agent/C', 1)], 1);
    await writeBehind.drained('C');
    expect(store.writes.length).toBe(0);
    await writeBehind.drained('B');
    expect([store.writes.length, figures().depth]).toEqual([1, 0]);

    let finish: () => void = () => undefined;
    store.behave = () => new Promise((resolve) => (finish = resolve));
    writeBehind.enqueue([eventsRow('A', 1)], 2);
    const drained = writeBehind.drained('A');
    writeBehind.enqueue([eventsRow('B', 1)], 3);
    await soon(() => {
      finish();
      expect(store.writes.length).toBe(2);
    });
    await drained;
    expect([store.writes.length, figures().depth]).toEqual([2, 1]);
  });

  it('tries for as long as the store is down, tells of it, and loses nothing', async () => {
    const failures: string[] = [];
    const { store, writeBehind, figures } = await start({
      onFailure: (error) => failures.push(error.message),
    });
    store.behave = down;
    writeBehind.enqueue([visitRow('A')], 1);
    await soon(() => expect(figures().failures).toBeGreaterThan(3));
    writeBehind.enqueue([visitRow('A', 9), visitRow('B')], 2);
    expect([figures().depth, figures().lastError]).toEqual([3, 'the store is down']);
    expect(figures().oldestAgeMs).toBeGreaterThan(0);
    store.behave = async () => undefined;
    await soon(() => expect(writeBehind.persistedSeq).toBe(2));
    expect(store.writes).toEqual([[visitRow('A')], [visitRow('A', 9), visitRow('B')]]);
    expect(figures().lastError).toBeUndefined();
    expect(failures.length).toBe(figures().failures);
  });

  it('is full at its rows or its bytes, and still takes what was already promised', async () => {
    const { store, writeBehind, figures } = await start({
      rowsMax: 3,
      bytesMax: 10_000,
      flushIntervalMs: 60_000,
    });
    store.behave = down;
    writeBehind.enqueue([visitRow('A'), visitRow('B')], 1);
    expect(writeBehind.isFull).toBe(false);
    writeBehind.enqueue([visitRow('C')], 2);
    expect(writeBehind.isFull).toBe(true);
    writeBehind.enqueue([visitRow('D')], 3);
    expect(figures().depth).toBe(4);
    store.behave = async () => undefined;
    await writeBehind.drained();
    expect(writeBehind.isFull).toBe(false);
    const large = new Uint8Array(10_000);
    writeBehind.enqueue([{ entity: 'cell', value: { key: 'k', seq: 1, deadlineMs: null, bytes: large } }], 4);
    expect(writeBehind.isFull).toBe(true);
    await writeBehind.drained();
    expect(figures().bytes).toBe(0);
  });

  it('leaves out the one row that the store refuses, and writes all others', async () => {
    const { store, refused, writeBehind } = await start();
    const poison = visitRow('poison');
    store.behave = async (rows) => {
      if (rows.includes(poison)) throw new AppError('INTERNAL', 'a column is missing');
    };
    const rows = Array.from({ length: 9 }, (_, n) => visitRow(`V${n}`));
    writeBehind.enqueue([...rows.slice(0, 4), poison, ...rows.slice(4)], 1);
    await writeBehind.drained();
    expect(store.writes.flat()).toEqual(rows);
    expect(refused).toEqual([poison]);
    expect(writeBehind.persistedSeq).toBe(1);
  });

  it('closes when all is written, or says that it could not be', async () => {
    const good = await start({ flushIntervalMs: 60_000 });
    good.writeBehind.enqueue([visitRow('A')], 1);
    expect(await good.writeBehind.close(5_000)).toBe(true);
    expect(good.store.writes.length).toBe(1);
    good.writeBehind.enqueue([visitRow('B')], 2);
    expect(good.figures().depth).toBe(0);

    const bad = await start();
    bad.store.behave = down;
    bad.writeBehind.enqueue([visitRow('A')], 1);
    expect(await bad.writeBehind.close(20)).toBe(false);
    expect(bad.figures().depth).toBe(1);

    const hung = await start();
    hung.store.behave = () => new Promise(() => undefined);
    hung.writeBehind.enqueue([visitRow('A')], 1);
    expect(await hung.writeBehind.close(20)).toBe(false);
  });
});
