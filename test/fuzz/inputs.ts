/**
 * Hostile requests by seed: for each public endpoint of a node valid ones bent in one place, and raw bytes
 * that are no HTTP at all. The same seed makes the same inputs.
 */

export type Port = 'default' | 'ui' | 'deploy';

export interface FuzzInput {
  port: Port;
  /** What goes over the socket, byte for byte. */
  bytes: Buffer;
  /** Endpoint and mutation, for the report. */
  about: string;
}

export type Draw = () => number;

/** The mulberry32 generator: 32 bits of state, numbers in [0, 1). */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Endpoint {
  port: Port;
  method: string;
  path: string;
  query?: readonly string[];
  body?: (draw: Draw) => unknown;
}

const id = (draw: Draw): string =>
  Array.from({ length: 32 }, () =>
    Math.floor(draw() * 16)
      .toString(16)
      .toUpperCase(),
  ).join('');

const event = (draw: Draw): object => ({
  eventType: 'BUSINESS',
  eventName: 'Fuzz',
  eventID: id(draw),
  pageID: 'P',
  visitID: `FUZZ${Math.floor(draw() * 50)}`,
  globalVisitID: 'G',
  timestamp: 1_700_000_000_000,
  url: 'http://shop.example/',
  data: { a: 1 },
});
const tag = { name: 't', type: 'regex', expression: 'a+' };
const json = (value: object) => (): object => value;

const endpoints: readonly Endpoint[] = [
  {
    port: 'default',
    method: 'POST',
    path: '/server/data/events',
    body: (draw) => [event(draw), event(draw)],
  },
  {
    port: 'default',
    method: 'GET',
    path: '/server/data/categories',
    query: ['url', 'title', 'visitID', 'bind'],
  },
  {
    port: 'default',
    method: 'GET',
    path: '/server/data/notification/disposition',
    query: ['visitID', 'code'],
  },
  {
    port: 'default',
    method: 'POST',
    path: '/server/data/notification/notify/FUZZ1',
    body: json([{ channel: 'c' }]),
  },
  { port: 'default', method: 'GET', path: '/server/data/chat/FUZZ1.1', query: ['since'] },
  {
    port: 'default',
    method: 'POST',
    path: '/server/data/chat/FUZZ1.1/messages',
    body: json({ messageId: 'a' }),
  },
  { port: 'default', method: 'POST', path: '/server/data/chat/FUZZ1.1/typing', body: json({ typing: true }) },
  { port: 'default', method: 'GET', path: '/server/data/visits/FUZZ1/events', query: ['age', 'eventName'] },
  { port: 'default', method: 'GET', path: '/server/data/visits/FUZZ1/rules' },
  { port: 'default', method: 'GET', path: '/server/data/identities', query: ['limit', 'after'] },
  { port: 'default', method: 'POST', path: '/server/cometd', body: json([{ channel: '/meta/handshake' }]) },
  { port: 'default', method: 'GET', path: '/server/cometd/connect', query: ['message', 'jsonp'] },
  { port: 'default', method: 'GET', path: '/server/resources/js/build/GTC.min.js' },
  { port: 'default', method: 'GET', path: '/playground/' },
  { port: 'default', method: 'GET', path: '/server/about' },
  { port: 'ui', method: 'POST', path: '/workspace/api/readiness', body: json({ readiness: 'ready' }) },
  { port: 'ui', method: 'GET', path: '/workspace/api/state' },
  { port: 'ui', method: 'POST', path: '/workspace/api/chats/FUZZ1.1/messages', body: json({ text: 'x' }) },
  { port: 'ui', method: 'GET', path: '/server/api/categories', query: ['limit', 'after'] },
  { port: 'ui', method: 'PUT', path: '/server/api/categories/a', body: json({ tags: [tag] }) },
  { port: 'ui', method: 'POST', path: '/server/cometd', body: json([{ channel: '/meta/handshake' }]) },
  { port: 'ui', method: 'POST', path: '/backtest/api/runs', body: json({ text: 'x', sinceMs: 0 }) },
  { port: 'ui', method: 'GET', path: '/workspace/' },
  { port: 'deploy', method: 'POST', path: '/server/data/rules/check', body: json({}) },
  { port: 'deploy', method: 'GET', path: '/server/data/rules' },
  { port: 'deploy', method: 'GET', path: '/server/data/rules/a/versions', query: ['limit'] },
  { port: 'deploy', method: 'POST', path: '/server/data/rules/a/rollback', body: json({ version: 1 }) },
];

const strange: readonly unknown[] = [
  null, true, -1, 1e308, 0.1, '', ' ', '\0', '\u202e', '\ud800', '__proto__', 'constructor',
  '../../etc/passwd',
  '%00', '<script>', "';--", '${7*7}', 'a'.repeat(5_000), [], {}, [[[[]]]], { __proto__: null, length: -1 },
]; // prettier-ignore
const hostileTexts: readonly string[] = [
  '/..', '/%2e%2e/%2e%2e/etc/passwd', '//', '/%00', '/%ff%fe', '/%', '/.%2f', '\\..\\', '/a'.repeat(300),
  ';x=1', '?',
]; // prettier-ignore
const hostileHeaders: readonly string[] = [
  'Content-Encoding: gzip', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked',
  'Expect: 100-continue',
  'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 99999999999999999999', 'Host: a\r\nHost: b',
  'X-Forwarded-For: 1.2.3.4, %s%s', 'Cookie: BECKON_SESSION=a.b.c', 'Cookie: a=%E0%A4%A', 'Origin: null',
  'Origin: http://evil.example', 'Upgrade: websocket\r\nConnection: Upgrade', 'Range: bytes=9-1,0-',
  'If-None-Match: *', 'Content-Type: multipart/form-data', 'Content-Type: ;;;', 'Authorization: Basic !!!',
  'X: ' + 'x'.repeat(3_000), ' folded: a', 'Accept-Encoding: br;q=nan', 'User-Agent: Googlebot/2.1',
]; // prettier-ignore

