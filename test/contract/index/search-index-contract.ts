/** What every search index does, whatever it is made of. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import {
  type Condition,
  type IndexEntity,
  type IndexSearch,
  type Row,
  type SearchIndex,
  searchLimits,
} from '../../../src/stores/index.js';
import { chatOf, engagementOf, pageOf, visitOf } from '../stores/sample-rows.js';

export interface IndexUnderTest {
  open(): Promise<SearchIndex>;
  destroy(): Promise<void>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Noon of the day before yesterday: its day, and those around it, are well inside what is kept. */
export const noonMs = Math.floor(Date.now() / dayMs) * dayMs - 2 * dayMs + 12 * hourMs;

export function eventOf(ordinal: number, fields: Partial<VisitorEvent> = {}): VisitorEvent {
  return {
    eventType: 'BUSINESS',
    eventName: 'AddToCart',
    eventID: `E${ordinal}`,
    pageID: 'P1',
    visitID: 'V1',
    globalVisitID: 'G1',
    timestamp: noonMs + ordinal * 1_000,
    category: 'Coffee;Offers',
    url: 'https://shop.example/coffee/dripper.html',
    languageCode: 'en-US',
    data: {},
    ...fields,
  };
}

/** Events of one visit as the row that keeps them; the first gets `firstOrdinal`. */
export function eventRow(visitId: string, firstOrdinal: number, events: readonly VisitorEvent[]): Row {
  const own = events.map((event) => ({ ...event, visitID: visitId }));
  return {
    entity: 'events',
    value: {
      visitId,
      firstOrdinal,
      count: own.length,
      bytes: encodeEvents(visitId, own[0]?.globalVisitID ?? 'G1', own).slice(),
    },
  };
}

const visitRow = (visitId: string, fields: Parameters<typeof visitOf>[1] = {}): Row => ({
  entity: 'visit',
  value: visitOf(visitId, { startDate: noonMs, ...fields }),
});
const pageRow = (visitId: string, pageId: string, fields: Parameters<typeof pageOf>[2] = {}): Row => ({
  entity: 'page',
  value: pageOf(visitId, pageId, { startDate: noonMs, ...fields }),
});
const equals = (field: string, ...values: (string | number)[]): Condition => ({
  kind: 'equals',
  field,
  values,
});

