/**
 * Hostile requests by seed: for each public endpoint of a node valid ones bent in one place, and raw bytes
 * that are no HTTP at all. The same seed makes the same inputs.
 */

export type Port = 'default' | 'ui' | 'deploy' | 'search';

export interface FuzzInput {
  port: Port;
  /** What goes over the socket, byte for byte. */
  bytes: Buffer;
  /** Endpoint and mutation, for the report. */
  about: string;
  /** Whether there may be no answer. */
  isOpenEnded: boolean;
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
  /** A text is sent as it is, anything else as JSON. */
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

const drl = `package fuzz
import com.genesyslab.wme.common.rules.facts.Event
rule "r" when Event(eventName == "Fuzz") then end`;
const dsl = `<properties><events><event id="e" name="Fuzz" condition="1 < 2">
<trigger name="t" element="#a:contains('b')" action="click" count="1"/>
<val name="v" value="$(event.target).text()"/>
</event></events></properties>`;

function endpoint(
  port: Port,
  method: string,
  path: string,
  more: Pick<Endpoint, 'query' | 'body'> = {},
): Endpoint {
  return { port, method, path, ...more };
}

const endpoints: readonly Endpoint[] = [
  endpoint('default', 'POST', '/server/data/events', { body: (draw) => [event(draw), event(draw)] }),
  endpoint('default', 'GET', '/server/data/categories', { query: ['url', 'title', 'visitID', 'bind'] }),
  endpoint('default', 'GET', '/server/data/categories', { query: ['url', 'callback'] }),
  endpoint('default', 'GET', '/server/data/notification/disposition', {
    query: ['visitID', 'engagementID', 'code'],
  }),
  endpoint('default', 'POST', '/server/data/notification/notify/FUZZ1', { body: json([{ channel: 'c' }]) }),
  endpoint('default', 'GET', '/server/data/chat/FUZZ1.1', { query: ['since'] }),
  endpoint('default', 'POST', '/server/data/chat/FUZZ1.1/messages', { body: json({ messageId: 'a' }) }),
  endpoint('default', 'POST', '/server/data/chat/FUZZ1.1/typing', { body: json({ typing: true }) }),
  endpoint('default', 'POST', '/server/data/chat/FUZZ1.1/end', { body: json({}) }),
  endpoint('default', 'GET', '/server/data/visits/FUZZ1/events', { query: ['age', 'eventName'] }),
  endpoint('default', 'GET', '/server/data/visits/FUZZ1/rules'),
  endpoint('default', 'GET', '/server/data/visits', { query: ['limit', 'after', 'age'] }),
  endpoint('default', 'POST', '/server/data/visits/FUZZ1/events', { body: json({ eventName: 'Fuzz' }) }),
  endpoint('default', 'GET', '/server/data/identities', { query: ['limit', 'after'] }),
  endpoint('default', 'GET', '/server/data/openapi.json'),
  endpoint('default', 'POST', '/server/cometd', { body: json([{ channel: '/meta/handshake' }]) }),
  endpoint('default', 'POST', '/server/cometd/connect', {
    body: json([{ channel: '/meta/subscribe', clientId: 'a', subscription: '/notification/FUZZ1' }]),
  }),
  endpoint('default', 'GET', '/server/cometd/connect', { query: ['message', 'jsonp'] }),
  endpoint('default', 'GET', '/server/resources/js/build/GTC.min.js'),
  endpoint('default', 'GET', '/server/resources/dsl/domain-model.xml'),
  endpoint('default', 'GET', '/playground/'),
  endpoint('default', 'GET', '/server/about'),
  endpoint('default', 'GET', '/server/isAlive'),
  endpoint('ui', 'POST', '/workspace/api/login', { body: json({ user: 'fuzz', password: '' }) }),
  endpoint('ui', 'POST', '/workspace/api/readiness', { body: json({ readiness: 'notReady' }) }),
  endpoint('ui', 'GET', '/workspace/api/state'),
  endpoint('ui', 'POST', '/workspace/api/chats/FUZZ1.1/accept', { body: json({}) }),
  endpoint('ui', 'POST', '/workspace/api/chats/FUZZ1.1/messages', {
    body: json({ messageId: 'a', text: 'x' }),
  }),
  endpoint('ui', 'GET', '/workspace/api/chats/FUZZ1.1/visit'),
  endpoint('ui', 'GET', '/server/api/categories', { query: ['limit', 'after'] }),
  endpoint('ui', 'PUT', '/server/api/categories/a', { body: json({ tags: [tag] }) }),
  endpoint('ui', 'POST', '/server/api/categories/match', {
    body: json({ url: 'a', title: 'b', categories: [{ name: 'a', tags: [tag] }] }),
  }),
  endpoint('ui', 'POST', '/server/api/categories/bulk', { body: json({ put: [], delete: ['a'] }) }),
  endpoint('ui', 'GET', '/server/api/categories/a/versions', { query: ['limit'] }),
  endpoint('ui', 'POST', '/server/api/privacy/export', { body: json({ identityId: 'fuzz' }) }),
  endpoint('ui', 'POST', '/server/cometd', { body: json([{ channel: '/meta/handshake' }]) }),
  endpoint('ui', 'GET', '/backtest/api/packages'),
  endpoint('ui', 'POST', '/backtest/api/runs', { body: json({ text: 'x', sinceMs: 0 }) }),
  endpoint('ui', 'GET', '/workspace/'),
  endpoint('deploy', 'POST', '/server/data/rules/check', { body: () => drl }),
  endpoint('deploy', 'POST', '/server/data/rules/deploy', { body: json({}) }),
  endpoint('deploy', 'GET', '/server/data/rules'),
  endpoint('deploy', 'GET', '/server/data/rules/a/versions', { query: ['limit'] }),
  endpoint('deploy', 'POST', '/server/data/rules/a/rollback', { body: json({ version: 1 }) }),
  endpoint('deploy', 'POST', '/server/data/dsl/check', { body: () => dsl }),
  endpoint('deploy', 'POST', '/server/data/dsl/deploy', { query: ['application'], body: json({}) }),
  endpoint('deploy', 'GET', '/server/data/dsl/a/versions', { query: ['limit'] }),
  endpoint('search', 'POST', '/_all/_search', { body: json({ query: { match_all: {} }, size: 1 }) }),
  endpoint('search', 'GET', '/_cat/indices', { query: ['format'] }),
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

/** What makes of an input a request that costs the node nothing, to compare with. */
export const harmless: Pick<FuzzInput, 'port' | 'bytes'> = {
  port: 'default',
  bytes: Buffer.from('GET /server/isAlive HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
};

/** `agentCookie` is sent with most of the requests to the agents' port. */
export function nextInput(draw: Draw, agentCookie: string): FuzzInput {
  const endpoint = pick(draw, endpoints);
  const request: Request = {
    method: endpoint.method,
    path: endpoint.path,
    query: '',
    headers: [],
    body: undefined,
  };
  if (endpoint.port === 'ui' && draw() < 0.8) request.headers.push(`Cookie: ${agentCookie}`);
  for (const name of endpoint.query ?? []) {
    const value = draw() < 0.5 ? 'a' : textOf(pick(draw, strange));
    request.query += `&${name}=${encodeURIComponent(value.isWellFormed() ? value : 'x')}`;
  }
  const valid = endpoint.body?.(draw);
  if (valid !== undefined) {
    request.body = Buffer.from(typeof valid === 'string' ? valid : JSON.stringify(valid));
    request.type = typeof valid === 'string' ? 'text/plain' : 'application/json';
  }
  const mutation = pick(draw, mutations);
  const raw = mutation.apply(request, draw, valid);
  return {
    port: endpoint.port,
    bytes: raw ?? written(request),
    about: `${endpoint.port} ${endpoint.method} ${endpoint.path}: ${mutation.name}`,
    isOpenEnded: mutation.isOpenEnded === true,
  };
}

interface Request {
  method: string;
  path: string;
  query: string;
  headers: string[];
  body: Buffer | undefined;
  type?: string;
}

interface Mutation {
  name: string;
  /** Whether what it makes may wait for more, so that no answer comes. */
  isOpenEnded?: boolean;
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
    isOpenEnded: true,
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
  {
    name: 'no HTTP',
    isOpenEnded: true,
    apply: (_request, draw) => Buffer.from(bytes(draw, 1 + draw() * 200)),
  },
  {
    name: 'a request cut short',
    isOpenEnded: true,
    apply(request, draw) {
      const whole = written(request);
      return whole.subarray(0, 1 + Math.floor(draw() * (whole.length - 1)));
    },
  },
  {
    name: 'frames of a WebSocket',
    isOpenEnded: true,
    apply: (request, draw, valid) =>
      Buffer.concat([upgrade, ...Array.from({ length: 1 + draw() * 5 }, () => frame(draw, valid))]),
  },
  {
    name: 'invalid UTF-8',
    apply(request, draw) {
      const body = request.body ?? Buffer.from('{}');
      const at = Math.floor(draw() * body.length);
      request.body = Buffer.concat([
        body.subarray(0, at),
        Buffer.from([0xc3, 0x28, 0xff]),
        body.subarray(at),
      ]);
      return undefined;
    },
  },
  {
    name: 'a torn request line',
    isOpenEnded: true,
    apply: (request, draw) =>
      Buffer.from(
        `${request.method}${pick(draw, [' ', '\t', '\0', '  '])}${request.path} HTTP/9.9\r\n\n\r\n`,
      ),
  },
];

const upgrade = Buffer.from(
  'GET /server/cometd HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
);

/** A frame of a client, mostly lawful on the outside, with whatever in it. */
function frame(draw: Draw, valid: unknown): Buffer {
  const text = draw() < 0.5 ? JSON.stringify(bent(valid ?? [{}], draw)) : '';
  const payload = text === '' ? Buffer.from(bytes(draw, draw() * 200)) : Buffer.from(text);
  const first = draw() < 0.8 ? 0x81 : draw() * 256;
  const size =
    payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  // A mask of zeros changes nothing.
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), payload]);
}

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

function written({ method, path, query, headers, body, type }: Request): Buffer {
  const lines = [`${method} ${path}${query === '' ? '' : `?${query.slice(1)}`} HTTP/1.1`, 'Host: localhost'];
  if (body !== undefined)
    lines.push(`Content-Type: ${type ?? 'application/json'}`, `Content-Length: ${body.length}`);
  lines.push(...headers, 'Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[Math.floor(draw() * items.length)] as Item;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