export function nextInput(draw: Draw): FuzzInput {
  const endpoint = pick(draw, endpoints);
  const request = {
    method: endpoint.method,
    path: endpoint.path,
    query: '',
    headers: [] as string[],
    body: undefined as Buffer | undefined,
  };
  for (const name of endpoint.query ?? []) {
    const value = draw() < 0.5 ? 'a' : textOf(pick(draw, strange));
    request.query += `&${name}=${encodeURIComponent(value.isWellFormed() ? value : 'x')}`;
  }
  const valid = endpoint.body?.(draw);
  if (valid !== undefined) request.body = Buffer.from(JSON.stringify(valid));
  const mutation = pick(draw, mutations);
  const raw = mutation.apply(request, draw, valid);
  return {
    port: endpoint.port,
    bytes: raw ?? written(request),
    about: `${endpoint.port} ${endpoint.method} ${endpoint.path}: ${mutation.name}`,
  };
}

interface Request {
  method: string;
  path: string;
  query: string;
  headers: string[];
  body: Buffer | undefined;
}

interface Mutation {
  name: string;
  /** Bends the request, or gives the bytes to send in its place. */
  apply(request: Request, draw: Draw, valid: unknown): Buffer | undefined;
}

const mutations: readonly Mutation[] = [
  {
    name: 'a strange value',
    apply(request, draw, valid) {
      if (valid !== undefined) request.body = Buffer.from(JSON.stringify(bent(valid, draw)));
      return undefined;
    },
  },
  {
    name: 'a hostile path',
    apply(request, draw) {
      request.path += pick(draw, hostileTexts);
      return undefined;
    },
  },
  {
    name: 'hostile headers',
    apply(request, draw) {
      request.headers.push(pick(draw, hostileHeaders), pick(draw, hostileHeaders));
      return undefined;
    },
  },
  {
    name: 'another method',
    apply(request, draw) {
      request.method = pick(draw, [
        'GET',
        'POST',
        'PUT',
        'DELETE',
        'PATCH',
        'OPTIONS',
        'HEAD',
        'TRACE',
        'BREW',
      ]);
      return undefined;
    },
  },
  {
    name: 'flipped bytes',
    apply(request, draw) {
      const body = Buffer.from(request.body ?? 'x');
      for (let count = 1 + draw() * 4; count > 0; count--)
        body[Math.floor(draw() * body.length)] = draw() * 256;
      request.body = body;
      return undefined;
    },
  },
  {
    name: 'a body cut short',
    apply(request, draw) {
      request.body = request.body?.subarray(0, Math.floor(draw() * request.body.length));
      return undefined;
    },
  },
  {
    name: 'deep nesting',
    apply(request, draw) {
      const depth = Math.floor(draw() * 20_000);
      const inner = draw() < 0.5 ? ['[', ']'] : ['{"a":', '}'];
      request.body = Buffer.from(`${inner[0]?.repeat(depth) ?? ''}1${inner[1]?.repeat(depth) ?? ''}`);
      return undefined;
    },
  },
  {
    name: 'keys twice and prototypes',
    apply(request) {
      const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
      const text = request.body?.toString().replace('{', `{${keys},"visitID":"A","visitID":"B",`);
      request.body = Buffer.from(text ?? `{${keys}}`);
      return undefined;
    },
  },
  { name: 'no HTTP', apply: (_request, draw) => Buffer.from(bytes(draw, 1 + draw() * 200)) },
  {
    name: 'a request cut short',
    apply(request, draw) {
      const whole = written(request);
      return whole.subarray(0, 1 + Math.floor(draw() * (whole.length - 1)));
    },
  },
  {
    name: 'a torn request line',
    apply: (request, draw) =>
      Buffer.from(
        `${request.method}${pick(draw, [' ', '\t', '\0', '  '])}${request.path} HTTP/9.9\r\n\n\r\n`,
      ),
  },
];

function bytes(draw: Draw, length: number): number[] {
  return Array.from({ length: Math.floor(length) }, () => Math.floor(draw() * 256));
}

/** A copy with one value in it replaced, or one field added. */
function bent(value: unknown, draw: Draw): unknown {
  if (typeof value !== 'object' || value === null || draw() < 0.1) return pick(draw, strange);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = draw() < 0.1 ? 'more' : pick(draw, keys);
  copy[key] = bent(copy[key], draw);
  return copy;
}

function written({ method, path, query, headers, body }: Request): Buffer {
  const lines = [`${method} ${path}${query === '' ? '' : `?${query.slice(1)}`} HTTP/1.1`, 'Host: fuzz'];
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${body.length}`);
  lines.push(...headers, 'Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[Math.floor(draw() * items.length)] as Item;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