export function searchIndexContract(what: string, start: () => Promise<IndexUnderTest>): void {
  describe(what, () => {
    let under: IndexUnderTest;
    let index: SearchIndex;

    beforeAll(async () => {
      under = await start();
      index = await under.open();
    }, 300_000);
    afterAll(async () => {
      await index.close();
      await under.destroy();
    }, 60_000);
    beforeEach(() => index.clear());

    async function put(...rows: Row[]): Promise<void> {
      expect(await index.write(rows)).toEqual([]);
      await index.refresh();
    }

    async function idsOf(entity: IndexEntity, where?: Condition, more: Partial<IndexSearch> = {}) {
      const { documents } = await index.find({ entity, limit: 100, ...(where && { where }), ...more });
      return documents.map(({ id }) => id);
    }

    it('finds nothing where nothing is', async () => {
      expect(await index.find({ entity: 'event', limit: 10 })).toEqual({ total: 0, documents: [] });
      expect(await index.count('event', { kind: 'all' }, { kind: 'time', interval: 'day' })).toEqual([]);
    });

    it('gives each kind of row as the document that it becomes', async () => {
      const event = eventOf(7, { data: { price: 9.5, tags: ['a', 'b'], deep: { er: null, yes: true } } });
      const queues = [{ queue: 'queueQualified' as const, at: noonMs }];
      await put(
        visitRow('V1', { userAgentId: 'UA' }),
        visitRow('V2', { endDate: noonMs + 5 }),
        pageRow('V1', 'P1', { category: 'Coffee;Offers', url: 'https://shop.example/', title: 'Shop' }),
        eventRow('V1', 7, [event]),
        { entity: 'identity', value: { identityId: 'I1', name: 'Zoë', location: null, entityInCS: null } },
        {
          entity: 'visitIdentity',
          value: { visitId: 'V1', identityId: 'I1', visitScope: 'Recognized', at: noonMs },
        },
        {
          entity: 'engagement',
          value: engagementOf('V1.1', 'V1', { startDate: noonMs, queues, userData: { a: 'b' } }),
        },
        {
          entity: 'chat',
          value: chatOf('V1.1', 'V1', {
            startDate: noonMs,
            entries: [
              { offset: 0, at: noonMs, kind: 'joined', by: 'agent', name: 'Anna' },
              { offset: 1, at: noonMs, kind: 'message', by: 'visitor', text: 'Hello' },
            ],
          }),
        },
        { entity: 'document', value: { kind: 'rules', name: 'r', version: 1, at: 1, value: '' } },
        { entity: 'cell', value: { key: 'visit/V1', seq: 1, deadlineMs: null, bytes: new Uint8Array(3) } },
      );
      const one = async (entity: IndexEntity, id: string) =>
        (await index.find({ entity, where: equals('id', id), limit: 2 })).documents;
      const at = { '@timestamp': noonMs };
      expect(await one('visit', 'V1')).toEqual([
        {
          entity: 'visit',
          id: 'V1',
          ...at,
          visitId: 'V1',
          startDate: noonMs,
          globalVisitID: 'V1.G',
          userAgentId: 'UA',
        },
      ]);
      expect(await one('visit', 'V2')).toMatchObject([{ endDate: noonMs + 5 }]);
      expect(await one('page', 'V1 P1')).toEqual([
        {
          ...{ entity: 'page', id: 'V1 P1', ...at, pageId: 'P1', visitId: 'V1', startDate: noonMs },
          ...{ url: 'https://shop.example/', title: 'Shop', category: ['Coffee', 'Offers'] },
        },
      ]);
      expect(await one('event', 'V1 7')).toEqual([
        {
          ...{ entity: 'event', id: 'V1 7', '@timestamp': event.timestamp, timestamp: event.timestamp },
          ...{ eventId: 'E7', eventName: 'AddToCart', eventType: 'BUSINESS', visitId: 'V1', pageId: 'P1' },
          ...{ globalVisitID: 'G1', category: ['Coffee', 'Offers'], url: event.url, languageCode: 'en-US' },
          ...{ data: event.data, ordinal: 7 },
        },
      ]);
      expect(await one('identity', 'I1')).toEqual([
        { entity: 'identity', id: 'I1', identityId: 'I1', name: 'Zoë' },
      ]);
      expect(await one('association', 'V1 I1')).toMatchObject([{ visitScope: 'Recognized', at: noonMs }]);
      expect(await one('engagement', 'V1.1')).toMatchObject([
        { state: 'QUALIFIED', queues, userData: { a: 'b' } },
      ]);
      const [chat] = await one('chat', 'V1.1');
      expect(chat).toMatchObject({ state: 'waiting', messageCount: 1, transcript: 'visitor: Hello' });
      expect(chat).not.toHaveProperty('entries');
    });

    it('writes again without a second copy, and the later row wins', async () => {
      const events = [eventOf(0), eventOf(1), eventOf(2)];
      await put(visitRow('V1'), eventRow('V1', 0, events), visitRow('V1', { endDate: noonMs + 1 }));
      await put(
        eventRow('V1', 0, events),
        eventRow('V1', 0, events.slice(0, 2)),
        eventRow('V1', 2, [events[2]!]),
      );
      expect(await idsOf('event')).toEqual(['V1 2', 'V1 1', 'V1 0']);
      expect((await index.find({ entity: 'visit', limit: 5 })).documents).toMatchObject([
        { endDate: noonMs + 1 },
      ]);
    });

    it('fills in what is missing and leaves what is there', async () => {
      await put(visitRow('V1', { endDate: noonMs + 9 }));
      expect(await index.write([visitRow('V1'), visitRow('V2')], 'fill')).toEqual([]);
      await index.refresh();
      expect((await index.find({ entity: 'visit', limit: 5, order: 'oldest' })).documents).toMatchObject([
        { id: 'V1', endDate: noonMs + 9 },
        { id: 'V2' },
      ]);
    });

    it('keeps what was made later, whichever is written later, filled in or not', async () => {
      const made = (version: number): Row => ({ ...visitRow('V1', { endDate: noonMs + version }), version });
      const endDate = async (): Promise<unknown> => {
        await index.refresh();
        const { documents } = await index.find({ entity: 'visit', limit: 5 });
        expect(documents.length).toBe(1);
        return documents[0]?.endDate;
      };
      await index.write([made(200)]);
      expect(await index.write([made(100)])).toEqual([]);
      expect(await index.write([made(150)], 'fill')).toEqual([]);
      expect(await endDate()).toBe(noonMs + 200);
      await index.write([made(300)], 'fill');
      expect(await index.write([made(250)])).toEqual([]);
      expect(await endDate()).toBe(noonMs + 300);
      await index.write([made(301), made(299)]);
      expect(await endDate()).toBe(noonMs + 301);
      // What is filled in without a version is older than anything.
      await index.clear();
      await index.write([visitRow('V1')], 'fill');
      await index.write([made(1)]);
      expect(await endDate()).toBe(noonMs + 1);
      // What was erased may come again.
      await index.eraseVisit('V1');
      await index.write([made(2_000_000)]);
      expect(await endDate()).toBe(noonMs + 2_000_000);
    });

    it('finds by values, ranges, presence and what joins them', async () => {
      await put(
        visitRow('V1', { startDate: noonMs - 5, globalVisitID: 'G' }),
        visitRow('V2', { startDate: noonMs, globalVisitID: 'G', endDate: noonMs + 60 }),
        visitRow('V3', { startDate: noonMs + 5, globalVisitID: 'other' }),
      );
      const oldest = { order: 'oldest' } as const;
      const find = (where: Condition) => idsOf('visit', where, oldest);
      const from = (field: string, start?: number, before?: number): Condition => ({
        kind: 'range',
        field,
        ...(start !== undefined && { from: start }),
        ...(before !== undefined && { before }),
      });
      const open: Condition = { kind: 'not', of: { kind: 'exists', field: 'endDate' } };
      expect(await find(equals('globalVisitID', 'G'))).toEqual(['V1', 'V2']);
      expect(await find(equals('globalVisitID', 'G', 'other'))).toEqual(['V1', 'V2', 'V3']);
      expect(await find(equals('globalVisitID', 'g'))).toEqual([]);
      expect(await find(equals('startDate', noonMs))).toEqual(['V2']);
      expect(await find(equals('@timestamp', noonMs, noonMs + 5))).toEqual(['V2', 'V3']);
      expect(await find(equals('globalVisitID'))).toEqual([]);
      expect(await find(from('startDate', noonMs))).toEqual(['V2', 'V3']);
      expect(await find(from('@timestamp', noonMs - 5, noonMs + 5))).toEqual(['V1', 'V2']);
      expect(await find(from('endDate', undefined, noonMs + 61))).toEqual(['V2']);
      expect(await find({ kind: 'exists', field: 'endDate' })).toEqual(['V2']);
      expect(await find(open)).toEqual(['V1', 'V3']);
      expect(await find({ kind: 'and', of: [open, equals('globalVisitID', 'G')] })).toEqual(['V1']);
      expect(await find({ kind: 'or', of: [equals('visitId', 'V3'), equals('visitId', 'V1')] })).toEqual([
        'V1',
        'V3',
      ]);
      expect(await find({ kind: 'and', of: [] })).toEqual(['V1', 'V2', 'V3']);
      expect(await find({ kind: 'or', of: [] })).toEqual([]);
      expect(await find({ kind: 'not', of: { kind: 'all' } })).toEqual([]);
      expect(await find({ kind: 'not', of: from('endDate', 0) })).toEqual(['V1', 'V3']);
    });

    it('finds by free data, by category and by the queues of an engagement', async () => {
      await put(
        eventRow('V1', 0, [
          eventOf(0, { data: { item: { sku: 'A-1', 'a.b': 7 }, tags: ['x', 'y'] }, category: 'Tea' }),
          eventOf(1, { data: { 'item.sku': 'A-1', gift: true }, category: '' }),
          eventOf(2, { data: { '': 'none', item: 'sku' } }),
        ]),
        {
          entity: 'engagement',
          value: engagementOf('V1.1', 'V1', {
            startDate: noonMs,
            queues: [
              { queue: 'queueQualified', at: noonMs },
              { queue: 'queueEngaged', at: noonMs + 10 },
            ],
          }),
        },
        { entity: 'engagement', value: engagementOf('V1.2', 'V1', { startDate: noonMs }) },
      );
      const find = (where: Condition) => idsOf('event', where, { order: 'oldest' });
      expect(await find(equals('data.item.sku', 'A-1'))).toEqual(['V1 0', 'V1 1']);
      expect(await find(equals('data.item.a.b', 7))).toEqual(['V1 0']);
      expect(await find(equals('data.tags', 'y', 'z'))).toEqual(['V1 0']);
      expect(await find(equals('data.gift', 'true'))).toEqual(['V1 1']);
      expect(await find({ kind: 'exists', field: 'data.item' })).toEqual(['V1 2']);
      expect(await find({ kind: 'exists', field: 'data.tags' })).toEqual(['V1 0']);
      expect(await find(equals('category', 'Offers'))).toEqual(['V1 2']);
      expect(await find({ kind: 'exists', field: 'category' })).toEqual(['V1 0', 'V1 2']);
      expect(await idsOf('engagement', equals('queues.queue', 'queueEngaged'))).toEqual(['V1.1']);
      expect(await idsOf('engagement', { kind: 'range', field: 'queues.at', from: noonMs + 10 })).toEqual([
        'V1.1',
      ]);
    });

    it('finds by words, whatever their case and script', async () => {
      const said = (text: string) => ({
        offset: 0,
        at: noonMs,
        kind: 'message' as const,
        by: 'visitor' as const,
        text,
      });
      await put(
        pageRow('V1', 'P1', {
          title: 'The Gooseneck Kettle — Größe 2',
          url: 'https://shop.example/kettle.html',
        }),
        pageRow('V1', 'P2', { title: '日本語のページ', url: 'https://shop.example/ja' }),
        eventRow('V1', 0, [eventOf(0, { eventName: 'Search', data: { searchString: "o'Neill's STRASSE" } })]),
        {
          entity: 'chat',
          value: chatOf('V1.1', 'V1', { startDate: noonMs, entries: [said('Where is my parcel?')] }),
        },
      );
      const words = (text: string): Condition => ({ kind: 'words', words: text });
      expect(await idsOf('page', words('kettle GOOSENECK'))).toEqual(['V1 P1']);
      expect(await idsOf('page', words('grösse'))).toEqual([]);
      expect(await idsOf('page', words('größe 2'))).toEqual(['V1 P1']);
      expect(await idsOf('page', words('example shop'))).toEqual(['V1 P2', 'V1 P1']);
      expect(await idsOf('page', words('日本'))).toEqual(['V1 P2']);
      expect(await idsOf('page', words('— ? "'))).toEqual([]);
      expect(await idsOf('page', words('kettle AND nothing'))).toEqual([]);
      expect(await idsOf('event', words('search strasse neill'))).toEqual(['V1 0']);
      expect(await idsOf('chat', words('parcel'))).toEqual(['V1.1']);
    });

    it('goes through all documents in order, page by page, also where dates are the same', async () => {
      const visits = Array.from({ length: 25 }, (_, n) =>
        visitRow(`V${n}`, { startDate: noonMs + Math.floor(n / 4) }),
      );
      const identities = Array.from({ length: 7 }, (_, n): Row => {
        return {
          entity: 'identity',
          value: { identityId: `I${n}`, name: null, location: null, entityInCS: null },
        };
      });
      await put(...visits, ...identities);
      for (const entity of ['visit', 'identity'] as const) {
        for (const order of ['newest', 'oldest'] as const) {
          const all = await idsOf(entity, undefined, { order });
          const paged: string[] = [];
          let next: string | undefined;
          do {
            const found = await index.find({
              entity,
              order,
              limit: 4,
              ...(next !== undefined && { after: next }),
            });
            expect(found.total).toBe(entity === 'visit' ? 25 : 7);
            paged.push(...found.documents.map(({ id }) => id));
            next = found.next;
          } while (next !== undefined);
          expect(paged).toEqual(all);
          expect(new Set(paged).size).toBe(entity === 'visit' ? 25 : 7);
        }
      }
      expect((await idsOf('visit')).at(-1)).toBe('V0');
      expect(await idsOf('identity')).toEqual(['I0', 'I1', 'I2', 'I3', 'I4', 'I5', 'I6']);
    });

    it('counts by time and by value', async () => {
      const midnight = noonMs - 12 * hourMs;
      await put(
        eventRow('V1', 0, [
          eventOf(0, { timestamp: midnight - 1, eventName: 'A', category: 'x;y' }),
          eventOf(1, { timestamp: midnight, eventName: 'B', category: 'y' }),
          eventOf(2, { timestamp: noonMs + 1, eventName: 'B', category: '' }),
          eventOf(3, { timestamp: noonMs + hourMs - 1, eventName: 'C', category: 'z;z' }),
        ]),
        { entity: 'engagement', value: engagementOf('V1.1', 'V1', { startDate: noonMs }) },
      );
      const all: Condition = { kind: 'all' };
      expect(await index.count('event', all, { kind: 'time', interval: 'day' })).toEqual([
        { key: midnight - dayMs, count: 1 },
        { key: midnight, count: 3 },
      ]);
      expect(
        await index.count('event', equals('eventName', 'B', 'C'), { kind: 'time', interval: 'hour' }),
      ).toEqual([
        { key: midnight, count: 1 },
        { key: noonMs, count: 2 },
      ]);
      const by = (field: string, limit = 10) => index.count('event', all, { kind: 'values', field, limit });
      expect(await by('eventName')).toEqual([
        { key: 'B', count: 2 },
        { key: 'A', count: 1 },
        { key: 'C', count: 1 },
      ]);
      expect(await by('eventName', 1)).toEqual([{ key: 'B', count: 2 }]);
      expect(await by('category')).toEqual([
        { key: 'y', count: 2 },
        { key: 'x', count: 1 },
        { key: 'z', count: 1 },
      ]);
      expect(
        await index.count('engagement', all, { kind: 'values', field: 'queues.queue', limit: 5 }),
      ).toEqual([{ key: 'queueQualified', count: 1 }]);
    });

    it('is not broken by anything that a site or visitor sends', async () => {
      const wild = {
        __proto__x: 1,
        ['k'.repeat(300)]: 'long key',
        ['\u20ac'.repeat(11_000)]: 'longer than any index takes',
        'nul\0key': 'x',
        'a.b.c': { '': { '.': 'dots' } },
        nul: 'x\0y',
        lone: '\ud800 alone',
        long: '\u20ac'.repeat(5_000),
        mixed: [1, 'two', { three: [true, null] }, [[]]],
        ...Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`junk${n}`, n])),
      };
      const conflicting = [
        eventOf(1, { data: { v: 1 } }),
        eventOf(2, { data: { v: { w: 'x' } } }),
        eventOf(3, { data: { v: 'text' } }),
      ];
      await put(
        eventRow('V1', 0, [
          eventOf(0, { data: wild, url: '\u20ac'.repeat(4_096), eventName: 'Wild' }),
          ...conflicting,
        ]),
        eventRow('V9', 0, [
          eventOf(0, { timestamp: 0 }),
          eventOf(1, { timestamp: Number.MAX_SAFE_INTEGER }),
          eventOf(2, { timestamp: noonMs }),
        ]),
        pageRow('V1', 'P1', { title: '\u20ac'.repeat(16_000) }),
        {
          entity: 'identity',
          value: { identityId: '\u20ac'.repeat(256), name: '\udfff', location: null, entityInCS: null },
        },
      );
      expect((await index.find({ entity: 'event', limit: 10 })).total).toBe(7);
      expect(await idsOf('event', equals('eventName', 'Wild'))).toEqual(['V1 0']);
      expect(await idsOf('event', equals('data.junk7', 7))).toEqual(['V1 0']);
      expect(await idsOf('event', equals('data.v.w', 'x'))).toEqual(['V1 2']);
      expect(await idsOf('event', equals('data.a.b.c...', 'dots'))).toEqual(['V1 0']);
      const [found] = (await index.find({ entity: 'event', where: equals('eventName', 'Wild'), limit: 1 }))
        .documents;
      const data = found?.data as Record<string, unknown>;
      expect(data).toMatchObject({
        nul: 'x\0y',
        lone: '\ufffd alone',
        mixed: [1, 'two', { three: [true, null] }, [[]]],
      });
      expect(Object.keys(data).every((key) => key.length <= 256)).toBe(true);
      expect(await idsOf('event', equals('visitId', 'V9'), { order: 'oldest' })).toEqual([
        'V9 0',
        'V9 2',
        'V9 1',
      ]);
      expect(await idsOf('page', { kind: 'exists', field: 'title' })).toEqual([]);
      expect(await idsOf('identity')).toHaveLength(1);
    });

    it('leaves out a row that it can never read, names it, and takes the others', async () => {
      const damaged: Row = {
        entity: 'events',
        value: { visitId: 'V1', firstOrdinal: 0, count: 1, bytes: new Uint8Array([9, 9]) },
      };
      const refused = await index.write([visitRow('V1'), damaged, visitRow('V2')]);
      expect(refused.map(({ row }) => row)).toEqual([damaged]);
      expect(refused[0]?.error).toBeInstanceOf(Error);
      await index.refresh();
      expect(await idsOf('visit')).toEqual(['V2', 'V1']);
    });

    it('erases a visit with all that belongs to it, and an identity with its ties', async () => {
      const tie = (visitId: string): Row => {
        return {
          entity: 'visitIdentity',
          value: { visitId, identityId: 'I1', visitScope: 'Authenticated', at: noonMs },
        };
      };
      await put(
        ...['V1', 'V2'].flatMap((visitId) => [
          visitRow(visitId),
          pageRow(visitId, 'P1'),
          eventRow(visitId, 0, [eventOf(0), eventOf(1)]),
          {
            entity: 'engagement' as const,
            value: engagementOf(`${visitId}.1`, visitId, { startDate: noonMs }),
          },
          { entity: 'chat' as const, value: chatOf(`${visitId}.1`, visitId, { startDate: noonMs }) },
          tie(visitId),
        ]),
        { entity: 'identity', value: { identityId: 'I1', name: 'Zoë', location: null, entityInCS: null } },
      );
      await index.eraseVisit('V1');
      await index.refresh();
      for (const entity of ['visit', 'page', 'event', 'engagement', 'chat', 'association'] as const) {
        const ids = await idsOf(entity);
        expect(ids.length).toBeGreaterThan(0);
        expect(ids.every((id) => id.startsWith('V2'))).toBe(true);
      }
      await index.eraseIdentity('I1');
      await index.eraseIdentity('I1');
      await index.refresh();
      expect(await idsOf('identity')).toEqual([]);
      expect(await idsOf('association')).toEqual([]);
      expect(await idsOf('visit')).toEqual(['V2']);
    });

    it('refuses a search that it does not understand', async () => {
      const refused = (search: Partial<IndexSearch>) =>
        expect(index.find({ entity: 'event', limit: 1, ...search })).rejects.toMatchObject({
          code: 'BAD_REQUEST',
        });
      let deep: Condition = { kind: 'all' };
      for (let level = 0; level < 30; level++) deep = { kind: 'not', of: deep };
      const many = Array.from({ length: 300 }, () => equals('eventId', 'E'));
      await refused({ where: equals('nonsense', 'x') });
      await refused({ where: equals("x' OR 1=1", 'x') });
      await refused({ where: equals('constructor', 'x') });
      await refused({ where: { kind: 'range', field: 'data.price', from: 1 } });
      await refused({ where: deep });
      await refused({ where: { kind: 'or', of: many } });
      await refused({ where: { kind: 'words', words: 'x'.repeat(2_000) } });
      await refused({ limit: searchLimits.documentsMax + 1 });
      await refused({ after: 'nonsense' });
      await expect(
        index.count('event', { kind: 'all' }, { kind: 'values', field: 'data.x', limit: 1 }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });
  });
}
