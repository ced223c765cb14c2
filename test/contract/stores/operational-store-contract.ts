/** What every operational store must do. A new implementation is one call of this with a way to open it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { movedEntities, type OperationalStore, type Row, type RowPages } from '../../../src/stores/index.js';
import { eventSearchContract } from './event-search-contract.js';
import { indexRebuildContract } from './index-rebuild-contract.js';
import { rowVersionsContract, writingTwice } from './row-versions-contract.js';
import {
  awkwardText,
  cellOf,
  chatOf,
  documentRow,
  encodedOf,
  engagementOf,
  eventOf,
  identityRow,
  pageOf,
  segmentOf,
  tieRow,
  visitOf,
} from './sample-rows.js';

export interface StoreUnderTest {
  /** Opens the store, the first time empty, afterwards with what it had. */
  open(): Promise<OperationalStore & RowPages>;
  /** Removes everything. */
  destroy(): Promise<void>;
}

export function operationalStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let underTest: StoreUnderTest;
    let store: OperationalStore & RowPages;

    beforeEach(async () => {
      underTest = await make();
      store = await underTest.open();
    });
    afterEach(async () => {
      await store.close();
      await underTest.destroy();
    });

    async function reopen(): Promise<void> {
      await store.close();
      store = await underTest.open();
    }

    readsAndWrites(() => store);
    writingTwice(() => store);
    rowVersionsContract(() => store);
    documents(() => store);
    cells(() => store);
    writesAndReads(() => store);
    bounds(() => store);
    lookups(() => store);
    eventSearchContract(() => store);
    erasures(() => store);
    rowPagesContract(() => store);
    indexRebuildContract(() => store);

    it('keeps everything over a restart', async () => {
      await store.write([
        { entity: 'visit', value: visitOf('V') },
        { entity: 'events', value: segmentOf('V', 0, 3) },
        { entity: 'cell', value: cellOf('visit/V', 5, 99) },
        documentRow('rules', 'p', 1, 'text'),
      ]);
      await reopen();
      expect(await store.readVisit('V')).toEqual(visitOf('V'));
      expect(await store.readEvents('V')).toEqual([segmentOf('V', 0, 3)]);
      expect(await store.readCell('visit/V')).toEqual(cellOf('visit/V', 5, 99));
      expect((await store.readDocuments('rules')).length).toBe(1);
    });

    it('refuses after it was closed, and closes twice', async () => {
      await store.close();
      await store.close();
      await expect(store.readVisit('V')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(store.write([{ entity: 'visit', value: visitOf('V') }])).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
    });
  });
}

type Store = () => OperationalStore;

function lookups(store: Store): void {
  it('gives the visits of one browser, newest first', async () => {
    const visits = [10, 30, 20].map((startDate, index) =>
      visitOf(`V${index}`, { startDate, globalVisitID: 'browser' }),
    );
    await store().write([...visits, visitOf('other')].map((value) => ({ entity: 'visit', value })));
    expect(await store().readVisitsOfGlobalVisit('browser', 10)).toEqual([visits[1], visits[2], visits[0]]);
    expect(await store().readVisitsOfGlobalVisit('browser', 1)).toEqual([visits[1]]);
    expect(await store().readVisitsOfGlobalVisit('nobody', 10)).toEqual([]);
  });
}

function everythingOf(visitId: string): Row[] {
  return [
    { entity: 'visit', value: visitOf(visitId, { globalVisitID: 'browser' }) },
    { entity: 'page', value: pageOf(visitId, `P-${visitId}`) },
    { entity: 'events', value: encodedOf(visitId, 0, [eventOf(visitId, `E-${visitId}`)]) },
    { entity: 'events', value: segmentOf(visitId, 1, 2) },
    tieRow(visitId, 'ann', 1),
    tieRow(visitId, 'bob', 2),
    { entity: 'engagement', value: engagementOf(`${visitId}.1`, visitId) },
    { entity: 'chat', value: chatOf(`${visitId}.1`, visitId) },
    { entity: 'cell', value: cellOf(`visit/${visitId}`, 1, 99) },
  ];
}

