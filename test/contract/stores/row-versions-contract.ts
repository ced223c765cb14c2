/**
 * What every operational store makes of rows that come twice, which changes nothing, and late: the one that
 * was made later stays.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '../../../src/base/index.js';
import {
  createWriteBehind,
  type OperationalStore,
  type Row,
  type RowPages,
  type RowSink,
} from '../../../src/stores/index.js';
import {
  chatOf,
  documentRow,
  engagementOf,
  identityRow,
  pageOf,
  segmentOf,
  tieRow,
  visitOf,
} from './sample-rows.js';

export function writingTwice(store: () => OperationalStore): void {
  it('writes a row twice as once, the later over the earlier, in one write and over two', async () => {
    const rows: Row[] = [
      { entity: 'visit', value: visitOf('V') },
      { entity: 'visit', value: visitOf('V', { endDate: 7 }) },
      { entity: 'page', value: pageOf('V', 'P') },
      { entity: 'events', value: segmentOf('V', 0, 2) },
      { entity: 'engagement', value: engagementOf('V.1', 'V') },
      { entity: 'chat', value: chatOf('V.1', 'V') },
      identityRow('i'),
      tieRow('V', 'i', 1),
      documentRow('rules', 'p', 1, 'a'),
    ];
    await store().write(rows);
    await store().write(rows);
    await store().write([
      { entity: 'page', value: pageOf('V', 'P', { endDate: 9 }) },
      { entity: 'events', value: segmentOf('V', 0, 2, 9) },
      { entity: 'engagement', value: engagementOf('V.1', 'V', { state: 'ENGAGED' }) },
      { entity: 'chat', value: chatOf('V.1', 'V', { state: 'active' }) },
      { entity: 'visitIdentity', value: { visitId: 'V', identityId: 'i', visitScope: 'Recognized', at: 2 } },
    ]);
    expect((await store().readVisit('V'))?.endDate).toBe(7);
    expect((await store().readPages('V')).map(({ endDate }) => endDate)).toEqual([9]);
    expect(await store().readEvents('V')).toEqual([segmentOf('V', 0, 2, 9)]);
    expect((await store().readEngagements('V')).map(({ state }) => state)).toEqual(['ENGAGED']);
    expect((await store().readChatsOfVisit('V')).map(({ state }) => state)).toEqual(['active']);
    expect((await store().readIdentitiesOfVisit('V')).map((tie) => tie.visitScope)).toEqual(['Recognized']);
    expect((await store().readDocumentHistory('rules', 'p', 10)).length).toBe(1);
  });

  it('takes many rows of one kind in one write, the last of each key winning', async () => {
    const rows = Array.from({ length: 1_003 }, (_, index): Row => {
      return { entity: 'visit', value: visitOf(`V${index % 401}`, { endDate: index }) };
    });
    await store().write(rows);
    const ends = await Promise.all(
      [0, 200, 201, 400].map(async (n) => (await store().readVisit(`V${n}`))?.endDate),
    );
    expect(ends).toEqual([802, 1_002, 602, 801]);
  });
}

/** One row of each kind that has a version, as it was made at `version`, and how the store has it now. */
function madeAt(version: number): Row[] {
  const userData = { step: String(version) };
  return [
    { entity: 'visit', value: visitOf('V', { endDate: version }), version },
    { entity: 'page', value: pageOf('V', 'P', { endDate: version }), version },
    { entity: 'events', value: segmentOf('V', 0, 2, version & 255), version },
    { ...identityRow('ann', String(version)), version },
    { ...tieRow('V', 'ann', version), version },
    { entity: 'engagement', value: engagementOf('V.1', 'V', { userData }), version },
    { entity: 'chat', value: chatOf('V.1', 'V', { agentName: String(version) }), version },
  ];
}

async function asMade(store: OperationalStore): Promise<unknown[]> {
  return [
    await store.readVisit('V'),
    ...(await store.readPages('V')),
    ...(await store.readEvents('V')),
    await store.readIdentity('ann'),
    ...(await store.readVisitsOfIdentity('ann', 9)),
    ...(await store.readIdentitiesOfVisit('V')),
    await store.readEngagement('V.1'),
    await store.readChat('V.1'),
  ];
}

export function rowVersionsContract(store: () => OperationalStore & RowPages): void {
  it('keeps the row that was made later, whichever is written later', async () => {
    await store().write(madeAt(200));
    const newest = await asMade(store());
    expect(newest).toEqual(
      expect.arrayContaining([
        visitOf('V', { endDate: 200 }),
        pageOf('V', 'P', { endDate: 200 }),
        segmentOf('V', 0, 2, 200),
      ]),
    );
    await store().write(madeAt(100));
    expect(await asMade(store())).toEqual(newest);
    await store().write([...madeAt(200), ...madeAt(199)]);
    expect(await asMade(store())).toEqual(newest);
    await store().write(madeAt(201));
    expect(await store().readVisit('V')).toEqual(visitOf('V', { endDate: 201 }));
    expect((await store().readIdentity('ann'))?.name).toBe('201');
  });

  it('takes a row without a version as made now', async () => {
    await store().write([{ entity: 'visit', value: visitOf('V', { endDate: 5 }) }]);
    await store().write([{ entity: 'visit', value: visitOf('V', { endDate: 6 }), version: 1_000 }]);
    expect((await store().readVisit('V'))?.endDate).toBe(5);
    const soon = (Date.now() + 60_000) * 1_000;
    await store().write([{ entity: 'visit', value: visitOf('V', { endDate: 7 }), version: soon }]);
    expect((await store().readVisit('V'))?.endDate).toBe(7);
  });

  it('tells the versions of the rows of a visit, and of all of a kind', async () => {
    await store().write(madeAt(300));
    const rows = await store().readRowsOfVisit('V');
    const byEntity = (a: Row, b: Row): number => (a.entity < b.entity ? -1 : 1);
    const expected = madeAt(300).filter(({ entity }) => entity !== 'identity');
    // Segments of events are written once: a store may leave out when.
    const told = rows.map((row) => (row.entity === 'events' ? { version: 300, ...row } : row));
    expect(told.toSorted(byEntity)).toEqual(expected.toSorted(byEntity));
    for (const { entity } of madeAt(300)) {
      for await (const page of store().readAll(entity)) {
        expect(page.rows.map(({ version }) => version)).toEqual([300]);
      }
    }
  });

  it('loses nothing newer to the spool of a node that comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'beckon-late-spool-'));
    const away: RowSink = {
      write: () => Promise.reject(new AppError('STORE_UNAVAILABLE', 'the store is away')),
      eraseVisit: () => Promise.resolve(),
      eraseIdentity: () => Promise.resolve(),
    };
    const onRefused = (): void => expect.unreachable('no row is refused');
    try {
      const dying = await createWriteBehind({ store: away, spool: { folder }, retryMaxMs: 50, onRefused });
      dying.enqueue(madeAt(100), 1);
      expect(await dying.close(100)).toBe(false);
      await store().write(madeAt(200));
      const newest = await asMade(store());
      const back = await createWriteBehind({ store: store(), spool: { folder }, onRefused });
      await back.drained();
      await back.close(10_000);
      expect(await asMade(store())).toEqual(newest);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
