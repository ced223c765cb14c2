/** The management API of categories over a stand-in for the documents: every answer, every refusal. */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Address, DocumentInput } from '../../../../../src/actors/protocol/index.js';
import { AppError } from '../../../../../src/base/index.js';
import type { Routing } from '../../../../../src/cluster/index.js';
import { type Category, categoryLimits, type DocumentVersion } from '../../../../../src/model/index.js';
import { categoriesRoutes, createRestApplication } from '../../../../../src/transport/rest/index.js';

/** Documents as the document actors and the store keep them. */
function createDocuments() {
  const versions: DocumentVersion[] = [];
  const newest = (name: string): DocumentVersion | undefined =>
    versions.filter((version) => version.name === name).at(-1);
  return {
    get categories(): Category[] {
      const names = [...new Set(versions.map(({ name }) => name))];
      return names.flatMap((name) => {
        const value = newest(name)?.value;
        return typeof value === 'string' ? [JSON.parse(value) as Category] : [];
      });
    },
    categoryVersion: (name: string) => newest(name)?.version ?? 0,
    ask(to: Address, { value, expectedVersion }: DocumentInput) {
      const name = to.id.slice('categories/'.length);
      const version = newest(name)?.version ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== version) {
        return Promise.reject(new AppError('CONFLICT', 'read it again'));
      }
      versions.push({ kind: 'categories', name, version: version + 1, at: version, value });
      return Promise.resolve({ version: version + 1 });
    },
    readDocumentHistory: (_kind: string, name: string, limit: number) =>
      Promise.resolve(
        versions
          .filter((version) => version.name === name)
          .reverse()
          .slice(0, limit),
      ),
    readDocumentVersion: (_kind: string, name: string, version: number) =>
      Promise.resolve(versions.find((one) => one.name === name && one.version === version)),
  };
}

let application: FastifyInstance;
let mayManage: boolean;

beforeEach(async () => {
  mayManage = true;
  const documents = createDocuments();
  const plugin = categoriesRoutes({
    routing: documents as unknown as Routing,
    set: documents,
    store: documents,
    drained: () => Promise.resolve(),
    authorize() {
      if (!mayManage) throw new AppError('FORBIDDEN', 'no');
    },
  });
  application = await createRestApplication({
    plugins: [{ prefix: '/c', plugin }],
    bodyBytesMax: 1_000_000,
    requestTimeoutMs: 5_000,
    onError(error) {
      throw error;
    },
  });
});

afterEach(() => application.close());

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  payload?: object,
): Promise<{ status: number; body: never }> {
  const response = await application.inject({ method, url: `/c${path}`, ...(payload && { payload }) });
  return { status: response.statusCode, body: response.json() };
}

function category(name: string, ...expressions: string[]): Category {
  return { name, tags: expressions.map((expression) => ({ name: expression, type: 'text', expression })) };
}