async function keptOf(store: OperationalStore, visitId: string): Promise<unknown[]> {
  const deadlines: string[] = [];
  for await (const { key } of store.readDeadlines()) if (key === `visit/${visitId}`) deadlines.push(key);
  const reads = await Promise.all([
    store.readVisit(visitId),
    store.readPages(visitId),
    store.readPage(`P-${visitId}`),
    store.readEvents(visitId),
    store.readIdentitiesOfVisit(visitId),
    store.readEngagements(visitId),
    store.readEngagement(`${visitId}.1`),
    store.readChat(`${visitId}.1`),
    store.readChatsOfVisit(visitId),
    store.readCell(`visit/${visitId}`),
    store.readVisitIdOfEvent(`E-${visitId}`),
  ]);
  return [...reads, deadlines].flat().filter((value) => value !== undefined);
}

function erasures(store: Store): void {
  it('erases all of a visit and nothing else, however often', async () => {
    await store().write([...everythingOf('V'), ...everythingOf('W'), identityRow('ann'), identityRow('bob')]);
    const other = await keptOf(store(), 'W');
    await store().eraseVisit('V');
    await store().eraseVisit('V');
    await store().eraseVisit('never-seen');
    expect(await keptOf(store(), 'V')).toEqual([]);
    expect((await store().readVisitsOfIdentity('ann', 10)).map(({ visitId }) => visitId)).toEqual(['W']);
    expect((await store().readVisitsOfGlobalVisit('browser', 9)).map(({ visitId }) => visitId)).toEqual([
      'W',
    ]);
    expect((await store().readVisitsStarted(0, 9_999, 9)).map(({ visitId }) => visitId)).toEqual(['W']);
    expect(await keptOf(store(), 'W')).toEqual(other);
    expect((await store().readIdentities(10)).length).toBe(2);
    // The visitor may come again.
    await store().write([{ entity: 'visit', value: visitOf('V') }]);
    expect(await store().readVisit('V')).toEqual(visitOf('V'));
  });

  it('erases an identity and its ties, and leaves the visits', async () => {
    await store().write([...everythingOf('V'), identityRow('ann', 'Ann'), identityRow('bob', 'Bob')]);
    await store().eraseIdentity('ann');
    await store().eraseIdentity('ann');
    expect(await store().readIdentity('ann')).toBeUndefined();
    expect(await store().readVisitsOfIdentity('ann', 10)).toEqual([]);
    expect((await store().readIdentitiesOfVisit('V')).map(({ identityId }) => identityId)).toEqual(['bob']);
    expect((await store().readIdentities(10)).map(({ identityId }) => identityId)).toEqual(['bob']);
    expect(await store().readVisit('V')).toBeDefined();
  });
}

