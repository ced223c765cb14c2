/**
 * The search index of a lab from outside: what is sent is found, masked and protected, and can be filled
 * again.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../support/free-ports.js';
import { writeLabConfig } from '../../support/lab-config.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

const run = promisify(execFile);

let lab: Lab;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const config = await writeLabConfig({
    elasticsearch: {
      enabled: true,
      'http.enabled': true,
      'http.port': port,
      'http-read-only': true,
      'http-filter': true,
      'reponse-filter-regexp': '$.data.password',
      'reponse-filter-regexp-type': 'PATH',
    },
    pacing: { chatGroups: 'Web Engagement Chat' },
  });
  lab = await startLab({ config });
});

afterAll(() => lab.remove());

interface Answer {
  status: number;
  body: {
    count?: number;
    hits?: {
      total: { value: number };
      hits: { _id: string; _source: Record<string, unknown>; sort?: string[] }[];
    };
    aggregations?: Record<string, { buckets: object[] }>;
    error?: unknown;
  };
}

async function ask(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const eventsOf = (visitID: string) => ({ query: { term: { visitId: visitID } } });

it('finds what was sent, masks it, refuses writing, and fills the index again', async () => {
  const client = await openVisit(lab.server);
  const { visitID } = client;
  const data = { item: 'kettle', password: 'secret' };
  const sent = [client.event('AddToCart', { data }), client.event('AddToCart'), client.event('Search')];
  expect((await client.send(sent)).status).toBe(200);
  const found = await until(async () => {
    const answer = await ask('POST', '/gpe-event/_search', {
      ...eventsOf(visitID),
      size: 2,
      sort: [{ '@timestamp': 'asc' }],
      aggs: { names: { terms: { field: 'eventName' } } },
    });
    return answer.body.hits?.total.value === 3 ? answer.body : undefined;
  }, 'the events in the index');
  expect(found.hits?.hits.map(({ _id }) => _id)).toEqual([`${visitID} 0`, `${visitID} 1`]);
  expect(found.hits?.hits[0]?._source.data).toEqual({ item: 'kettle', password: '*****' });
  expect(found.aggregations?.names?.buckets).toEqual([
    { key: 'AddToCart', doc_count: 2 },
    { key: 'Search', doc_count: 1 },
  ]);
  const rest = await ask('POST', '/gpe-event/_search', {
    ...eventsOf(visitID),
    sort: [{ '@timestamp': 'asc' }],
    search_after: found.hits?.hits[1]?.sort,
  });
  expect(rest.body.hits?.hits.map(({ _id }) => _id)).toEqual([`${visitID} 2`]);
  const words = { simple_query_string: { query: 'kettle', default_operator: 'and' } };
  const [byWords, byId] = [
    await ask('POST', '/gpe-event/_count', { query: { bool: { filter: [words, eventsOf(visitID).query] } } }),
    await ask('GET', `/gpe-event/_doc/${visitID}%200`),
  ];
  expect(byWords.body.count).toBe(1);
  expect(byId.body).toMatchObject({ found: true, _source: { data: { password: '*****' } } });

  expect((await ask('DELETE', '/gpe-event')).status).toBe(403);
  expect((await ask('POST', '/gpe-event/_doc', {})).status).toBe(403);
  expect(await ask('POST', '/gpe-event/_search', { query: { fuzzy: {} } })).toMatchObject({
    status: 400,
    body: { error: { reason: expect.stringContaining('[fuzzy]') as string } },
  });

  const rebuilt = await run(process.execPath, [
    resolve('dist/main.js'),
    'index',
    'rebuild',
    '--url',
    lab.deploy,
  ]);
  expect(rebuilt.stdout).toMatch(/^Indexed \d+ visits and 0 identities, \d+ rows; 0 were refused\.$/m);
  expect((await ask('POST', '/gpe-event/_count', eventsOf(visitID))).body.count).toBe(3);
});
