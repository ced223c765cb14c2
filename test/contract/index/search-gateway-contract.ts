/** The search gateway before a real Elasticsearch: who may ask what, and what is masked in the answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOptions } from '../../../src/config/index.js';
import { type ElasticConnection, openElasticIndex, type SearchIndex } from '../../../src/stores/index.js';
import {
  elasticBackend,
  gatewayPolicy,
  openSearchGateway,
  type SearchGateway,
} from '../../../src/transport/search-gateway/index.js';
import { eventOf, eventRow } from './search-index-contract.js';

type Section = Parameters<typeof gatewayPolicy>[0];

/** The section with its defaults, as a configuration that says nothing else gives it. */
function section(values: Record<string, unknown>): Section {
  const rows = allOptions().filter((option) => option.section === 'elasticsearch');
  const defaults = rows.map(({ name, row }) => [
    name,
    row.default === undefined ? undefined : row.type.parse(row.default),
  ]);
  return { ...Object.fromEntries(defaults), ...values } as Section;
}

interface Hits {
  hits: { hits: { _id: string; _source: Record<string, unknown> }[] };
}

export function searchGatewayContract(connection: () => ElasticConnection): void {
  describe('the search gateway before Elasticsearch', () => {
    const opened: SearchGateway[] = [];
    let index: SearchIndex;

    beforeAll(async () => {
      index = await openElasticIndex({ connection: connection(), name: 'gate', shards: 1, retention: {} });
      const secret = { data: { password: { of: ['a', 'card'] }, item: 'kettle' } };
      const events = Array.from({ length: 500 }, (_, ordinal) => ({ ...eventOf(ordinal), ...secret }));
      await index.write([eventRow('V', 0, events)]);
      await index.refresh();
    }, 60_000);
    afterAll(async () => {
      for (const gateway of opened) await gateway.close();
      await index.clear();
      await index.close();
    });

    async function ask(values: Record<string, unknown>) {
      const policy = gatewayPolicy(section(values));
      const backend = elasticBackend(connection(), policy.mask);
      const gateway = await openSearchGateway({ host: '127.0.0.1', port: 0, policy, backend });
      opened.push(gateway);
      return async (method: string, path: string, body?: object | string): Promise<Response> =>
        fetch(`http://127.0.0.1:${gateway.port}${path}`, {
          method,
          headers: { 'content-type': 'application/json', authorization: 'Basic d3Jvbmc6d3Jvbmc=' },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
    }

    const all = { size: 500, sort: [{ '@timestamp': 'asc' }, { id: 'asc' }] };
    const hitsOf = async (response: Response): Promise<Hits['hits']['hits']> => {
      expect(response.status).toBe(200);
      return ((await response.json()) as Hits).hits.hits;
    };

    it('passes answers on as they are, with credentials of its own', async () => {
      const plain = await ask({});
      const hits = await hitsOf(await plain('POST', '/gate-event/_search', all));
      expect(hits.length).toBe(500);
      expect(hits[0]?._source.data).toEqual({ password: { of: ['a', 'card'] }, item: 'kettle' });
      expect((await plain('GET', '/gate-event/_count')).status).toBe(200);
    });

    it('masks keys at the top of every document by a regular expression, in any case', async () => {
      const masked = await ask({ 'http-filter': true, 'reponse-filter-regexp': 'DA(TA|Y)|^url$' });
      for (const { _source } of await hitsOf(await masked('POST', '/gate-event/_search', all))) {
        expect([_source.data, _source.url]).toEqual(['*****', '*****']);
        expect(_source.eventName).not.toBe('*****');
      }
    });

    it('masks what a JSON path names, in one document and in several answers at once', async () => {
      const path = { 'reponse-filter-regexp': '$.data.password', 'reponse-filter-regexp-type': 'PATH' };
      const masked = await ask({ 'http-filter': true, ...path });
      const hits = await hitsOf(await masked('POST', '/gate-event/_search', all));
      expect(new Set(hits.map(({ _source }) => JSON.stringify(_source.data)))).toEqual(
        new Set(['{"password":"*****","item":"kettle"}']),
      );
      const two = await masked('POST', '/gate-event/_msearch', '{}\n{"size":1}\n{}\n{"size":2}\n');
      const { responses } = (await two.json()) as { responses: Hits[] };
      const found = responses.flatMap((each) => each.hits.hits);
      expect(found.map(({ _source }) => (_source.data as { password: string }).password)).toEqual([
        ...['*****', '*****', '*****'],
      ]);
      expect((await masked('POST', '/_sql', { query: 'SELECT 1' })).status).toBe(403);
    });

    it('lets reads alone through where it is read-only', async () => {
      const closed = await ask({ 'http-read-only': true });
      expect((await hitsOf(await closed('POST', '/gate-event/_search', all))).length).toBe(500);
      expect((await closed('GET', '/gate-event/_mapping')).status).toBe(200);
      for (const [method, path] of [
        ['POST', '/gate-event/_doc'],
        ['PUT', '/gate-event/_settings'],
        ['DELETE', '/gate-event'],
        ['POST', '/_bulk?x=/_search'],
      ] as const) {
        const refused = await closed(method, path, {});
        expect([path, refused.status, refused.statusText]).toEqual([path, 403, 'Access Forbidden']);
      }
      expect((await index.find({ entity: 'event', limit: 1 })).total).toBe(500);
    });
  });
}