function readsAndWrites(store: Store): void {
  it('knows nothing at first', async () => {
    expect(await store().readVisit('V')).toBeUndefined();
    expect(await store().readPage('P')).toBeUndefined();
    expect(await store().readIdentity('I')).toBeUndefined();
    expect(await store().readEngagement('V.1')).toBeUndefined();
    expect(await store().readChat('V.1')).toBeUndefined();
    expect(await store().readCell('visit/V')).toBeUndefined();
    expect(await store().readDocumentVersion('rules', 'p', 1)).toBeUndefined();
    expect(await store().readPages('V')).toEqual([]);
    expect(await store().readEvents('V')).toEqual([]);
    expect(await store().readIdentities(10)).toEqual([]);
    expect(await store().readDocuments('rules')).toEqual([]);
    await store().write([]);
  });

  it('gives back visits and pages, pages by start date', async () => {
    const visit = visitOf('V', {
      startDate: 1_790_000_000_000,
      endDate: 1_790_000_000_001,
      userAgentId: 'UA',
    });
    const pages = [pageOf('V', 'P2', { startDate: 5 }), pageOf('V', 'P1', { startDate: 7, endDate: 9 })];
    await store().write([
      { entity: 'visit', value: visit },
      { entity: 'page', value: pages[1]! },
      { entity: 'page', value: pages[0]! },
      { entity: 'page', value: pageOf('W', 'P3') },
    ]);
    expect(await store().readVisit('V')).toEqual(visit);
    expect(await store().readPages('V')).toEqual(pages);
    expect(await store().readPage('P1')).toEqual(pages[1]);
  });

  it('gives the visits of a span by start, page by page', async () => {
    const starts = [30, 10, 20, 20, 20, 40];
    await store().write(
      starts.map((startDate, index): Row => {
        return { entity: 'visit', value: visitOf(`V${index}`, { startDate }) };
      }),
    );
    const ids = (visits: { visitId: string }[]): string[] => visits.map(({ visitId }) => visitId);
    expect(ids(await store().readVisitsStarted(10, 40, 100))).toEqual(['V1', 'V2', 'V3', 'V4', 'V0']);
    expect(ids(await store().readVisitsStarted(11, 41, 100))).toEqual(['V2', 'V3', 'V4', 'V0', 'V5']);
    expect(await store().readVisitsStarted(20, 20, 100)).toEqual([]);
    // Ten visits of as many hours, page by page.
    const hourMs = 3_600_000;
    await store().write(
      Array.from({ length: 10 }, (_, index): Row => {
        return { entity: 'visit', value: visitOf(`H${index}`, { startDate: (index + 5) * hourMs }) };
      }),
    );
    expect(ids(await store().readVisitsStarted(hourMs, 100 * hourMs, 4))).toEqual(['H0', 'H1', 'H2', 'H3']);
    const last = { startDate: 8 * hourMs, visitId: 'H3' };
    expect(ids(await store().readVisitsStarted(hourMs, 14 * hourMs, 99, last))).toEqual([
      'H4',
      'H5',
      'H6',
      'H7',
      'H8',
    ]);
    const first = await store().readVisitsStarted(10, 40, 3);
    expect(ids(first)).toEqual(['V1', 'V2', 'V3']);
    expect(first[0]).toEqual(visitOf('V1', { startDate: 10 }));
    expect(ids(await store().readVisitsStarted(10, 40, 3, first.at(-1)))).toEqual(['V4', 'V0']);
  });

  it('lets no visit overwrite the page of another', async () => {
    const first = pageOf('V', 'P', { startDate: 5 });
    await store().write([{ entity: 'page', value: first }]);
    await store().write([{ entity: 'page', value: pageOf('W', 'P', { startDate: 6, title: 'stolen' }) }]);
    expect(await store().readPage('P')).toEqual(first);
    expect(await store().readPages('V')).toEqual([first]);
    expect((await store().readPages('W')).map(({ title }) => title)).toEqual(['stolen']);
  });

  it('gives events in order, from the segment that holds an ordinal', async () => {
    const segments = [segmentOf('V', 0, 10, 1), segmentOf('V', 10, 1, 2), segmentOf('V', 11, 5, 3)];
    for (const value of segments.toReversed()) await store().write([{ entity: 'events', value }]);
    await store().write([{ entity: 'events', value: segmentOf('W', 0, 2) }]);
    expect(await store().readEvents('V')).toEqual(segments);
    expect(await store().readEvents('V', 9)).toEqual(segments);
    expect(await store().readEvents('V', 10)).toEqual(segments.slice(1));
    expect(await store().readEvents('V', 13)).toEqual(segments.slice(2));
    expect(await store().readEvents('V', 16)).toEqual([]);
  });

  it('gives identities page by page, and ties both ways', async () => {
    await store().write([identityRow('b'), identityRow('a', 'Ann'), identityRow('c'), identityRow('d')]);
    await store().write([
      tieRow('V1', 'a', 10),
      tieRow('V2', 'a', 30),
      tieRow('V3', 'a', 20),
      tieRow('V1', 'b', 5),
    ]);
    expect(await store().readIdentity('a')).toEqual({
      identityId: 'a',
      name: 'Ann',
      location: null,
      entityInCS: null,
    });
    // The order is the store's own, and always the same.
    const first = await store().readIdentities(3);
    const second = await store().readIdentities(3, first.at(-1)?.identityId);
    const ids = [...first, ...second].map(({ identityId }) => identityId);
    expect([first.length, second.length]).toEqual([3, 1]);
    expect(ids.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect((await store().readIdentities(10)).map(({ identityId }) => identityId)).toEqual(ids);
    expect(await store().readIdentities(3, ids.at(-1))).toEqual([]);
    expect((await store().readIdentitiesOfVisit('V1')).map((tie) => tie.identityId)).toEqual(['b', 'a']);
    expect((await store().readVisitsOfIdentity('a', 10)).map((tie) => tie.visitId)).toEqual([
      'V2',
      'V3',
      'V1',
    ]);
    expect((await store().readVisitsOfIdentity('a', 1)).map((tie) => tie.visitId)).toEqual(['V2']);
  });

  it('goes on after any tie of an identity, over all its days, whatever changes meanwhile', async () => {
    const dayMs = 86_400_000;
    // Two of each time, some days apart.
    const ties = Array.from({ length: 24 }, (_, n) => ({ visitId: `V${n + 10}`, at: dayMs * (n >> 1) + 5 }));
    await store().write(ties.map(({ visitId, at }) => tieRow(visitId, 'ann', at)));
    // That of V10 changed, and stands first.
    await store().write([tieRow('V10', 'ann', 99 * dayMs)]);
    const inOrder = [
      ...ties
        .filter(({ visitId }) => visitId !== 'V10')
        .sort((a, b) => b.at - a.at || (a.visitId < b.visitId ? -1 : 1)),
    ].map(({ visitId }) => visitId);
    for (const limit of [1, 5, 24]) {
      const found: string[] = [];
      let after: { at: number; visitId: string } | undefined;
      for (;;) {
        const page = await store().readVisitsOfIdentity('ann', limit, after);
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page.map(({ visitId }) => visitId));
        after = page.at(-1);
        if (after === undefined) break;
      }
      expect(found).toEqual(['V10', ...inOrder]);
    }
    await store().eraseVisit('V20');
    const rest = await store().readVisitsOfIdentity('ann', 2, { at: 5 * dayMs + 5, visitId: 'V20' });
    expect(rest.map(({ visitId }) => visitId)).toEqual(['V21', 'V18']);
  });

  it('gives engagements and chats, by id and by visit', async () => {
    const engagement = engagementOf('V.1', 'V', {
      state: 'FAILED',
      reason: 'noAgents',
      endDate: 5,
      queues: [
        { queue: 'queueQualified', at: 1 },
        { queue: 'queueFailed', at: 5 },
      ],
      userData: JSON.parse('{"__proto__":"p","k":"v"}') as Record<string, string>,
    });
    const chat = chatOf('V.1', 'V', {
      state: 'ended',
      agent: 'ann',
      agentName: 'Ann',
      entries: [{ offset: 0, at: 1, kind: 'message', by: 'visitor', messageId: 'm', text: awkwardText }],
    });
    await store().write([
      { entity: 'engagement', value: engagementOf('V.2', 'V', { startDate: 2_000 }) },
      { entity: 'engagement', value: engagement },
      { entity: 'chat', value: chatOf('V.2', 'V', { startDate: 2_000 }) },
      { entity: 'chat', value: chat },
    ]);
    expect(await store().readEngagement('V.1')).toEqual(engagement);
    expect((await store().readEngagements('V')).map(({ interactionId }) => interactionId)).toEqual([
      'V.1',
      'V.2',
    ]);
    expect(await store().readChat('V.1')).toEqual(chat);
    expect((await store().readChatsOfVisit('V')).map(({ chatId }) => chatId)).toEqual(['V.1', 'V.2']);
  });

  it('keeps awkward text as it is', async () => {
    const text = awkwardText;
    await store().write([
      { entity: 'page', value: pageOf('V', 'P', { url: text, title: text, category: text }) },
      identityRow(text, text),
      documentRow(text, text, 1, text),
    ]);
    expect(await store().readPage('P')).toMatchObject({ url: text, title: text, category: text });
    expect((await store().readIdentity(text))?.name).toBe(text);
    expect((await store().readDocuments(text))[0]?.value).toBe(text);
  });

  it('never cuts text at what is no character', async () => {
    const text = 'a\u0000b\ud800c';
    await store().write([{ entity: 'page', value: pageOf('V', 'P', { title: text }) }, identityRow(text)]);
    expect((await store().readPage('P'))?.title).toMatch(/^a.b.c$/s);
    expect((await store().readIdentity(text))?.identityId).toMatch(/^a.b.c$/s);
    expect(await store().readIdentity('a')).toBeUndefined();
  });

  it('keeps the largest numbers and values', async () => {
    const endDate = Number.MAX_SAFE_INTEGER;
    const bytes = new Uint8Array(3_000_000).map((_, index) => (index * 31) & 255);
    const value = 'x'.repeat(2_000_000);
    await store().write([
      { entity: 'visit', value: visitOf('V', { endDate }) },
      { entity: 'events', value: { visitId: 'V', firstOrdinal: endDate - 1, count: 1, bytes } },
      { entity: 'cell', value: { key: 'k', seq: endDate, deadlineMs: endDate, bytes } },
      { entity: 'cell', value: { key: 'empty', seq: 1, deadlineMs: null, bytes: new Uint8Array(0) } },
      documentRow('rules', 'big', 1, value),
    ]);
    expect((await store().readVisit('V'))?.endDate).toBe(endDate);
    const [segment] = await store().readEvents('V');
    expect(Buffer.compare(segment!.bytes, bytes)).toBe(0);
    const cell = await store().readCell('k');
    expect([cell?.seq, cell?.deadlineMs]).toEqual([endDate, endDate]);
    expect(Buffer.compare(cell!.bytes, bytes)).toBe(0);
    expect((await store().readCell('empty'))?.bytes.length).toBe(0);
    expect((await store().readDocumentVersion('rules', 'big', 1))?.value).toBe(value);
  });
}

