/** The rules of spec/bayeux-semantics.md on real sockets, over both wires; the numbers are theirs. */
import { connect as connectSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  FrameClient,
  HandClient,
  pendingAfter,
  startServer,
  until,
  wires,
  type TestServer,
} from './server.js';

describe.each(wires)('Bayeux over the %s wire', (wire) => {
  let server: TestServer;
  const sockets: FrameClient[] = [];
  const start = async (
    ...settings: Parameters<typeof startServer> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    server = await startServer(wire, ...settings);
    return server;
  };
  const socket = (headers: Record<string, string> = {}): FrameClient => {
    const client = new FrameClient(server.url, headers);
    sockets.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of sockets.splice(0)) client.close();
    await server.stop();
  });

  it('1, 2, 9, 13: handshakes, connects at once and then is held until a message comes', async () => {
    const { url } = await start();
    const client = new HandClient(`${url}/handshake`);
    const shaken = await client.handshake({ id: 1 });
    expect(shaken.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    expect(shaken.headers.get('set-cookie')).toMatch(/^BAYEUX_BROWSER=[\w-]{16,64}; Path=\/; HttpOnly$/);
    expect(shaken.messages[0]).toMatchObject({ id: '1', successful: true, version: '1.0' });
    expect((await client.connect()).messages[0]).toMatchObject({
      advice: { reconnect: 'retry', interval: 0 },
    });
    await client.subscribe('/a');
    const held = client.connect({ id: 2 });
    await until(() => server.edge.stats().requestsInFlight === 1);
    server.edge.publish('/a', { hello: 'wörld' });
    expect((await held).messages).toEqual([
      { channel: '/a', data: { hello: 'wörld' } },
      { channel: '/meta/connect', id: '2', successful: true },
    ]);
  });

  it('1: lets a connect go after the timeout', async () => {
    const { url } = await start({ timeoutMs: 150 });
    const client = await new HandClient(url).start();
    const answer = await client.connect({ id: 7 });
    expect(answer.messages).toEqual([{ channel: '/meta/connect', id: '7', successful: true }]);
  });

  it('3: keeps messages for a poll that was cut mid-way', async () => {
    const { url } = await start();
    const client = await new HandClient(url).start();
    await client.subscribe('/a');
    const abort = new AbortController();
    const cut = client.connect({}, abort.signal).catch(() => 'cut');
    await until(() => server.edge.stats().requestsInFlight === 1);
    abort.abort();
    expect(await cut).toBe('cut');
    await until(() => server.edge.stats().requestsInFlight === 0);
    expect(server.edge.stats().requestsAborted).toBe(1);
    server.edge.publish('/a', 1);
    expect((await client.connect()).messages[0]).toEqual({ channel: '/a', data: 1 });
  });

  it('3: repeats what was not acknowledged', async () => {
    const { url } = await start();
    const client = await new HandClient(url).start({ ext: { ack: true } });
    await client.subscribe('/a');
    server.edge.publish('/a', 1);
    const first = (await client.connect({ ext: { ack: 0 } })).messages;
    expect(first).toHaveLength(2);
    server.edge.publish('/a', 2);
    const again = (await client.connect({ ext: { ack: 0 } })).messages;
    expect(again.slice(0, 2).map((message) => message.data)).toEqual([1, 2]);
    const { ack } = again[2]!.ext as { ack: number };
    server.edge.publish('/a', 3);
    const next = (await client.connect({ ext: { ack } })).messages;
    expect(next.map((message) => message.data)).toEqual([3, undefined]);
  });

  it('4: tells unknown clients to shake hands, with HTTP 200 and in frames', async () => {
    const { url } = await start();
    const client = new HandClient(url);
    client.clientId = 'nobody';
    const answer = await client.connect({ id: 5 });
    expect(answer.status).toBe(200);
    const expected = {
      channel: '/meta/connect',
      id: '5',
      successful: false,
      error: '402::session_unknown',
      advice: { reconnect: 'handshake', interval: 0 },
    };
    expect(answer.messages).toEqual([expected]);
    const frame = await socket().opened();
    expect(await frame.ask({ channel: '/meta/connect', id: 5, clientId: 'nobody' })).toEqual([expected]);
  });

  it('5: a stolen clientId is worth nothing without the cookie', async () => {
    const { url } = await start();
    const victim = await new HandClient(url).start();
    const thief = await new HandClient(url).start();
    thief.clientId = victim.clientId;
    expect((await thief.publish('/a', 1)).messages[0]?.error).toBe('402::session_unknown');
    const naked = new HandClient(url);
    naked.clientId = victim.clientId;
    expect((await naked.publish('/a', 1)).messages[0]?.error).toBe('402::session_unknown');
    const frame = await socket().opened();
    const [reply] = await frame.ask({ channel: '/a', clientId: victim.clientId, data: 1 });
    expect(reply?.error).toBe('402::session_unknown');
    const onSocket = await socket().start();
    naked.clientId = onSocket.clientId;
    expect((await naked.connect()).messages[0]?.error).toBe('402::session_unknown');
    expect((await victim.publish('/a', 1)).messages[0]?.successful).toBe(true);
  });

  it('checks the identity again at every HTTP request, and refuses who may not shake hands', async () => {
    const { url } = await start();
    const client = new HandClient(url);
    client.cookie = 'user=ann';
    await client.start();
    expect((await client.publish('/a', 1)).messages[0]?.successful).toBe(true);
    client.cookie = client.cookie.replace('user=ann', 'user=bob');
    expect((await client.publish('/a', 1)).messages[0]?.error).toBe('402::session_unknown');
    const banned = new HandClient(url);
    banned.cookie = 'user=banned';
    expect((await banned.handshake()).messages[0]?.error).toBe('403::handshake_denied');
    const frame = socket({ cookie: 'user=banned' });
    await until(() => frame.closeCode !== null);
  });

  it('refuses a request that the server’s own code stumbles over', async () => {
    const errors: string[] = [];
    const contextOf = (): never => {
      throw new Error('a defect');
    };
    const { url } = await start({}, { contextOf }, { onError: (_error, where) => errors.push(where) });
    expect((await new HandClient(url).handshake()).messages[0]?.error).toBe('403::handshake_denied');
    const frame = socket();
    await until(() => frame.closeCode !== null);
    expect(errors).toEqual(['bayeux context', 'bayeux context']);
  });

  it('6: answers the second poll of a browser at once', async () => {
    const { url } = await start();
    const first = await new HandClient(url).start();
    const second = new HandClient(url);
    second.cookie = first.cookie;
    await second.start();
    const held = first.connect();
    await until(() => server.edge.stats().requestsInFlight === 1);
    expect((await second.connect()).messages[0]).toMatchObject({
      successful: true,
      advice: { 'multiple-clients': true, interval: 2_000, reconnect: 'retry' },
    });
    await first.send([{ channel: '/meta/disconnect', clientId: first.clientId }]);
    expect((await held).messages[0]).toMatchObject({ successful: true, advice: { reconnect: 'none' } });
    expect((await first.connect()).messages[0]?.error).toBe('402::session_unknown');
  });

  it('7: a second connect supersedes the first', async () => {
    const { url } = await start();
    const client = await new HandClient(url).start();
    await client.subscribe('/a');
    const older = client.connect({ id: 'older' });
    await until(() => server.edge.stats().requestsInFlight === 1);
    const newer = client.connect({ id: 'newer' });
    expect((await older).messages[0]).toMatchObject({ id: 'older', successful: false });
    server.edge.publish('/a', 1);
    expect((await newer).messages.map((message) => message.id)).toEqual([undefined, 'newer']);
  });

  it('8: forgets a session `maxInterval` after its socket closed', async () => {
    await start({ maxIntervalMs: 200 });
    const client = await socket().start();
    await client.ask({ channel: '/meta/subscribe', clientId: client.clientId, subscription: '/a' });
    client.close();
    await until(() => server.edge.stats().webSockets === 0);
    expect(server.edge.stats().sessions).toBe(1);
    await until(() => server.edge.stats().sessions === 0);
    expect(server.edge.hasSubscribers('/a')).toBe(false);
  });

  it('2, 10, 12: a WebSocket gets its own broadcast in the order of its batch', async () => {
    await start();
    const client = await socket().start();
    const { clientId } = client;
    const answers = await client.ask([
      { channel: '/meta/subscribe', clientId, subscription: ['/a', '/**'], id: 1 },
      { channel: '/a', clientId, data: 'x', id: 2 },
      { channel: '/service/echo', clientId, data: 'y', id: 3 },
    ]);
    await until(() => answers.length >= 5);
    expect(answers.map((answer) => answer.id ?? answer.data)).toEqual(['1', 'x', '2', '3', 'y']);
  });

  it('11: malformed JSON is HTTP 400, and 1011 on a WebSocket', async () => {
    const { url } = await start();
    const client = new HandClient(url);
    for (const body of ['', '{', '42', 'null', '"text"', '[}', '\u0000']) {
      expect((await client.send(body)).status, body).toBe(400);
    }
    expect((await client.send([])).messages[0]).toMatchObject({ successful: false });
    const frame = await socket().opened();
    frame.send('[{]');
    await until(() => frame.closeCode !== null);
    expect(frame.closeCode).toBe(1011);
    const binary = await socket().opened();
    binary.socket.send(Buffer.from('[]'));
    await until(() => binary.closeCode !== null);
    expect(binary.closeCode).toBe(1003);
  });

  it('14: callback-polling answers scripts and refuses hostile names', async () => {
    const { url } = await start();
    const get = async (messages: object, jsonp: string, cookie = '') => {
      const query = new URLSearchParams({ message: JSON.stringify(messages), jsonp });
      return answerOf(await fetch(`${url}/connect?${query.toString()}`, { headers: { cookie } }));
    };
    const handshake = [{ channel: '/meta/handshake', supportedConnectionTypes: ['callback-polling'] }];
    const shaken = await get(handshake, 'cometd._callback1');
    expect(shaken.headers.get('content-type')).toBe('text/javascript;charset=UTF-8');
    expect(shaken.headers.get('x-content-type-options')).toBe('nosniff');
    const json = /^cometd\._callback1\((\[.*\])\)$/.exec(shaken.text)![1]!;
    const [{ clientId }] = JSON.parse(json) as [{ clientId: string }];
    const cookie = shaken.headers.get('set-cookie')!.split(';')[0];
    const connect = [{ channel: '/meta/connect', clientId, connectionType: 'callback-polling' }];
    expect((await get(connect, 'f', cookie)).text).toMatch(/^f\(\[\{.*"successful":true.*\}\]\)$/);
    const wrongType = [{ ...connect[0], connectionType: 'long-polling' }];
    expect((await get(wrongType, 'f', cookie)).text).toContain('"successful":false');
    for (const hostile of ['alert(1)//', 'a;b', '<script>', '', 'x'.repeat(200)]) {
      expect((await get(handshake, hostile)).status, hostile).toBe(400);
    }
    expect((await fetch(`${url}?jsonp=f`)).status).toBe(400);
    expect((await fetch(`${url}?jsonp=f&message=%5B%7B`)).status).toBe(400);
  });

  it('15: takes messages over 64 KB, up to its own limit', async () => {
    const { url } = await start({}, { messageBytesMax: 100_000 });
    const client = await new HandClient(url).start();
    expect((await client.publish('/a', 'x'.repeat(70_000))).messages[0]?.successful).toBe(true);
    expect((await client.publish('/a', 'x'.repeat(110_000))).status).toBe(413);
    const frame = await socket().start();
    await frame.ask({ channel: '/meta/subscribe', clientId: frame.clientId, subscription: '/b' });
    const data = 'y'.repeat(70_000);
    expect((await frame.ask({ channel: '/b', clientId: frame.clientId, data }))[0]?.data).toBe(data);
    frame.send({ channel: '/b', clientId: frame.clientId, data: 'z'.repeat(110_000) });
    await until(() => frame.closeCode !== null);
  });

  it('16: subscribes and publishes before the first connect', async () => {
    const { url } = await start();
    const client = new HandClient(url);
    await client.handshake();
    expect((await client.subscribe('/a')).messages[0]?.successful).toBe(true);
    expect((await client.publish('/a', 'early')).messages[0]).toEqual({ channel: '/a', data: 'early' });
  });

  it('drops a WebSocket that does not read, counts it, and serves the others', async () => {
    await start({}, {}, { limits: { webSocketUnsentBytesMax: 65_536, closeTimeoutMs: 500 } });
    const slow = await socket().start();
    const quick = await socket().start();
    for (const client of [slow, quick]) {
      await client.ask({ channel: '/meta/subscribe', clientId: client.clientId, subscription: '/a' });
      client.messages.length = 0;
    }
    slow.socket.pause();
    const data = 'x'.repeat(60_000);
    let sent = 0;
    // The kernel's own buffers take some megabytes first.
    while (server.edge.stats().webSocketsDroppedSlow === 0 && sent < 2_000) {
      server.edge.publish('/a', data);
      sent += 1;
      await until(() => quick.messages.length >= sent);
    }
    expect(server.edge.stats().webSocketsDroppedSlow).toBe(1);
    await until(() => server.edge.stats().webSockets === 1);
    expect(quick.messages).toHaveLength(sent);
  });

  it('survives frames and requests cut mid-way', async () => {
    const { url, base } = await start();
    const port = Number(new URL(base).port);
    for (const bytes of [
      'POST /server/cometd HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n[{"channel":',
      'POST /server/cometd HTTP/1.1\r\nhost: x\r\n',
      'GET /server/cometd HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n' +
        '\x81\xfe\x10\x00abcd',
    ]) {
      const raw = connectSocket(port, '127.0.0.1');
      await new Promise((resolve) => raw.write(bytes, 'latin1', resolve));
      raw.destroy();
    }
    await until(() => server.edge.stats().requestsInFlight === 0 && server.edge.stats().webSockets === 0);
    expect((await new HandClient(url).handshake()).messages[0]?.successful).toBe(true);
  });

  it('takes a session over to a new socket, with what waited', async () => {
    await start();
    const client = await socket().start();
    await client.ask({ channel: '/meta/subscribe', clientId: client.clientId, subscription: '/a' });
    client.close();
    await until(() => server.edge.stats().webSockets === 0);
    server.edge.publish('/a', 'waited');
    const next = await socket().opened();
    const got = await next.ask({
      channel: '/meta/connect',
      clientId: client.clientId,
      connectionType: 'websocket',
    });
    expect(got[0]).toEqual({ channel: '/a', data: 'waited' });
  });

  it('gives the server a way to send what is pending to the fresh subscriber alone', async () => {
    const fresh: string[] = [];
    await start(
      {},
      {
        onSubscribed: (channel, _context, session) => {
          fresh.push(channel);
          server.edge.deliver(session, channel, 'pending');
        },
      },
    );
    const other = await socket().start();
    await other.ask({ channel: '/meta/subscribe', clientId: other.clientId, subscription: '/a' });
    await until(() => other.messages.length === 2);
    other.messages.length = 0;
    const client = await socket().start();
    const got = await client.ask({
      channel: '/meta/subscribe',
      clientId: client.clientId,
      subscription: '/a',
    });
    await until(() => got.length === 2);
    expect(got.map((message) => message.channel)).toEqual(['/meta/subscribe', '/a']);
    expect(other.messages).toEqual([]);
    expect(fresh).toEqual(['/a', '/a']);
    expect(server.edge.deliver('nobody', '/a', 1)).toBe(false);
  });

  it('ends the sessions of an identity', async () => {
    await start();
    const ann = await socket({ cookie: 'user=ann' }).start();
    ann.connect({ id: 'held' });
    await until(() => server.edge.stats().sessions === 1);
    const bob = await socket({ cookie: 'user=bob' }).start();
    server.edge.endSessions('ann');
    await until(() => ann.messages.length > 0);
    expect(ann.messages[0]).toMatchObject({ advice: { reconnect: 'none' } });
    const [reply] = await bob.ask({ channel: '/x', clientId: bob.clientId, data: 1 });
    expect(reply?.successful).toBe(true);
  });

  it('applies the cross-origin rules to WebSockets', async () => {
    const cors = {
      allowedOrigins: ['https://*.shop.example'],
      allowedMethods: [],
      allowedHeaders: [],
      urlMapping: ['/*'],
    };
    await start({}, {}, { cors });
    const own = await socket({ origin: server.base }).opened();
    expect(own.closeCode).toBeNull();
    const friend = await socket({ origin: 'https://www.shop.example' }).opened();
    expect(friend.closeCode).toBeNull();
    const stranger = socket({ origin: 'https://evil.example' });
    await until(() => stranger.closeCode !== null);
    expect(server.edge.stats().webSockets).toBe(2);
  });

  it('answers held polls and says goodbye to sockets when it stops', async () => {
    const { url } = await start();
    const poll = await new HandClient(url).start();
    const held = poll.connect();
    await until(() => server.edge.stats().requestsInFlight === 1);
    const client = await socket().start();
    const stopped = server.stop();
    expect((await held).messages[0]).toMatchObject({ successful: true, advice: { interval: 1_000 } });
    await until(() => client.closeCode !== null);
    expect(client.closeCode).toBe(1001);
    await stopped;
    await expect(fetch(url)).rejects.toThrow();
  });

  it('refuses WebSockets when that transport is switched off', async () => {
    const { url } = await start({ transports: ['long-polling'] });
    const frame = socket();
    await until(() => frame.closeCode !== null);
    const answer = await new HandClient(url).handshake();
    expect(answer.messages[0]?.supportedConnectionTypes).toEqual(['long-polling']);
  });

  it('holds a poll while other requests of the session are served', async () => {
    const { url } = await start();
    const client = await new HandClient(url).start();
    const held = client.connect();
    expect(await pendingAfter(held, client.publish('/service/quiet', 1))).toBe(true);
    await client.send([{ channel: '/meta/disconnect', clientId: client.clientId }]);
    await held;
  });
});