describe('the categories API', () => {
  it('creates, reads, updates and deletes', async () => {
    expect(await call('POST', '/', category('Tea', 'tea'))).toMatchObject({
      status: 201,
      body: { name: 'Tea', version: 1 },
    });
    expect((await call('POST', '/', category('Tea', 'x'))).status).toBe(409);
    const tags = category('', 'tea', 'matcha').tags;
    expect(await call('PUT', '/Tea', { version: 1, tags })).toMatchObject({
      status: 200,
      body: { version: 2 },
    });
    expect(await call('PUT', '/Tea', { version: 1, tags })).toMatchObject({
      status: 409,
      body: { error: 'CONFLICT' },
    });
    expect(await call('GET', '/Tea')).toEqual({ status: 200, body: { name: 'Tea', version: 2, tags } });
    expect((await call('DELETE', '/Tea?version=1')).status).toBe(409);
    expect(await call('DELETE', '/Tea')).toEqual({ status: 200, body: { name: 'Tea', version: 3 } });
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, '/Tea')).status).toBe(404);
    expect((await call('PUT', '/Tea', { tags })).status).toBe(404);
    expect(await call('POST', '/', category('Tea', 'again'))).toMatchObject({ body: { version: 4 } });
  });

  it('keeps every version, and brings one back', async () => {
    await call('POST', '/', category('Tea', 'one'));
    await call('PUT', '/Tea', { tags: category('', 'two').tags });
    await call('DELETE', '/Tea');
    const { body } = await call('GET', '/Tea/versions');
    expect(body).toMatchObject([
      { version: 3, kind: 'deleted', current: true },
      { version: 2, kind: 'saved', current: false },
      { version: 1, kind: 'saved', current: false },
    ]);
    expect(await call('GET', '/Tea/versions/1')).toMatchObject({ body: { tags: [{ expression: 'one' }] } });
    expect((await call('GET', '/Tea/versions/3')).status).toBe(409);
    expect((await call('GET', '/Tea/versions/9')).status).toBe(404);
    expect((await call('GET', '/Coffee/versions')).status).toBe(404);
    expect(await call('POST', '/Tea/rollback', { version: 1 })).toMatchObject({
      body: { version: 4, rolledBackTo: 1 },
    });
    expect(await call('GET', '/Tea')).toMatchObject({ body: { version: 4, tags: [{ expression: 'one' }] } });
  });

  it('lists by name, page by page', async () => {
    await call('POST', '/bulk', { put: ['C', 'A', 'B'].map((name) => category(name, 'x')) });
    expect(await call('GET', '/?limit=2')).toMatchObject({ body: [{ name: 'A' }, { name: 'B' }] });
    expect(await call('GET', '/?limit=2&after=B')).toMatchObject({ body: [{ name: 'C', version: 1 }] });
  });

  it('changes many at once, or replaces all', async () => {
    await call('POST', '/bulk', { put: ['A', 'B', 'C'].map((name) => category(name, 'x')) });
    const changed = await call('POST', '/bulk', { put: [category('D', 'x')], delete: ['A'] });
    expect(changed.body).toEqual({
      saved: [{ name: 'D', version: 1 }],
      deleted: [{ name: 'A', version: 2 }],
    });
    const replaced = await call('POST', '/bulk', { put: [category('E', 'x')], replace: true });
    expect(replaced.body).toMatchObject({ deleted: [{ name: 'B' }, { name: 'C' }, { name: 'D' }] });
    expect(await call('GET', '/')).toMatchObject({ body: [{ name: 'E' }] });
  });

  it('changes nothing when one of many is wrong', async () => {
    const bad = { name: 'B', tags: [{ name: 't', type: 'regex', expression: '(' }] };
    expect(await call('POST', '/bulk', { put: [category('A', 'x'), bad] })).toMatchObject({
      status: 400,
      body: { field: 'expression' },
    });
    expect((await call('POST', '/bulk', { put: [category('A', 'x'), category('A', 'y')] })).status).toBe(400);
    expect((await call('POST', '/bulk', { put: [], delete: ['Z'] })).status).toBe(404);
    expect((await call('GET', '/')).body).toEqual([]);
  });

  it('tries a page and data against what is there, or what is about to be', async () => {
    await call('POST', '/', category('Tea', '/tea/'));
    const dear = {
      name: 'Dear',
      tags: [{ name: 'p', type: 'regex', expression: '^\\d{4}', dataField: 'price' }],
    };
    const page = { url: 'http://shop/tea/1', title: 'Tea', data: { price: 1_000 } };
    expect((await call('POST', '/match', page)).body).toEqual({ categories: ['Tea'] });
    const draft = await call('POST', '/match', { ...page, categories: [dear] });
    expect(draft.body).toEqual({ categories: ['Dear'] });
  });

  it.each([
    [{ name: 'a;b', tags: category('', 'x').tags }, 'name'],
    [{ name: '', tags: category('', 'x').tags }, 'name'],
    [{ name: 'n'.repeat(129), tags: category('', 'x').tags }, 'name'],
    [{ name: 'a', tags: [] }, 'tags'],
    [{ name: 'a', tags: [{ name: 't', type: 'glob', expression: 'x' }] }, 'tags.0.type'],
    [{ name: 'a', tags: [{ name: 't', type: 'text', expression: '' }] }, 'tags.0.expression'],
    [{ name: 'a', tags: [{ name: 't', type: 'regex', expression: '[z' }] }, 'expression'],
    [{ name: 'a', tags: category('', 'x').tags, more: 1 }, undefined],
  ])('refuses %j', async (body, field) => {
    const answer = await call('POST', '/', body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'BAD_REQUEST' } });
    if (field !== undefined) expect((answer.body as { field: string }).field).toBe(field);
  });

  it('bounds the expressions that every page must be shown to', async () => {
    const open = (count: number): object => ({
      name: `open ${count}`,
      tags: Array.from({ length: count }, (_, index) => ({
        name: `t${index}`,
        type: 'regex',
        expression: '\\d+',
      })),
    });
    const { openExpressionsMax } = categoryLimits;
    expect((await call('POST', '/', open(openExpressionsMax + 1))).status).toBe(413);
    expect((await call('POST', '/', open(openExpressionsMax))).status).toBe(201);
    expect((await call('POST', '/', open(1))).status).toBe(413);
  });

  it('turns away who may not, and pages of other sites', async () => {
    mayManage = false;
    for (const path of ['/', '/Tea', '/Tea/versions']) expect((await call('GET', path)).status).toBe(403);
    expect((await call('POST', '/', category('A', 'x'))).status).toBe(403);
    mayManage = true;
    const foreign = await application.inject({
      method: 'POST',
      url: '/c/',
      headers: { origin: 'http://elsewhere.example' },
      payload: category('A', 'x'),
    });
    expect(foreign.statusCode).toBe(403);
  });
});