function documents(store: Store): void {
  it('keeps the versions of documents', async () => {
    await store().write([
      documentRow('rules', 'a', 1, 'a1'),
      documentRow('rules', 'a', 2, 'a2'),
      documentRow('rules', 'a', 10, null),
      documentRow('rules', 'b', 1, 'b1'),
      documentRow('categories', 'a', 1, 'other'),
    ]);
    const newest = await store().readDocuments('rules');
    expect(newest.map(({ name, version, value }) => [name, version, value])).toEqual([
      ['a', 10, null],
      ['b', 1, 'b1'],
    ]);
    expect((await store().readDocumentVersion('rules', 'a', 2))?.value).toBe('a2');
    const history = await store().readDocumentHistory('rules', 'a', 2);
    expect(history.map(({ version }) => version)).toEqual([10, 2]);
    expect(history[1]).toEqual({ kind: 'rules', name: 'a', version: 2, at: 20, value: 'a2' });
  });
}

function cells(store: Store): void {
  it('lets no cell go back', async () => {
    await store().write([{ entity: 'cell', value: cellOf('visit/V', 10, 5) }]);
    await store().write([{ entity: 'cell', value: cellOf('visit/V', 9, 6) }]);
    expect(await store().readCell('visit/V')).toEqual(cellOf('visit/V', 10, 5));
    await store().write([
      { entity: 'cell', value: cellOf('visit/V', 12, null) },
      { entity: 'cell', value: cellOf('visit/V', 11, 7) },
    ]);
    expect(await store().readCell('visit/V')).toEqual(cellOf('visit/V', 12, null));
  });

  it('streams every deadline, those of an earlier hour first', async () => {
    const hourMs = 3_600_000;
    const rows = Array.from({ length: 1_700 }, (_, index): Row => {
      const deadlineMs = index % 10 === 0 ? null : ((index * 7) % 5) * hourMs + index;
      return { entity: 'cell', value: cellOf(`visit/${index}`, 1, deadlineMs) };
    });
    await store().write(rows);
    const found: { key: string; deadlineMs: number }[] = [];
    for await (const deadline of store().readDeadlines()) found.push(deadline);
    expect(found.length).toBe(1_530);
    expect(new Set(found.map(({ key }) => key)).size).toBe(1_530);
    const hours = found.map(({ deadlineMs }) => Math.floor(deadlineMs / hourMs));
    expect(hours).toEqual(hours.toSorted((a, b) => a - b));
  });

  it('gives the deadline of a cell’s newest snapshot alone', async () => {
    const hourMs = 3_600_000;
    await store().write([
      { entity: 'cell', value: cellOf('visit/later', 1, 5) },
      { entity: 'cell', value: cellOf('visit/sooner', 1, 3 * hourMs) },
      { entity: 'cell', value: cellOf('visit/never', 1, 5) },
      { entity: 'cell', value: cellOf('visit/stale', 9, 7) },
    ]);
    await store().write([
      { entity: 'cell', value: cellOf('visit/later', 2, 2 * hourMs) },
      { entity: 'cell', value: cellOf('visit/sooner', 2, 6) },
      { entity: 'cell', value: cellOf('visit/never', 2, null) },
      { entity: 'cell', value: cellOf('visit/stale', 8, 4 * hourMs) },
    ]);
    const found = new Map<string, number>();
    for await (const { key, deadlineMs } of store().readDeadlines()) found.set(key, deadlineMs);
    expect([...found].toSorted()).toEqual([
      ['visit/later', 2 * hourMs],
      ['visit/sooner', 6],
      ['visit/stale', 7],
    ]);
  });
}

