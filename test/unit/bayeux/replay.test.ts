/** Clients that say how far they have seen: what they missed comes once and in order, before what is new. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/index.js';
import type { BayeuxPolicy, SessionContext } from '../../../src/transport/bayeux/index.js';
import { connectedSocket, newWorld, open, type Message, type World } from './world.js';

const policy: BayeuxPolicy<SessionContext> = { ...open, keepsOutbox: (channel) => channel === '/kept' };
const mark = (offset: number, epoch = 'e'): { epoch: string; offset: number } => ({ epoch, offset });
const dataOf = (messages: Message[]): unknown[] =>
  messages.filter((message) => 'data' in message).map(({ data }) => data);

function listen(
  world: World,
  replay: JsonObject | undefined,
): { clientId: string; got: () => unknown[]; since: () => unknown } {
  const clientId = connectedSocket(world, 1);
  const ext = replay === undefined ? {} : { ext: { replay } };
  world.frame(1, [{ channel: '/meta/subscribe', clientId, subscription: '/kept', ...ext }]);
  const since = (): unknown => {
    const fact = world.facts.findLast(({ kind }) => kind === 'subscribed');
    return fact?.kind === 'subscribed' ? fact.since : 'no fact';
  };
  return { clientId, got: () => dataOf((world.frames.get(1) ?? []).flat()), since };
}

describe('a subscription with a place', () => {
  it('gets what it missed before what came meanwhile, each once', () => {
    const world = newWorld({}, policy);
    const { clientId, got, since } = listen(world, mark(4));
    expect(since()).toEqual(mark(4));
    world.step({ kind: 'publish', channel: '/kept', data: 'six', mark: mark(6) });
    world.step({ kind: 'publish', channel: '/kept', data: 'typing' });
    world.step({ kind: 'publish', channel: '/kept', data: 'seven', mark: mark(7) });
    expect(got()).toEqual([]);
    const missed = [
      { data: 'five', mark: mark(5) },
      { data: 'six', mark: mark(6) },
    ];
    world.step({ kind: 'caughtUp', session: clientId, channel: '/kept', missed });
    expect(got()).toEqual(['five', 'six', 'typing', 'seven']);
    world.step({ kind: 'publish', channel: '/kept', data: 'six', mark: mark(6) });
    world.step({ kind: 'publish', channel: '/kept', data: 'eight', mark: mark(8) });
    expect(got()).toEqual(['five', 'six', 'typing', 'seven', 'eight']);
    const frames = (world.frames.get(1) ?? []).flat();
    expect(frames.at(-1)).toEqual({ channel: '/kept', data: 'eight', ext: { replay: mark(8) } });
  });

  it('takes a second answer for nothing, and one after the end as well', () => {
    const world = newWorld({}, policy);
    const { clientId, got } = listen(world, {});
    const answer = { kind: 'caughtUp' as const, session: clientId, channel: '/kept' };
    world.step({ ...answer, missed: [{ data: 'pending', mark: undefined }] });
    world.step({ ...answer, missed: [{ data: 'pending', mark: undefined }] });
    expect(got()).toEqual(['pending']);
    world.frame(1, [{ channel: '/meta/unsubscribe', clientId, subscription: '/kept' }]);
    world.step({ ...answer, missed: [{ data: 'late', mark: undefined }] });
    world.frame(1, [{ channel: '/meta/disconnect', clientId }]);
    world.step({ ...answer, missed: [{ data: 'late', mark: undefined }] });
    expect(got()).toEqual(['pending']);
  });

  it('is asked again when the client subscribes again, as after a lost answer', () => {
    const world = newWorld({}, policy);
    const { clientId, got, since } = listen(world, mark(1));
    const subscribe = { channel: '/meta/subscribe', clientId, subscription: '/kept' };
    world.frame(1, [{ ...subscribe, ext: { replay: mark(2) } }]);
    expect(since()).toEqual(mark(2));
    const missed = [{ data: 'three', mark: mark(3) }];
    world.step({ kind: 'caughtUp', session: clientId, channel: '/kept', missed });
    expect(got()).toEqual(['three']);
  });

  it('holds a bounded number back', () => {
    const world = newWorld({ queueMessagesMax: 3 }, policy);
    const { clientId, got } = listen(world, {});
    for (let n = 1; n <= 5; n++) world.step({ kind: 'publish', channel: '/kept', data: n, mark: mark(n) });
    world.step({ kind: 'caughtUp', session: clientId, channel: '/kept', missed: [] });
    expect(got()).toEqual([3, 4, 5]);
    expect(world.state.counters.messagesDropped).toBe(2);
  });

  it.each([
    [{}, null],
    [{ epoch: 'x', offset: -1 }, null],
    [{ epoch: 'x', offset: 1.5 }, null],
    [{ epoch: 7, offset: 1 }, null],
    [{ epoch: 'x'.repeat(65), offset: 1 }, null],
    [
      { epoch: '', offset: 0 },
      { epoch: '', offset: 0 },
    ],
  ])('reads %j as %j', (replay, expected) => {
    const world = newWorld({}, policy);
    expect(listen(world, replay as JsonObject).since()).toEqual(expected);
  });
});

describe('a client that knows no outbox', () => {
  it('is told of as ever, and gets messages at once', () => {
    const world = newWorld({}, policy);
    const { got, since } = listen(world, undefined);
    expect(since()).toBeUndefined();
    world.step({ kind: 'publish', channel: '/kept', data: 1, mark: mark(1) });
    expect(got()).toEqual([1]);
  });

  it('is told of again when it is back from a WebSocket that broke, unless it acknowledges', () => {
    const world = newWorld({}, policy);
    const clientId = connectedSocket(world, 1);
    world.frame(1, [{ channel: '/meta/subscribe', clientId, subscription: ['/kept', '/other'] }]);
    const count = (): number => world.facts.filter(({ kind }) => kind === 'subscribed').length;
    expect(count()).toBe(2);
    world.step({ kind: 'closed', connection: 1 });
    world.frame(2, [{ channel: '/meta/connect', clientId, connectionType: 'websocket' }]);
    expect(count()).toBe(3);
    world.frame(2, [{ channel: '/meta/connect', clientId, connectionType: 'websocket' }]);
    expect(count()).toBe(3);
  });
});
