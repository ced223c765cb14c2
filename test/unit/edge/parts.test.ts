/** The pure parts of the edge: what they make of lawful, odd and hostile input. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForwardedFor } from '../../../src/transport/edge/index.js';
import { createCors } from '../../../src/transport/edge/http/cors.js';
import { asScript, createJsonp } from '../../../src/transport/edge/http/jsonp.js';
import { parseCookies, parseQuery } from '../../../src/transport/edge/http/request.js';
import { listHeaders } from '../../../src/transport/edge/http/respond.js';
import {
  chooseEncoding,
  immutableCacheControl,
  matchesTag,
} from '../../../src/transport/edge/static/mounts.js';
import { contentTypeOf } from '../../../src/transport/edge/static/content-types.js';
import { safeSegments } from '../../../src/transport/edge/static/path.js';
import { addressText, plainAddress } from '../../../src/transport/edge/wire/address.js';
import {
  expireAnswers,
  forgetAnswer,
  newPendingAnswers,
  pendAnswer,
  type PendingAnswer,
} from '../../../src/transport/edge/wire/answers.js';
import { BodyReader, expireBodies, newPendingBodies } from '../../../src/transport/edge/wire/body.js';
import { matchPattern } from '../../../src/transport/edge/wire/pattern.js';
import { newCounters, type WireLimits } from '../../../src/transport/edge/wire/wire.js';

describe('forwarded addresses', () => {
  it('reads lists, ports and brackets, and leaves junk out', () => {
    expect(parseForwardedFor('1.2.3.4, 10.0.0.1:8080 ,[2001:DB8::1]:99, 2001:db8::2')).toEqual([
      '1.2.3.4',
      '10.0.0.1',
      '2001:db8::1',
      '2001:db8::2',
    ]);
    expect(parseForwardedFor('unknown, <script>, , _hidden')).toEqual([]);
    expect(parseForwardedFor('')).toEqual([]);
    expect(parseForwardedFor('1.1.1.1,'.repeat(10_000)).length).toBeLessThanOrEqual(20);
  });

  it('writes addresses in one form', () => {
    expect(addressText(new Uint8Array([127, 0, 0, 1]))).toBe('127.0.0.1');
    const mapped = new Uint8Array(16);
    mapped.set([255, 255, 1, 2, 3, 4], 10);
    expect(addressText(mapped)).toBe('1.2.3.4');
    const loopback = new Uint8Array(16);
    loopback[15] = 1;
    expect(addressText(loopback)).toBe('::1');
    expect(addressText(new Uint8Array([0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]))).toBe(
      '2001:db8:0:1::2',
    );
    expect(addressText(new Uint8Array(16))).toBe('::');
    expect(addressText(new Uint8Array(3))).toBe('');
    expect(plainAddress('::ffff:1.2.3.4')).toBe('1.2.3.4');
    expect(plainAddress('::1')).toBe('::1');
  });
});

describe('queries and cookies', () => {
  it('read what URLSearchParams writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 20 }), (fields) => {
        const parsed = parseQuery(new URLSearchParams(fields).toString());
        for (const [name, value] of Object.entries(fields)) expect(parsed.get(name)).toBe(value);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseQuery(text);
        parseCookies(text);
      }),
    );
    expect(parseQuery('a=%zz&b=%41&a=2').get('a')).toBe('%zz');
  });

  it('take the first of a name', () => {
    const cookies = parseCookies('a=1; b="two"; a=3; =x; c=%20d');
    expect([cookies.get('a'), cookies.get('b'), cookies.get('c')]).toEqual(['1', 'two', ' d']);
  });
});

describe('cross-origin rules', () => {
  const base = { allowedMethods: ['GET'], allowedHeaders: ['X-A'], urlMapping: ['/*'] };

  it('echo the origin with credentials', () => {
    const cors = createCors({ ...base, allowedOrigins: ['*'] });
    expect(cors.headersFor('https://a.example', '/x')).toContain('https://a.example');
    expect(cors.headersFor('', '/x')).toEqual([]);
    expect(cors.headersFor('https://a.example\r\nset-cookie: x', '/x')).toEqual([]);
  });

  it.each([
    ['https://shop.example', true],
    ['https://www.shop.example', true],
    ['https://a.b.shop.example', true],
    ['http://www.shop.example', false],
    ['https://evil-shop.example', false],
    ['https://shop.example.evil.example', false],
    ['https://evil.example/.shop.example', false],
    ['https://evil.example:80@.shop.example', false],
    ['null', false],
  ])('a star stands for part of a host: %s is %s', (origin, isAllowed) => {
    const cors = createCors({ ...base, allowedOrigins: ['https://shop.example', 'https://*.shop.example'] });
    expect(cors.headersFor(origin, '/').length > 0).toBe(isAllowed);
    expect(cors.preflightFor(origin, '/') !== undefined).toBe(isAllowed);
  });

  it('apply to the mapped paths alone', () => {
    const cors = createCors({ ...base, allowedOrigins: ['*'], urlMapping: ['/server/*', '*.js', '/one'] });
    const applies = (path: string): boolean => cors.headersFor('https://a.example', path).length > 0;
    expect(['/server', '/server/a/b', '/x/y.js', '/one'].map(applies)).toEqual([true, true, true, true]);
    expect(['/serverx', '/', '/one/two', '/y.jsx'].map(applies)).toEqual([false, false, false, false]);
  });
});

describe('static paths', () => {
  it.each([
    ['a/b.js', ['a', 'b.js']],
    ['', []],
    ['a/', ['a']],
    ['a%20b.js', ['a b.js']],
  ])('%j is lawful', (path, segments) => expect(safeSegments(path)).toEqual(segments));

  it.each([
    '..',
    '../x',
    'a/../../x',
    '%2e%2e/x',
    '..%2fx',
    'a//b',
    '.env',
    'a/.git/config',
    '%00',
    'a\\..\\x',
    '%5c',
    '%zz',
    '/etc/passwd',
    '%2fetc',
  ])('%j is not', (path) => expect(safeSegments(path)).toBeUndefined());

  it('never climb out, whatever comes', () => {
    const part = fc.constantFrom('..', '.', '%2e', '%2f', '/', '\\', 'a', '%5c', '%00', '~', '%252e');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        for (const segment of safeSegments(parts.join('')) ?? []) {
          expect(segment).not.toMatch(/^\.|[/\\\0]/);
          expect(segment).not.toBe('');
        }
      }),
    );
  });

  it('have types that browsers need, and none that they would run by mistake', () => {
    expect(contentTypeOf('/x/a.JS').type).toBe('text/javascript; charset=utf-8');
    expect(contentTypeOf('a.unknown').type).toBe('application/octet-stream');
    expect(contentTypeOf('constructor').type).toBe('application/octet-stream');
    expect(contentTypeOf('a.__proto__').type).toBe('application/octet-stream');
  });

  it('choose what the client takes', () => {
    expect(chooseEncoding('gzip, deflate, br')).toBe('br');
    expect(chooseEncoding('gzip;q=1.0, br;q=0')).toBe('gzip');
    expect(chooseEncoding('')).toBe('identity');
    expect(matchesTag('"a", W/"b"', '"b"')).toBe(true);
    expect(matchesTag('*', '"b"')).toBe(true);
    expect(matchesTag('"bb"', '"b"')).toBe(false);
  });
});

describe('the lifetime of a file that never changes', () => {
  it.each([
    ['public, max-age=3600', 'public, max-age=31536000, immutable'],
    ['', 'public, max-age=31536000, immutable'],
    ['Private, max-age=60', 'private, max-age=31536000, immutable'],
    ['no-store', 'no-store'],
    ['public, no-cache', 'public, no-cache'],
  ])('where the option says %j is %j', (option, header) => {
    expect(immutableCacheControl(option)).toBe(header);
  });
});

describe('headers', () => {
  it('cannot be split by a value', () => {
    expect(listHeaders({ Location: '/a\r\nset-cookie: x=1' }, ['location', 'default', 'x', 'y'])).toEqual([
      'location',
      '/a set-cookie: x=1',
      'x',
      'y',
    ]);
  });
});

describe('route patterns', () => {
  const match = (pattern: string, path: string): string[] | undefined =>
    matchPattern(pattern.split('/'), path.split('/'));
  it('match whole segments', () => {
    expect(match('/a/:id/b', '/a/7/b')).toEqual(['7']);
    expect(match('/a/:id', '/a/')).toBeUndefined();
    expect(match('/a', '/a/b')).toBeUndefined();
  });
});

const wireLimits: WireLimits = {
  bodyTimeoutMs: 0,
  pendingBodyBytesMax: 0,
  answerTimeoutMs: 1_000,
  pendingAnswerBytesMax: 100,
  connectionsMax: 10,
  frameBytesMax: 0,
  unsentBytesMax: 0,
  holdConnection: () => () => undefined,
};

describe('answers', () => {
  it('that are not taken in time are cut, large ones later', () => {
    const counters = newCounters();
    const pending = newPendingAnswers({ ...wireLimits, pendingAnswerBytesMax: 1e9 }, counters);
    const cut: string[] = [];
    const startMs = performance.now();
    pendAnswer(pending, { size: 81_920, held: 81_920, cut: () => cut.push('large') });
    pendAnswer(pending, { size: 10, held: 10, cut: () => cut.push('small') });
    const taken = pendAnswer(pending, { size: 10, held: 10, cut: () => cut.push('taken') });
    forgetAnswer(pending, taken);
    expireAnswers(pending, startMs + 999);
    expect(cut).toEqual([]);
    expireAnswers(pending, startMs + 9_000);
    expect(cut).toEqual(['small']);
    expireAnswers(pending, startMs + 60_000);
    expect([cut, pending.bytes, counters.answersCut]).toEqual([['small', 'large'], 0, 2]);
  });

  it('together over their limit cost the oldest, and what is no longer held costs nobody', () => {
    const pending = newPendingAnswers(wireLimits, newCounters());
    const cut: number[] = [];
    const add = (number: number, held: number): PendingAnswer =>
      pendAnswer(pending, { size: held, held, cut: () => cut.push(number) });
    forgetAnswer(pending, add(0, 90));
    add(1, 60);
    add(2, 30);
    add(3, 0);
    expect(cut).toEqual([]);
    add(4, 40);
    expect(cut).toEqual([1]);
    add(5, 1_000);
    expect([cut, pending.bytes]).toEqual([[1, 2, 3, 4], 1_000]);
  });
});

describe('JSONP', () => {
  const wish = (path: string, query: string, method = 'GET') => {
    const fields = parseQuery(query);
    const request = { method, path, queryText: query, query: (name: string) => fields.get(name) };
    return createJsonp(['/server/data/categories', '/server/data/visits/*'])(request);
  };

  it('is for listed paths and names of functions alone', () => {
    expect(wish('/server/data/categories', 'callback=a.b')).toEqual({ kind: 'call', name: 'a.b' });
    expect(wish('/server/data/visits/7', 'jsonp=f')).toEqual({ kind: 'call', name: 'f' });
    expect(wish('/server/data/categories', 'url=callback')).toEqual({ kind: 'none' });
    expect(wish('/server/data/categories', 'callback=f', 'POST')).toEqual({ kind: 'none' });
    expect(wish('/server/data/events', 'callback=f')).toMatchObject({ kind: 'refuse', status: 403 });
    for (const name of ['', 'alert(1)//', 'a%20b', 'f.', "'", 'a'.repeat(129)]) {
      expect(wish('/server/data/visits/7', `callback=${name}`)).toMatchObject({ status: 400 });
    }
  });

  it('makes a script of JSON, and of nothing else', () => {
    expect(asScript('f', '{"a":"\u2028"}', { vary: 'x' })).toEqual({
      body: 'f({"a":"\\u2028"})',
      headers: { vary: 'x', 'content-type': 'text/javascript;charset=UTF-8' },
    });
    const page = { 'content-type': 'text/html' };
    expect(asScript('f', '<p>', page)).toEqual({ body: '<p>', headers: page });
  });
});

describe('bodies', () => {
  const limits = { ...wireLimits, bodyTimeoutMs: 1_000, pendingBodyBytesMax: 100 };
  const read = (bytesMax: number, pending = newPendingBodies(limits)) => {
    const got: (string | number)[] = [];
    const reader = new BodyReader(
      pending,
      bytesMax,
      0,
      (body) => got.push(body.toString()),
      (status) => got.push(status),
    );
    return { got, reader, pending };
  };

  it('are gathered whole, copied, and given back to the common limit', () => {
    const { got, reader, pending } = read(20);
    const chunk = Buffer.from('abc');
    reader.take(chunk, false);
    chunk.fill('x');
    expect(pending.bytes).toBe(3);
    reader.take(Buffer.from('def'), true);
    reader.take(Buffer.from('late'), true);
    expect(got).toEqual(['abcdef']);
    expect([pending.bytes, pending.readers.size]).toEqual([0, 0]);
  });

  it('over their own limit are read to the end and refused', () => {
    const { got, reader, pending } = read(4);
    reader.take(Buffer.from('abc'), false);
    reader.take(Buffer.from('def'), false);
    expect(got).toEqual([]);
    reader.take(Buffer.from('g'), true);
    expect(got).toEqual([413]);
    expect([pending.bytes, pending.readers.size]).toEqual([0, 0]);
  });

  it('without end are refused without waiting for one', () => {
    const { got, reader } = read(4);
    for (let sent = 0; got.length === 0 && sent < 2_000_000; sent += 100_000)
      reader.take(Buffer.alloc(100_000), false);
    expect(got).toEqual([413]);
  });

  it('share one limit', () => {
    const first = read(90);
    const second = read(90, first.pending);
    first.reader.take(Buffer.alloc(80), false);
    second.reader.take(Buffer.alloc(30), false);
    second.reader.take(Buffer.alloc(1), true);
    expect(second.got).toEqual([503]);
    expect(first.pending.bytes).toBe(80);
    first.reader.abort();
    expect([first.pending.bytes, first.pending.readers.size]).toEqual([0, 0]);
  });

  it('that stop coming are refused in time', () => {
    const { got, reader, pending } = read(90);
    reader.take(Buffer.from('half'), false);
    expireBodies(pending, 999);
    expect(got).toEqual([]);
    expireBodies(pending, 1_000);
    expect(got).toEqual([408]);
    expect([pending.bytes, pending.readers.size]).toEqual([0, 0]);
  });
});