function writesAndReads(store: Store): void {
  it('writes nothing of rows among which one can never be kept', async () => {
    const broken = visitOf('W', { startDate: undefined as unknown as number });
    await expect(
      store().write([
        { entity: 'page', value: pageOf('V', 'P') },
        { entity: 'visit', value: visitOf('V') },
        { entity: 'visit', value: broken },
      ]),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await store().readVisit('V')).toBeUndefined();
    expect(await store().readPages('V')).toEqual([]);
    await store().write([{ entity: 'visit', value: visitOf('V') }]);
    expect(await store().readVisit('V')).toEqual(visitOf('V'));
  });

  it('shows a reader everything written before', async () => {
    for (let round = 1; round <= 50; round++) {
      await store().write([{ entity: 'visit', value: visitOf('V', { endDate: round }) }]);
      expect((await store().readVisit('V'))?.endDate).toBe(round);
    }
  });

  it('keeps the newest of writes that were begun one after the other', async () => {
    const writes = Array.from({ length: 50 }, (_, round) =>
      store().write([{ entity: 'visit', value: visitOf('V', { endDate: round }) }]),
    );
    await Promise.all(writes);
    expect((await store().readVisit('V'))?.endDate).toBe(49);
  });

  it('reads events across the parts that a store may keep them in', async () => {
    const firsts = [0, 9_990, 10_000, 10_010, 25_000, 1_000_000];
    const segments = firsts.map((first, index) => segmentOf('V', first, 10, index));
    await store().write(segments.map((value): Row => ({ entity: 'events', value })));
    expect(await store().readEvents('V')).toEqual(segments);
    expect(await store().readEvents('V', 9_995)).toEqual(segments.slice(1));
    expect(await store().readEvents('V', 10_000)).toEqual(segments.slice(2));
    expect(await store().readEvents('V', 10_015)).toEqual(segments.slice(3));
    expect(await store().readEvents('V', 20_000)).toEqual(segments.slice(4));
    expect(await store().readEvents('V', 1_000_009)).toEqual(segments.slice(5));
  });

  it('serves many callers at once', async () => {
    const work = Array.from({ length: 200 }, async (_, index) => {
      const visitId = `V${index}`;
      await store().write([
        { entity: 'visit', value: visitOf(visitId) },
        { entity: 'events', value: segmentOf(visitId, 0, 2, index) },
      ]);
      const [visit, events] = await Promise.all([store().readVisit(visitId), store().readEvents(visitId)]);
      expect(visit).toEqual(visitOf(visitId));
      expect(events).toEqual([segmentOf(visitId, 0, 2, index)]);
    });
    await Promise.all(work);
  });
}

