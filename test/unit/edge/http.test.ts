/** The edge on real sockets over both wires: routes, files, the REST application, limits and abuse. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEdge, type Edge, type EdgeOptions, type Respond } from '../../../src/transport/edge/index.js';

const script = `// ${'a compressible line\n'.repeat(500)}`;

async function until(condition: () => boolean, boundMs = 5_000): Promise<void> {
  for (const endMs = Date.now() + boundMs; !condition();) {
    if (Date.now() > endMs) throw new Error(`nothing within ${boundMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(['native', 'node'] as const)('the edge over the %s wire', (wire) => {
  let folder: string;
  let edge: Edge;
  let base: string;
  const errors: string[] = [];
  let later: Respond | null = null;

  const start = async (options: Partial<EdgeOptions> = {}): Promise<void> => {
    edge = createEdge({
      host: '127.0.0.1',
      port: 0,
      wire,
      trustedProxies: ['loopback'],
      onError: (_error, where) => errors.push(where),
      routes: [
        {
          method: 'POST',
          path: '/hot',
          bodyBytesMax: 1_000,
          headers: ['cookie', 'x-forwarded-for'],
          handle(request, respond) {
            const { remoteAddress, forwardedFor, peerAddress } = request;
            const about = {
              remoteAddress,
              forwardedFor,
              peerAddress,
              cookie: request.cookie('c'),
              q: request.query('q'),
            };
            respond(200, JSON.stringify({ ...about, body: request.body.toString() }), { 'x-own': 'yes' });
            respond(500, 'a second answer');
          },
        },
        {
          method: 'GET',
          path: '/chat/:chatId/entries/:since',
          bodyBytesMax: 0,
          handle: (request, respond) =>
            respond(200, `"${request.param('chatId')} ${request.param('since')} ${request.path}"`),
        },
        {
          method: 'GET',
          path: '/late',
          bodyBytesMax: 0,
          handle: (_request, respond) => void (later = respond),
        },
        {
          method: 'GET',
          path: '/broken',
          bodyBytesMax: 0,
          handle() {
            throw new Error('a defect');
          },
        },
        {
          method: 'GET',
          path: '/big',
          bodyBytesMax: 0,
          handle: (_request, respond) =>
            respond(200, Buffer.alloc(20_000_000, 'x'), { 'content-type': 'text/plain' }),
        },
      ],
      mounts: [
        { prefix: '/files/', folder },
        {
          prefix: '/app/',
          folder: join(folder, 'app'),
          hashedFolder: 'assets/',
          pageFallback: 'index.html',
          headers: { 'content-security-policy': "default-src 'self'" },
        },
      ],
      static: { memoryBytesMax: 1_000_000 },
      fallback: async (request) => {
        if (request.url === '/rest/throws') throw new Error('a defect');
        if (request.url === '/rest/never') return new Promise(() => undefined);
        return {
          status: request.url === '/rest/made' ? 201 : 200,
          headers: {
            'content-type': 'application/json',
            'set-cookie': ['a=1', 'b=2'],
            'content-length': '999',
          },
          body: JSON.stringify({
            ...request,
            headers: undefined,
            cookie: request.headers.cookie,
            body: request.body.toString(),
          }),
        };
      },
      limits: {
        fallbackBodyBytesMax: 2_000,
        fallbackTimeoutMs: 150,
        fallbackInFlightMax: 2,
        bodyTimeoutMs: 300,
        closeTimeoutMs: 300,
      },
      ...options,
    });
    base = `http://127.0.0.1:${await edge.listen()}`;
  };

  /** The raw bytes of an answer, for what `fetch` would not send or would tidy up. */
  const raw = (text: string, path = ''): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(edge.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (data) => void (answer += data.toString('latin1')));
      socket.on('close', () => resolve(answer));
      socket.on('error', () => undefined);
      socket.write(text === '' ? `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n` : text);
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'edge-'));
    mkdirSync(join(folder, 'app', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'app', 'assets', 'index-B4EpuDUu.js'), script);
    mkdirSync(join(folder, '.hidden'));
    writeFileSync(join(folder, 'a.js'), script);
    writeFileSync(join(folder, 'page.html'), '<p>page</p>');
    writeFileSync(join(folder, 'data.bin'), 'binary');
    writeFileSync(join(folder, 'app', 'index.html'), '<p>app</p>');
    writeFileSync(join(folder, 'made.css'), 'a{}'.repeat(1_000));
    writeFileSync(join(folder, 'made.css.br'), brotliCompressSync('made beforehand'));
    writeFileSync(join(folder, 'large.txt'), 'l'.repeat(5_000_000));
    writeFileSync(join(folder, '.hidden', 'x.txt'), 'secret');
    symlinkSync('/etc', join(folder, 'etc'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await edge.close();
    errors.length = 0;
    later = null;
  });

  describe('hot routes', () => {
    it('hand over what was asked for, and answer once', async () => {
      await start();
      const response = await fetch(`${base}/hot?q=a%20b`, {
        method: 'POST',
        body: 'body',
        headers: { cookie: 'c=d', 'x-forwarded-for': '6.6.6.6, 1.2.3.4', origin: 'https://site.example' },
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        remoteAddress: '1.2.3.4',
        forwardedFor: ['6.6.6.6', '1.2.3.4'],
        peerAddress: '127.0.0.1',
        cookie: 'd',
        q: 'a b',
        body: 'body',
      });
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('x-own')).toBe('yes');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('access-control-allow-origin')).toBe('https://site.example');
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    });

    it('read named segments', async () => {
      await start();
      const response = await fetch(`${base}/chat/a%20b/entries/7`);
      expect(await response.json()).toBe('a b 7 /chat/a%20b/entries/7');
    });

    it('refuse a body over their limit, however it is sent', async () => {
      await start();
      const post = (body: string | ReadableStream) =>
        fetch(`${base}/hot`, { method: 'POST', body, duplex: 'half' });
      expect((await post('x'.repeat(1_000))).status).toBe(200);
      expect((await post('x'.repeat(1_001))).status).toBe(413);
      expect((await post('x'.repeat(500_000))).status).toBe(413);
      let count = 0;
      const chunks = new ReadableStream({
        pull(controller: ReadableStreamDefaultController<Uint8Array>) {
          controller.enqueue(new TextEncoder().encode('x'.repeat(700)));
          count += 1;
          if (count === 2) controller.close();
        },
      });
      expect((await post(chunks)).status).toBe(413);
    });

    it('may answer later, or find the client gone', async () => {
      await start();
      const waiting = fetch(`${base}/late`);
      await until(() => later !== null);
      later!(202, '{}');
      expect((await waiting).status).toBe(202);
      later = null;
      const abort = new AbortController();
      const gone = fetch(`${base}/late`, { signal: abort.signal }).catch(() => 'gone');
      await until(() => later !== null);
      abort.abort();
      expect(await gone).toBe('gone');
      await until(() => edge.stats().requestsAborted === 1);
      later!(200, 'to nobody');
      expect(edge.stats().requestsInFlight).toBe(0);
    });

    it('turn a defect into a 500 that tells nothing', async () => {
      await start();
      const response = await fetch(`${base}/broken`);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('a defect');
      expect(errors).toEqual(['GET /broken']);
    });

    it('send large answers at the reader’s pace', async () => {
      await start();
      const body = await (await fetch(`${base}/big`)).arrayBuffer();
      expect(body.byteLength).toBe(20_000_000);
    });

    it('serve many requests on one connection', async () => {
      await start();
      const one = 'POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\nb';
      const answer = await raw(one + one + one.replace('host', 'connection: close\r\nhost'));
      expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    });
  });

  describe('the REST application', () => {
    it('sees the whole request, and its answer comes through', async () => {
      await start();
      const response = await fetch(`${base}/rest/made?x=1&y`, {
        method: 'PUT',
        body: 'cold',
        headers: { cookie: 'c=1', 'x-forwarded-for': '9.9.9.9' },
      });
      expect(response.status).toBe(200);
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(await response.json()).toEqual({
        method: 'PUT',
        url: '/rest/made?x=1&y',
        cookie: 'c=1',
        body: 'cold',
        remoteAddress: '9.9.9.9',
      });
      expect((await fetch(`${base}/rest/made`)).status).toBe(201);
    });

    it('is bounded in size, time and number', async () => {
      await start();
      expect((await fetch(`${base}/rest`, { method: 'POST', body: 'x'.repeat(2_001) })).status).toBe(413);
      const slow = [fetch(`${base}/rest/never`), fetch(`${base}/rest/never`)];
      await until(() => edge.stats().requestsInFlight === 2);
      const third = await fetch(`${base}/rest/x`);
      expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1']);
      expect((await Promise.all(slow)).map((response) => response.status)).toEqual([503, 503]);
    });

    it('may fail', async () => {
      await start();
      const response = await fetch(`${base}/rest/throws`);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ error: 'INTERNAL' });
      expect(errors).toEqual(['GET /rest/throws']);
    });

    it('answers HEAD without a body', async () => {
      await start();
      const response = await fetch(`${base}/rest/made`, { method: 'HEAD' });
      expect(response.status).toBe(201);
      expect(await response.text()).toBe('');
    });

    it('need not be there', async () => {
      await start({ fallback: undefined as never });
      expect((await fetch(`${base}/nothing`)).status).toBe(404);
    });
  });

  describe('static files', () => {
    it('come with type, tag and lifetime, compressed as the client likes', async () => {
      await start();
      const response = await fetch(`${base}/files/a.js`, { headers: { 'accept-encoding': 'br' } });
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('content-encoding')).toBe('br');
      expect(response.headers.get('cache-control')).toBe('public, max-age=3600');
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      expect(await response.text()).toBe(script);
      const tag = response.headers.get('etag')!;
      const again = await fetch(`${base}/files/a.js`, {
        headers: { 'accept-encoding': 'br', 'if-none-match': tag },
      });
      expect([again.status, await again.text()]).toEqual([304, '']);
      const plain = await fetch(`${base}/files/a.js`, { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(plain.headers.get('etag')).not.toBe(tag);
      expect((await fetch(`${base}/files/data.bin`)).headers.get('cache-control')).toBe('no-cache');
    });

    it('with a hash in their names are kept for good, where the options let anything be kept', async () => {
      const path = '/app/assets/index-B4EpuDUu.js';
      const lifetime = async (name: string): Promise<string | null> =>
        (await fetch(base + name)).headers.get('cache-control');
      await start();
      expect(await lifetime(path)).toBe('public, max-age=31536000, immutable');
      expect(await lifetime(`/files${path}`)).toBe('public, max-age=3600');
      expect(await lifetime('/app/')).toBe('no-cache');
      await edge.close();
      await start({ static: { cacheControlPattern: /\.css$/ } });
      expect(await lifetime(path)).toBe('no-cache');
    });

    it('take what was compressed beforehand', async () => {
      await start();
      const response = await fetch(`${base}/files/made.css`, { headers: { 'accept-encoding': 'br' } });
      expect(await response.text()).toBe('made beforehand');
      const bytes = await new Promise<Buffer>((resolve) => {
        httpRequest(`${base}/files/made.css`, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => resolve(Buffer.concat(chunks)));
        }).end();
      });
      expect(gunzipSync(bytes).toString()).toBe('a{}'.repeat(1_000));
    });

    it('answer HEAD with the length and no body', async () => {
      await start();
      const response = await fetch(`${base}/files/page.html`, { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-length')).toBe('11');
      expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN');
      const large = await fetch(`${base}/files/large.txt`, { method: 'HEAD' });
      expect(large.headers.get('content-length')).toBe('5000000');
    });

    it('too large for the memory are sent piece by piece', async () => {
      await start();
      expect(await (await fetch(`${base}/files/large.txt`)).text()).toBe('l'.repeat(5_000_000));
      const abort = new AbortController();
      const cut = await fetch(`${base}/files/large.txt`, { signal: abort.signal });
      await cut.body!.getReader().read();
      abort.abort();
      await until(() => edge.stats().requestsInFlight === 0);
    });

    it('serve the index of a folder, and the page of a path without a file', async () => {
      await start();
      expect(await (await fetch(`${base}/app/`)).text()).toBe('<p>app</p>');
      const page = await fetch(`${base}/app/chats/7`);
      expect([page.status, await page.text()]).toEqual([200, '<p>app</p>']);
      expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
      expect((await fetch(`${base}/app/missing.js`)).status).toBe(404);
      const bare = await fetch(`${base}/app`, { redirect: 'manual' });
      expect([bare.status, bare.headers.get('location')]).toEqual([301, '/app/']);
      const folderPath = await fetch(`${base}/files/app`, { redirect: 'manual' });
      expect(folderPath.headers.get('location')).toBe('/files/app/');
    });

    it.each([
      '/files/../package.json',
      '/files/%2e%2e/%2e%2e/etc/passwd',
      '/files/..%2f..%2fetc/passwd',
      '/files/etc/passwd',
      '/files/.hidden/x.txt',
      '/files/a.js%00.html',
      '/files/%5c..%5c',
      '/files//etc/passwd',
      '/files/nothing',
      '/files/%zz',
    ])('do not answer %s', async (path) => {
      await start({ fallback: undefined as never });
      expect(await raw('', path)).toMatch(/^HTTP\/1\.1 404/);
    });

    it('take GET and HEAD alone', async () => {
      await start();
      const response = await fetch(`${base}/files/a.js`, { method: 'POST', body: 'x' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    });

    it('leave what they except to the REST application', async () => {
      await start({ mounts: [{ prefix: '/app/', folder: join(folder, 'app'), except: ['/app/api/'] }] });
      expect((await fetch(`${base}/app/api/x`)).headers.get('content-type')).toBe('application/json');
      expect((await fetch(`${base}/app/`)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    });

    it('show a change of the folder without a restart', async () => {
      await start();
      const path = join(folder, `changing-${wire}.txt`);
      const text = async (): Promise<string> => {
        const response = await fetch(`${base}/files/changing-${wire}.txt`);
        return response.ok ? response.text() : String(response.status);
      };
      let seen = await text();
      expect(seen).toBe('404');
      writeFileSync(path, 'first');
      for (const want of ['first', 'second, longer']) {
        writeFileSync(path, want);
        for (const endMs = Date.now() + 4_000; seen !== want && Date.now() < endMs;) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          seen = await text();
        }
        expect(seen).toBe(want);
      }
    });
  });

  describe('cross-origin rules', () => {
    it('answer pre-flight requests', async () => {
      await start();
      const preflight = (origin: string) =>
        fetch(`${base}/hot`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        });
      const response = await preflight('https://site.example');
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('https://site.example');
      expect(response.headers.get('access-control-allow-methods')).toContain('POST');
      expect(response.headers.get('access-control-allow-headers')).toContain('Content-Type');
      await edge.close();
      const cors = {
        allowedOrigins: ['https://other.example'],
        allowedMethods: ['GET'],
        allowedHeaders: [],
        urlMapping: ['/*'],
      };
      await start({ cors });
      expect((await preflight('https://site.example')).status).toBe(403);
      const plain = await fetch(`${base}/late?`, {
        method: 'HEAD',
        headers: { origin: 'https://site.example' },
      });
      expect(plain.headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('abuse', () => {
    it('ends a body that stops coming', async () => {
      await start();
      const answer = await raw('POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf');
      expect(answer).toMatch(/^HTTP\/1\.1 408/);
      expect(edge.stats().requestsInFlight).toBe(0);
    });

    it('does not take huge headers', async () => {
      await start();
      const answer = await raw(`GET /late HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(200_000)}\r\n\r\n`);
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
      expect((await fetch(`${base}/rest/made`)).status).toBe(201);
    });

    it.each([
      'GARBAGE\r\n\r\n',
      'GET /late HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01',
      'GET /hot HTTP/1.1\r\n\r\n',
      'POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n',
      'POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ])('survives %j', async (text) => {
      await start();
      const socket = connect(edge.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(text, 'latin1');
      expect((await fetch(`${base}/rest/made`)).status).toBe(201);
      socket.destroy();
      await until(() => edge.stats().requestsInFlight === 0);
    });
  });

  it('refuses a port that is taken', async () => {
    await start();
    const second = createEdge({ host: '127.0.0.1', port: edge.port, wire });
    await expect(second.listen()).rejects.toMatchObject({ code: 'NOT_READY' });
    await second.close();
  });

  it('finishes what is under way before it closes', async () => {
    await start();
    const waiting = fetch(`${base}/late`);
    await until(() => later !== null);
    const closed = edge.close();
    await expect(fetch(`${base}/rest/made`)).rejects.toThrow();
    later!(200, '"finished"');
    expect(await (await waiting).json()).toBe('finished');
    await closed;
  });
});
