/** Answers the search API from the index of this node, in the forms that Elasticsearch would use. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../base/index.js';
import type { IndexCount, IndexDocument, IndexEntity, SearchIndex } from '../../stores/index.js';
import { readQuery, readSearch } from './embedded-query.js';
import type { Backend, GatewayRequest } from './gateway.js';
import { DocumentMask, type MaskTest } from './mask.js';
import { sendError, sendJson } from './respond.js';

const bodyBytesMax = 1024 * 1024;
const bodyTimeoutMs = 30_000;

export interface EmbeddedBackendOptions {
  index: SearchIndex;
  entities: readonly IndexEntity[];
  /** How every index's name begins. */
  prefix: string;
  version: string;
  mask: MaskTest | undefined;
}

interface Ask extends EmbeddedBackendOptions {
  entity: IndexEntity;
  /** Its index by name. */
  name: string;
  body: unknown;
}

export function embeddedBackend(options: EmbeddedBackendOptions): Backend {
  return {
    handle(incoming, request, response) {
      answer(options, incoming, request, response).catch((error: unknown) => {
        if (error instanceof AppError && error.status < 500) {
          sendError(response, error.status, 'parsing_exception', error.message);
        } else sendError(response, 503, 'unavailable', 'The index does not answer.');
      });
    },
    close: () => undefined,
  };
}

async function answer(
  options: EmbeddedBackendOptions,
  { method, path }: GatewayRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prefix, entities, version, mask } = options;
  if (method === 'GET' && path === '/') {
    sendJson(response, 200, { name: 'beckon', cluster_name: prefix, version: { number: version } });
    return;
  }
  if (method === 'GET' && path === '/_cluster/health') {
    sendJson(response, 200, { cluster_name: prefix, status: 'green', timed_out: false, number_of_nodes: 1 });
    return;
  }
  const [, name = '', verb = '', id, ...more] = path.split('/');
  const entity = entities.find((one) => name === `${prefix}-${one}` || name === `${prefix}-${one}-*`);
  if (entity === undefined || more.length > 0 || !isVerb(verb, method, id)) {
    const what = `${method} ${path}`.slice(0, 200);
    sendError(response, 400, 'illegal_argument_exception', `the embedded index does not answer [${what}]`);
    return;
  }
  const body = verb === '_doc' ? undefined : await bodyOf(request);
  const ask: Ask = { ...options, entity, name: `${prefix}-${entity}`, body };
  if (verb === '_count') sendJson(response, 200, await count(ask));
  else if (verb === '_search') await send(response, 200, await search(ask), mask);
  else {
    const found = await document(ask, id ?? '');
    await send(response, found.found ? 200 : 404, found, mask);
  }
}

function isVerb(verb: string, method: string, id: string | undefined): boolean {
  if (verb === '_doc') return method === 'GET' && id !== undefined;
  return (verb === '_search' || verb === '_count') && id === undefined && ['GET', 'POST'].includes(method);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), bodyTimeoutMs);
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > bodyBytesMax)
        throw new AppError('TOO_LARGE', `the body has more than ${bodyBytesMax} bytes`);
      pieces.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
  } catch {
    throw new AppError('BAD_REQUEST', 'the body is not JSON');
  }
}

const shards = { total: 1, successful: 1, skipped: 0, failed: 0 };

async function search({ index, entity, name, body }: Ask) {
  const startedMs = performance.now();
  const { search: wanted, fields, counts } = readSearch(entity, body);
  const { total, documents, next } = await index.find(wanted);
  const aggregations: Record<string, object> = {};
  for (const [key, by] of counts) {
    aggregations[key] = {
      buckets: bucketsOf(await index.count(entity, wanted.where ?? { kind: 'all' }, by)),
    };
  }
  return {
    took: Math.round(performance.now() - startedMs),
    timed_out: false,
    _shards: shards,
    hits: {
      total: { value: total, relation: 'eq' },
      max_score: null,
      hits: documents.map((found, place) => ({
        ...hitOf(name, found, fields),
        _score: null,
        // Where the next page begins is known of the last hit.
        ...(place === documents.length - 1 && next !== undefined ? { sort: [next] } : {}),
      })),
    },
    ...(counts.size === 0 ? {} : { aggregations }),
  };
}

function hitOf(name: string, found: IndexDocument, fields: readonly string[] | undefined) {
  const source =
    fields === undefined
      ? found
      : Object.fromEntries(Object.entries(found).filter(([key]) => fields.includes(key)));
  return { _index: name, _id: found.id, ...(fields?.length === 0 ? {} : { _source: source }) };
}

function bucketsOf(counts: readonly IndexCount[]): object[] {
  return counts.map(({ key, count: times }) => ({ key, doc_count: times }));
}

async function count({ index, entity, body }: Ask) {
  const query = (body as { query?: unknown } | undefined)?.query;
  const where = query === undefined ? undefined : readQuery(query);
  const { total } = await index.find({ entity, limit: 0, ...(where === undefined ? {} : { where }) });
  return { count: total, _shards: shards };
}

async function document({ index, entity, name }: Ask, id: string) {
  const where = { kind: 'equals', field: 'id', values: [id] } as const;
  const [found] = (await index.find({ entity, where, limit: 1 })).documents;
  return found === undefined
    ? { _index: name, _id: id, found: false }
    : { ...hitOf(name, found, undefined), found: true };
}

async function send(
  response: ServerResponse,
  status: number,
  body: object,
  mask: MaskTest | undefined,
): Promise<void> {
  if (mask === undefined) {
    sendJson(response, status, body);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  await pipeline(
    Readable.from([Buffer.from(JSON.stringify(body))]),
    new DocumentMask({ test: mask }),
    response,
  );
}
