import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ElasticIndexOptions, openElasticIndex, type Row } from '../../../src/stores/index.js';
import { type ElasticServer, startElasticsearch } from '../../support/elasticsearch.js';
import { clusterOnElasticsearch } from './cluster-on-elasticsearch.js';
import { searchGatewayContract } from './search-gateway-contract.js';
import { visitOf } from '../stores/sample-rows.js';
import { eventOf, eventRow, noonMs, searchIndexContract } from './search-index-contract.js';

let server: ElasticServer;

// One server for all: TLS, a user and a password, as in production.
beforeAll(async () => {
  server = await startElasticsearch({ secured: true });
}, 300_000);
afterAll(() => server.remove(), 60_000);

const daySeconds = 24 * 3_600;

function open(options: Partial<ElasticIndexOptions> = {}, connection: object = {}) {
  const { url, user, password, caFile } = server;
  return openElasticIndex({
    connection: { nodes: [url], user, password, caFile, requestTimeoutMs: 30_000, ...connection },
    name: 'gpe',
    shards: 1,
    retention: { all: 14 * daySeconds },
    ...options,
  });
}

/** Asks the server itself. */
async function ask(path: string): Promise<unknown> {
  const { Client } = await import('@elastic/elasticsearch');
  const { readFileSync } = await import('node:fs');
  const client = new Client({
    node: server.url,
    auth: { username: server.user, password: server.password },
    tls: { ca: readFileSync(server.caFile ?? '') },
  });
  try {
    return await client.transport.request({ method: 'GET', path });
  } finally {
    await client.close();
  }
}

searchIndexContract('Elasticsearch', () =>
  Promise.resolve({ open: () => open(), destroy: () => Promise.resolve() }),
);

searchGatewayContract(() => {
  const { url, user, password, caFile } = server;
  return { nodes: [url], user, password, caFile, requestTimeoutMs: 30_000 };
});

clusterOnElasticsearch(() => server);

describe('Elasticsearch alone', () => {
  const visit = (visitId: string, startDate: number): Row => {
    return { entity: 'visit', value: visitOf(visitId, { startDate }) };
  };
  const dayMs = daySeconds * 1_000;

  it('has an index a day and entity, with the shards asked for, under the aliases of reporting', async () => {
    const index = await open({ name: 'Shop_1', shards: 2 });
    await index.write([
      visit('V1', noonMs),
      visit('V2', noonMs - dayMs),
      visit('V3', 0),
      eventRow('V1', 0, [eventOf(0), eventOf(1, { timestamp: Number.MAX_SAFE_INTEGER })]),
    ]);
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '.');
    const indices = (await ask('/shop_1/_settings')) as Record<string, { settings: { index: object } }>;
    expect(Object.keys(indices).sort()).toEqual([
      `shop_1-event-${day(noonMs)}`,
      'shop_1-event-undated',
      `shop_1-visit-${day(noonMs - dayMs)}`,
      `shop_1-visit-${day(noonMs)}`,
      'shop_1-visit-undated',
    ]);
    expect(indices['shop_1-visit-undated']?.settings.index).toMatchObject({ number_of_shards: '2' });
    await index.refresh();
    expect(await ask('/shop_1-visit/_count')).toMatchObject({ count: 3 });
    await index.clear();
    await index.close();
  });

  it('has the same few fields whatever keys a site makes up', async () => {
    const index = await open({ name: 'junk' });
    const data = Object.fromEntries(
      Array.from({ length: 900 }, (_, n) => [`key ${n}`, { [`inner${n}`]: n }]),
    );
    expect(await index.write([eventRow('V1', 0, [eventOf(0, { data })])])).toEqual([]);
    const [mapping] = Object.values((await ask('/junk-event/_mapping')) as Record<string, object>);
    const { properties } = (mapping as { mappings: { properties: Record<string, object> } }).mappings;
    expect(Object.keys(properties)).toHaveLength(17);
    expect(properties.data).toMatchObject({ type: 'flattened' });
    await index.clear();
    await index.close();
  });

  it('drops the indices of days that were kept long enough, and nothing else', async () => {
    const index = await open({ name: 'old' });
    await index.write([visit('V1', noonMs), visit('V2', noonMs - 5 * dayMs), visit('V3', 0)]);
    await index.refresh();
    const shorter = await open({ name: 'old', retention: { all: 14 * daySeconds, visit: 3 * daySeconds } });
    await shorter.purge();
    expect((await index.find({ entity: 'visit', limit: 9 })).documents.map(({ id }) => id)).toEqual([
      'V1',
      'V3',
    ]);
    const brief = await open({ name: 'old', retention: { visit: 1 } });
    await brief.write([visit('V4', 0)]);
    await expect
      .poll(async () => {
        await brief.purge();
        return (await index.find({ entity: 'visit', limit: 9 })).documents.map(({ id }) => id);
      })
      .toEqual(['V3']);
    await index.clear();
    for (const each of [index, shorter, brief]) await each.close();
  });

  it('says so when the server is not there, does not know us, or is not the one that we trust', async () => {
    const nobody = await open({}, { nodes: ['https://127.0.0.1:9'] });
    await expect(nobody.write([visit('V1', noonMs)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const stranger = await open({}, { password: 'wrong' });
    const refusal = await stranger.write([visit('V1', noonMs)]).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refusal).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('401') as string,
    });
    expect(refusal?.message).not.toContain('wrong');
    const trusting = await open({}, { caFile: undefined });
    await expect(trusting.write([visit('V1', noonMs)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const each of [nobody, stranger, trusting]) await each.close();
  });
});
