/** The rules of spec/bayeux-semantics.md, one by one; the numbers are theirs. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/index.js';
import { connectedPoll, connectedSocket, connectMessage, newWorld, text } from './world.js';

const advice = { interval: 0, timeout: 30_000, reconnect: 'retry' };

describe('connect', () => {
  it('1: the first returns at once with the advice, the second is held', () => {
    const world = newWorld();
    const { clientId, browserId } = world.handshakePost();
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling', id: 2 };
    expect(world.post([connect], { browserId }).answer).toEqual([
      { channel: '/meta/connect', id: '2', successful: true, advice },
    ]);
    const { exchange, answer } = world.post([connect], { browserId });
    expect(answer).toBeUndefined();
    world.wait(29_900);
    expect(world.answers.has(exchange)).toBe(false);
    world.wait(150);
    expect(world.answers.get(exchange)).toEqual([{ channel: '/meta/connect', id: '2', successful: true }]);
  });

  it('1: `advice.timeout: 0` is not held, and nobody may ask for more than the server allows', () => {
    const world = newWorld({ timeoutMs: 1_000 });
    const { connect } = connectedPoll(world);
    expect(connect({ advice: { timeout: 0 } }).answer).toHaveLength(1);
    const { exchange } = connect({ advice: { timeout: 60_000 } });
    world.wait(1_050);
    expect(world.answers.has(exchange)).toBe(true);
  });

  it('2: a poll answers the messages and then its own reply', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    const { exchange } = connect({ id: 'c' });
    world.step({ kind: 'publish', channel: '/a', data: { n: 1 } });
    expect(world.answers.get(exchange)).toEqual([
      { channel: '/a', data: { n: 1 } },
      { channel: '/meta/connect', id: 'c', successful: true },
    ]);
  });

  it('2: on a WebSocket a push does not end the held connect', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: '/a' });
    expect(world.frame(1, connectMessage(clientId, { id: 'held' }))).toEqual([]);
    const before = world.frames.get(1)!.length;
    world.step({ kind: 'publish', channel: '/a', data: 1 });
    expect(world.frames.get(1)!.slice(before)).toEqual([[{ channel: '/a', data: 1 }]]);
    world.wait(30_050);
    expect(world.frames.get(1)!.at(-1)).toEqual([{ channel: '/meta/connect', id: 'held', successful: true }]);
  });

  it('6: a further session of one browser holds no poll and is told to pause', () => {
    const world = newWorld();
    const first = connectedPoll(world);
    const held = first.connect();
    const second = connectedPoll(world, {}, { browserId: first.browserId });
    expect(second.connect().answer?.[0]).toMatchObject({
      successful: true,
      advice: { 'multiple-clients': true, interval: 2_000, reconnect: 'retry' },
    });
    world.step({ kind: 'aborted', exchange: held.exchange });
    const { exchange, answer } = second.connect();
    expect(answer).toBeUndefined();
    world.wait(30_050);
    // It got the place and hears that it need not pause any more.
    expect(world.answers.get(exchange)?.[0]).toMatchObject({ advice });
  });

  it('6: a negative bound is no bound, and other browsers do not count', () => {
    const unbounded = newWorld({ maxSessionsPerBrowser: -1 });
    const { browserId, connect } = connectedPoll(unbounded);
    expect(connect().answer).toBeUndefined();
    expect(connectedPoll(unbounded, {}, { browserId }).connect().answer).toBeUndefined();
    const world = newWorld();
    expect(connectedPoll(world).connect().answer).toBeUndefined();
    expect(connectedPoll(world).connect().answer).toBeUndefined();
  });

  it('7: a second connect supersedes the held one, and messages go to the newer', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    const older = connect({ id: 1 });
    const newer = connect({ id: 2 });
    expect(world.answers.get(older.exchange)).toEqual([
      { channel: '/meta/connect', id: '1', successful: false, error: '408::connect_superseded' },
    ]);
    expect(newer.answer).toBeUndefined();
    world.step({ kind: 'publish', channel: '/a', data: 'x' });
    expect(world.answers.get(newer.exchange)?.map((message) => message.channel)).toEqual([
      '/a',
      '/meta/connect',
    ]);
  });

  it('8: expires `maxInterval` after the last connect reply, and not while a connect is held', () => {
    const world = newWorld({ timeoutMs: 60_000, maxIntervalMs: 1_000 });
    const { clientId, connect } = connectedPoll(world);
    connect();
    world.wait(59_000);
    expect(world.state.sessions.has(clientId)).toBe(true);
    world.wait(1_900);
    expect(world.state.sessions.has(clientId)).toBe(true);
    world.wait(200);
    expect(world.state.sessions.has(clientId)).toBe(false);
    expect(world.facts.at(-1)).toMatchObject({ kind: 'ended', reason: 'expired' });
  });

  it('8: any other message postpones expiry', () => {
    const world = newWorld({ maxIntervalMs: 1_000 });
    const { clientId, about } = connectedPoll(world);
    for (let round = 0; round < 5; round++) {
      world.wait(900);
      expect(world.post([{ channel: '/x', clientId, data: 1 }], about).answer?.[0]?.successful).toBe(true);
    }
    world.wait(1_100);
    expect(world.state.sessions.size).toBe(0);
  });

  it('8: a closed WebSocket leaves the session until then; a new one takes it over with what waited', () => {
    const world = newWorld({ maxIntervalMs: 1_000 });
    const clientId = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: '/a' });
    world.frame(1, connectMessage(clientId));
    world.step({ kind: 'closed', connection: 1 });
    world.wait(900);
    world.step({ kind: 'publish', channel: '/a', data: 'kept' });
    expect(world.frame(2, connectMessage(clientId))).toEqual([{ channel: '/a', data: 'kept' }]);
    world.step({ kind: 'closed', connection: 2 });
    world.wait(1_100);
    expect(world.state.sessions.size).toBe(0);
    expect(world.state.connections.size).toBe(0);
  });

  it('answers a connect in a batch at once, because its neighbours would wait for it', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const replies = world.frame(1, [
      connectMessage(clientId, { id: 1 }),
      { channel: '/service/x', clientId, data: 0, id: 2 },
    ]);
    expect(replies.map((reply) => reply.id)).toEqual(['1', '2']);
  });
});

describe('sessions', () => {
  it.each(['/meta/connect', '/meta/subscribe', '/meta/disconnect', '/a', '/service/a'])(
    '4: %s of an unknown client is told to shake hands',
    (channel) => {
      const world = newWorld();
      for (const clientId of ['nobody', undefined, 7, null]) {
        const message = {
          channel,
          id: 'i',
          data: 1,
          subscription: '/a',
          ...(clientId === undefined ? {} : { clientId }),
        };
        expect(world.frame(1, message)).toEqual([
          expect.objectContaining({
            channel,
            id: 'i',
            successful: false,
            error: '402::session_unknown',
            advice: { reconnect: 'handshake', interval: 0 },
          }),
        ]);
      }
    },
  );

  it('4: subscriptions die with the session', () => {
    const world = newWorld({ maxIntervalMs: 1_000 });
    const clientId = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: ['/a', '/b/*'] });
    world.step({ kind: 'closed', connection: 1 });
    world.wait(1_100);
    expect(world.state.subscribers.size).toBe(0);
    expect(world.state.subscriptionCount).toBe(0);
    expect(world.state.wildcardCount).toBe(0);
    const gone = world.facts.filter((fact) => fact.kind === 'unsubscribed').map((fact) => fact.channel);
    expect(gone).toEqual(['/a', '/b/*']);
  });

  it('5: HTTP needs the cookie that the handshake set', () => {
    const world = newWorld();
    const { clientId, browserId } = world.handshakePost();
    const message = [{ channel: '/a', clientId, data: 1 }];
    expect(world.post(message, { browserId }).answer?.[0]?.successful).toBe(true);
    for (const stranger of [null, 'browser-of-a-stranger']) {
      expect(world.post(message, { browserId: stranger }).answer?.[0]?.error).toBe('402::session_unknown');
    }
    // A WebSocket that comes without the cookie cannot take the session over either.
    expect(world.frame(1, message)[0]?.error).toBe('402::session_unknown');
  });

  it('5: a session that a WebSocket opened without a cookie cannot move to long-polling', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const message = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    for (const browserId of [null, 'some-other-browser']) {
      expect(world.post([message], { browserId }).answer?.[0]?.error).toBe('402::session_unknown');
    }
  });

  it('5: a handshake keeps a lawful cookie and replaces a strange one', () => {
    const world = newWorld();
    const known = 'a-lawful-cookie-of-ours';
    const kept = world.post([{ channel: '/meta/handshake' }], { browserId: known });
    expect(world.cookies.has(kept.exchange)).toBe(false);
    const replaced = world.post([{ channel: '/meta/handshake' }], { browserId: 'x; Domain=evil' });
    expect(world.cookies.get(replaced.exchange)).toMatch(/^browser-/);
  });

  it('refuses requests under another identity than the handshake had', () => {
    const world = newWorld();
    const { clientId, browserId } = world.handshakePost({}, { identity: 'ann' });
    const message = [{ channel: '/a', clientId, data: 1 }];
    expect(world.post(message, { browserId, identity: 'ann' }).answer?.[0]?.successful).toBe(true);
    for (const identity of ['bob', '', null]) {
      expect(world.post(message, { browserId, identity }).answer?.[0]?.error).toBe('402::session_unknown');
    }
  });

  it('7: disconnect ends the held connect for good; a later one is unknown', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    const held = connect({ id: 'h' });
    expect(world.post([{ channel: '/meta/disconnect', clientId, id: 'd' }], about).answer).toEqual([
      { channel: '/meta/disconnect', id: 'd', successful: true },
    ]);
    expect(world.answers.get(held.exchange)?.[0]).toMatchObject({
      id: 'h',
      successful: true,
      advice: { reconnect: 'none' },
    });
    expect(connect().answer?.[0]?.error).toBe('402::session_unknown');
    expect(world.state.heldPolls.size).toBe(0);
  });

  it('ends a session that sends nothing but connects for `heartBeatTimeout`', () => {
    const world = newWorld({ heartBeatTimeoutMs: 5_000, timeoutMs: 1_000 });
    const clientId = connectedSocket(world, 1);
    for (let round = 0; round < 4; round++) {
      world.frame(1, connectMessage(clientId));
      world.wait(1_050);
    }
    world.frame(1, connectMessage(clientId));
    expect(world.state.sessions.size).toBe(1);
    world.wait(900);
    expect(world.state.sessions.size).toBe(0);
    expect(world.frames.get(1)!.at(-1)?.[0]).toMatchObject({ advice: { reconnect: 'none' } });
    expect(world.facts.at(-1)).toMatchObject({ reason: 'inactive' });
  });

  it('ends all sessions of an identity', () => {
    const world = newWorld();
    world.handshakeFrame(1, {}, { identity: 'ann' });
    world.handshakeFrame(2, {}, { identity: 'bob' });
    world.step({ kind: 'end', identity: 'ann' });
    expect(world.state.sessions.size).toBe(1);
    expect(world.frames.get(1)!.at(-1)?.[0]).toMatchObject({ advice: { reconnect: 'none' } });
  });

  it('bounds sessions, and sessions of one WebSocket', () => {
    const world = newWorld({ sessionsMax: 3, connectionSessionsMax: 2 });
    world.handshakeFrame(1);
    world.handshakeFrame(1);
    expect(world.frame(1, { channel: '/meta/handshake' })[0]?.error).toBe('403::sessions_exceeded');
    world.handshakeFrame(2);
    expect(world.frame(3, { channel: '/meta/handshake' })[0]).toMatchObject({
      error: '503::sessions_exhausted',
      advice: { reconnect: 'handshake', interval: 10_000 },
    });
    expect(world.state.counters.sessionsRefused).toBe(1);
  });

  it('lets clients of a stopping server go, and does not let them spin', () => {
    const world = newWorld();
    const { connect } = connectedPoll(world);
    const held = connect();
    world.step({ kind: 'drain' });
    expect(world.answers.get(held.exchange)?.[0]).toMatchObject({ advice: { interval: 1_000 } });
    expect(connect().answer?.[0]).toMatchObject({ successful: true, advice: { interval: 1_000 } });
    expect(world.frame(9, { channel: '/meta/handshake' })[0]?.successful).toBe(false);
  });
});

describe('replies', () => {
  it('9: `id` only if there was one, always a string; `clientId` in the handshake alone', () => {
    const world = newWorld();
    const [shaken] = world.frame(1, { channel: '/meta/handshake', id: 42 });
    expect(shaken).toMatchObject({ id: '42', version: '1.0', advice });
    const clientId = text(shaken?.clientId);
    const replies = world.frame(1, [
      { channel: '/a', clientId, data: 1 },
      { channel: '/a', clientId, data: 1, id: 'x' },
      { channel: '/a', clientId, data: 1, id: { an: 'object' } },
      { channel: '/meta/subscribe', clientId, subscription: '/b', id: 7 },
      connectMessage(clientId, { id: 8 }),
      { channel: '/meta/unsubscribe', clientId, subscription: ['/b'] },
      { channel: '/meta/disconnect', clientId },
    ]);
    expect(replies.map((reply) => reply.id)).toEqual([
      undefined,
      'x',
      undefined,
      '7',
      '8',
      undefined,
      undefined,
    ]);
    expect(replies.every((reply) => reply.successful === true && !('clientId' in reply))).toBe(true);
    expect(replies[3]?.subscription).toBe('/b');
    expect(replies[5]?.subscription).toEqual(['/b']);
  });

  it('9: a delivered message never carries the publisher', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: '/a' });
    const [delivered] = world.frame(1, { channel: '/a', clientId, data: { d: 1 }, id: 'p', ext: { x: 1 } });
    expect(delivered).toEqual({ channel: '/a', data: { d: 1 } });
  });

  it('12: a batch is answered in order, with its effects in order', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const answers = world.frame(1, [
      { channel: '/a', clientId, data: 'before', id: 1 },
      { channel: '/meta/subscribe', clientId, subscription: '/a', id: 2 },
      { channel: '/a', clientId, data: 'during', id: 3 },
      { channel: '/meta/unsubscribe', clientId, subscription: '/a', id: 4 },
      { channel: '/a', clientId, data: 'after', id: 5 },
    ]);
    expect(answers.map((answer) => answer.id ?? answer.data)).toEqual(['1', '2', 'during', '3', '4', '5']);
    expect(world.facts.map((fact) => fact.kind)).toEqual([
      'opened',
      'message',
      'subscribed',
      'message',
      'unsubscribed',
      'message',
    ]);
  });

  it('16: publish and subscribe are accepted before the first connect', () => {
    const world = newWorld();
    const { clientId, browserId } = world.handshakePost();
    const { answer } = world.post(
      [
        { channel: '/meta/subscribe', clientId, subscription: '/a' },
        { channel: '/a', clientId, data: 1 },
      ],
      { browserId },
    );
    expect(answer?.map((message) => message.successful)).toEqual([undefined, true, true]);
  });
});

describe('channels', () => {
  it('10: overlapping subscriptions deliver one copy, to the publisher too', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: ['/a/b', '/a/*', '/a/**', '/**'] });
    const copies = world.frame(1, { channel: '/a/b', clientId, data: 1 });
    expect(copies.filter((message) => 'data' in message)).toHaveLength(1);
  });

  it('10: `/a/**` does not match `/a`, `/a/*` not `/a/b/c`', () => {
    const world = newWorld();
    const deep = connectedSocket(world, 1);
    world.frame(1, { channel: '/meta/subscribe', clientId: deep, subscription: '/a/**' });
    const flat = connectedSocket(world, 2);
    world.frame(2, { channel: '/meta/subscribe', clientId: flat, subscription: '/a/*' });
    const seen = (connection: number): unknown[] =>
      world.frames
        .get(connection)!
        .flat()
        .filter((message) => 'data' in message)
        .map((message) => message.data);
    for (const channel of ['/a', '/a/b', '/a/b/c']) world.step({ kind: 'publish', channel, data: channel });
    expect(seen(1)).toEqual(['/a/b', '/a/b/c']);
    expect(seen(2)).toEqual(['/a/b']);
  });

  it('10: `/service/x` reaches the service alone; subscribing to it succeeds and does nothing', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const [reply] = world.frame(1, {
      channel: '/meta/subscribe',
      clientId,
      subscription: ['/service/x', '/**'],
    });
    expect(reply?.successful).toBe(true);
    const answers = world.frame(1, { channel: '/service/x', clientId, data: 'to the service' });
    expect(answers).toEqual([{ channel: '/service/x', successful: true }]);
    expect(world.facts.at(-1)).toMatchObject({
      kind: 'message',
      channel: '/service/x',
      data: 'to the service',
    });
    expect(world.state.subscribers.has('/service/x')).toBe(false);
  });

  const errors: [string, object, RegExp][] = [
    ['a missing channel', { data: 1 }, /^400::channel_missing$/],
    ['an empty channel', { channel: '' }, /^400::channel_missing$/],
    ['a publish without a leading slash', { channel: 'foo', data: 1 }, /^405::channel_invalid$/],
    ['a publish to /foo//bar', { channel: '/foo//bar', data: 1 }, /^4\d\d:/],
    ['a publish to a wildcard', { channel: '/foo/*', data: 1 }, /^4\d\d:/],
    ['a publish to a service wildcard', { channel: '/service/*', data: 1 }, /^4\d\d:/],
    ['a publish without data', { channel: '/foo' }, /^400::data_missing$/],
    ['an unknown meta channel', { channel: '/meta/foo', data: 1 }, /^403::.*denied$/],
    [
      'a subscribe without a leading slash',
      { channel: '/meta/subscribe', subscription: 'foo' },
      /^403::subscription_invalid$/,
    ],
    [
      'a subscribe to a number',
      { channel: '/meta/subscribe', subscription: [1] },
      /^403::subscription_invalid$/,
    ],
    ['a subscribe to nothing', { channel: '/meta/subscribe' }, /^403::subscription_missing$/],
    [
      'a subscribe to no channels',
      { channel: '/meta/subscribe', subscription: [] },
      /^403::subscription_missing$/,
    ],
    ['a subscribe to meta', { channel: '/meta/subscribe', subscription: '/meta/connect' }, /^403::.*denied$/],
    [
      'a subscribe to all of meta',
      { channel: '/meta/subscribe', subscription: '/meta/**' },
      /^403::.*denied$/,
    ],
    ['a wrong connection type', { channel: '/meta/connect', connectionType: 'long-polling' }, /^400:/],
    ['a strange connection type', { channel: '/meta/connect', connectionType: {} }, /^400:/],
    ['no common transport', { channel: '/meta/handshake', supportedConnectionTypes: ['pigeon'] }, /^400:/],
    [
      'transports that are no list',
      { channel: '/meta/handshake', supportedConnectionTypes: 'websocket' },
      /^400:/,
    ],
    ['a wrong version', { channel: '/meta/handshake', version: '2.0' }, /^400:/],
    ['a version that is no text', { channel: '/meta/handshake', version: 1 }, /^400:/],
  ];
  it.each(errors)('11: %s is an error in the protocol’s own form', (_what, message, error) => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const [reply] = world.frame(1, { id: 'e', clientId, ...message });
    expect(reply).toMatchObject({
      id: 'e',
      successful: false,
      error: expect.stringMatching(error) as string,
    });
  });

  it('11: an empty array and elements that are no messages get an answer too', () => {
    const world = newWorld();
    expect(world.frame(1, [])).toEqual([{ successful: false, error: '400::message_missing' }]);
    expect(world.frame(1, [1, null, 'x', []])).toHaveLength(4);
    const long = Array.from({ length: 101 }, () => ({ channel: '/meta/handshake' }));
    expect(world.frame(1, long)).toEqual([{ successful: false, error: '400::batch_too_long' }]);
    expect(world.state.sessions.size).toBe(0);
  });

  it('subscribes to all of a list or to nothing, and tells only what is new', () => {
    const world = newWorld({ subscriptionsPerSessionMax: 2 });
    const clientId = connectedSocket(world, 1);
    const subscribe = (subscription: string[]): unknown =>
      world.frame(1, { channel: '/meta/subscribe', clientId, subscription })[0]?.successful;
    expect(subscribe(['/a', 'b'])).toBe(false);
    expect(world.state.subscriptionCount).toBe(0);
    expect(subscribe(['/a', '/a'])).toBe(true);
    expect(subscribe(['/a', '/b'])).toBe(true);
    expect(subscribe(['/c'])).toBe(false);
    expect(world.facts.filter((fact) => fact.kind === 'subscribed')).toHaveLength(2);
  });

  it('asks the policy for every subscribe and publish', () => {
    const world = newWorld(
      {},
      {
        maySubscribe: (context, channel) => channel === `/own/${context.identity}`,
        mayPublish: (context, channel) => context.identity === 'ann' && channel === '/say',
      },
    );
    const ann = world.handshakeFrame(1, {}, { identity: 'ann' });
    const about = { identity: 'ann' };
    const first = (message: object): unknown =>
      world.frame(1, { clientId: ann, ...message }, about)[0]?.error;
    expect(first({ channel: '/meta/subscribe', subscription: '/own/ann' })).toBeUndefined();
    expect(first({ channel: '/meta/subscribe', subscription: '/own/*' })).toBe('403::subscribe_denied');
    expect(first({ channel: '/meta/subscribe', subscription: '/**' })).toBe('403::subscribe_denied');
    expect(first({ channel: '/say', data: 1 })).toBeUndefined();
    expect(first({ channel: '/service/say', data: 1 })).toBe('403::publish_denied');
    expect(world.frame(2, { channel: '/meta/handshake' }, { identity: null })[0]).toMatchObject({
      error: '403::handshake_denied',
      advice: { reconnect: 'none' },
    });
  });

  it('refuses data that nests too deep to encode', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const data = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as never;
    expect(world.frame(1, { channel: '/a', clientId, data })[0]?.error).toBe('400::data_too_deep');
  });

  it('survives nesting anywhere in a message', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1);
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as JsonValue;
    for (const channel of ['/a', '/service/a', '/meta/subscribe', '/meta/connect', '/meta/handshake', deep]) {
      const message = { channel, id: deep, subscription: deep, data: deep, ext: deep, advice: deep };
      const typed = { connectionType: deep, version: deep, supportedConnectionTypes: deep };
      for (const more of [{ clientId }, { clientId: deep }]) {
        expect(world.frame(1, [{ ...message, ...typed, ...more }])[0]).toMatchObject({ successful: false });
      }
    }
  });

  it('refuses transports that are switched off', () => {
    const world = newWorld({ transports: ['websocket'] });
    const { answer } = world.post([{ channel: '/meta/handshake' }]);
    expect(answer?.[0]).toMatchObject({ successful: false, supportedConnectionTypes: ['websocket'] });
  });
});