function bounds(store: Store): void {
  it('reads a visit of very many segments', async () => {
    const rows = Array.from({ length: 1_234 }, (_, index): Row => {
      return { entity: 'events', value: segmentOf('V', index * 2, 2, index) };
    });
    await store().write(rows);
    const segments = await store().readEvents('V');
    expect(segments.map(({ firstOrdinal }) => firstOrdinal)).toEqual(rows.map((_, index) => index * 2));
    expect((await store().readEvents('V', 1_001)).length).toBe(734);
  });

  it('is not deceived by text that means something to a database', async () => {
    const hostile = "x'); DROP TABLE visits; --";
    await store().write([{ entity: 'visit', value: visitOf(hostile, { globalVisitID: hostile }) }]);
    expect((await store().readVisit(hostile))?.globalVisitID).toBe(hostile);
    expect(await store().readVisit("' OR '1'='1")).toBeUndefined();
    expect(await store().readIdentities(10, '%')).toEqual([]);
  });
}

function rowPagesContract(store: () => OperationalStore & RowPages): void {
  it('gives every row of each kind, page by page, and goes on from any page', async () => {
    const many = Array.from({ length: 1_100 }, (_, index): Row => {
      return { entity: 'events', value: segmentOf(`V${index % 7}`, index, 1, index & 255) };
    });
    await store().write([
      ...many,
      ...everythingOf('W'),
      identityRow('ann', 'Ann'),
      documentRow('rules', 'a', 1, 'text'),
      documentRow('rules', 'a', 2, null),
      { entity: 'cell', value: cellOf('agent/ann', 3) },
    ]);
    const counts: Partial<Record<string, number>> = {};
    for (const entity of movedEntities) {
      const rows: Row[] = [];
      const places: (string | undefined)[] = [];
      for await (const page of store().readAll(entity)) {
        rows.push(...page.rows);
        places.push(page.next);
      }
      counts[entity] = rows.length;
      expect(places.at(-1)).toBeUndefined();
      const [first] = places;
      if (first === undefined) continue;
      const rest: Row[] = [];
      for await (const page of store().readAll(entity, first)) rest.push(...page.rows);
      expect(rest).toEqual(rows.slice(-rest.length));
      expect(rest.length).toBeLessThan(rows.length);
      expect(rest.length).toBeGreaterThan(0);
    }
    expect(counts).toEqual({
      document: 2,
      visit: 1,
      page: 1,
      events: 1_102,
      identity: 1,
      visitIdentity: 2,
      engagement: 1,
      chat: 1,
      cell: 2,
    });
  });
}
