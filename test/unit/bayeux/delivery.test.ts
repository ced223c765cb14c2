/** Rule 3 of spec/bayeux-semantics.md: what is lost, what comes again, and what is bounded. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/index.js';
import { connectedPoll, connectedSocket, connectMessage, newWorld, type Message } from './world.js';

const withAck = { ext: { ack: true } };
const dataOf = (messages: Message[] = []): JsonValue[] =>
  messages.filter((message) => 'data' in message).map((message) => message.data as JsonValue);
const ackOf = (messages: Message[] = []): JsonValue | undefined =>
  (messages.at(-1)?.ext as { ack?: JsonValue } | undefined)?.ack;

describe('without acknowledgement', () => {
  it('3: what was written to a dead poll is lost', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    connect();
    world.step({ kind: 'publish', channel: '/a', data: 'lost' });
    expect(connect().answer).toBeUndefined();
  });

  it('3: a publish response carries what waits before its own reply, and spares the held connect', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    const held = connect();
    const { answer } = world.post([{ channel: '/a', clientId, data: 'own', id: 'p' }], about);
    expect(answer).toEqual([
      { channel: '/a', data: 'own' },
      { channel: '/a', id: 'p', successful: true },
    ]);
    expect(world.answers.has(held.exchange)).toBe(false);
  });

  it('keeps what comes between two polls, and after a poll whose client went away', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    world.step({ kind: 'publish', channel: '/a', data: 1 });
    expect(dataOf(connect().answer)).toEqual([1]);
    const { exchange } = connect();
    world.step({ kind: 'aborted', exchange });
    world.step({ kind: 'publish', channel: '/a', data: 2 });
    expect(dataOf(connect().answer)).toEqual([2]);
  });

  it('loses the oldest over the bounds of the queue, and counts', () => {
    const world = newWorld({ queueMessagesMax: 3, queueBytesMax: 200 });
    const { clientId, about, connect } = connectedPoll(world);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    for (let n = 1; n <= 5; n++) world.step({ kind: 'publish', channel: '/a', data: n });
    expect(world.state.counters.messagesDropped).toBe(2);
    world.step({ kind: 'publish', channel: '/a', data: 'é'.repeat(80) });
    expect(dataOf(connect().answer)).toEqual(['é'.repeat(80)]);
    world.step({ kind: 'publish', channel: '/a', data: 'x'.repeat(500) });
    expect(connect().answer).toBeUndefined();
  });

  it('delivers to one session alone', () => {
    const world = newWorld();
    const session = connectedSocket(world, 1);
    connectedSocket(world, 2);
    const before = world.frames.get(2)!.length;
    world.step({ kind: 'deliver', session, channel: '/pending', data: 1 });
    expect(world.frames.get(1)!.at(-1)).toEqual([{ channel: '/pending', data: 1 }]);
    expect(world.frames.get(2)!).toHaveLength(before);
  });

  it('encodes a broadcast once for all WebSockets', () => {
    const world = newWorld();
    for (let connection = 1; connection <= 50; connection++) {
      const clientId = connectedSocket(world, connection);
      world.frame(connection, { channel: '/meta/subscribe', clientId, subscription: '/a' });
    }
    const effects = world.step({ kind: 'publish', channel: '/a', data: 1 });
    expect(effects).toHaveLength(1);
    expect(effects[0]).toMatchObject({ kind: 'send', text: '[{"channel":"/a","data":1}]' });
  });
});

describe('with acknowledgement', () => {
  it('3: what is not acknowledged comes again', () => {
    const world = newWorld();
    const { clientId, about, connect } = connectedPoll(world, withAck);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    const first = connect({ ext: { ack: 1 } });
    world.step({ kind: 'publish', channel: '/a', data: 1 });
    expect(dataOf(world.answers.get(first.exchange))).toEqual([1]);
    world.step({ kind: 'publish', channel: '/a', data: 2 });
    // The answer never arrived: the client still acknowledges the batch before it.
    const again = connect({ ext: { ack: 1 } }).answer;
    expect(dataOf(again)).toEqual([1, 2]);
    expect(connect({ ext: { ack: ackOf(again)! } }).answer).toBeUndefined();
  });

  it('3: messages travel in connect replies only, on a WebSocket too', () => {
    const world = newWorld();
    const clientId = connectedSocket(world, 1, withAck);
    world.frame(1, { channel: '/meta/subscribe', clientId, subscription: '/a' });
    expect(world.frame(1, { channel: '/a', clientId, data: 'own' })).toEqual([
      { channel: '/a', successful: true },
    ]);
    const reply = world.frame(1, connectMessage(clientId, { id: 'c', ext: { ack: 1 } }));
    expect(reply).toEqual([
      { channel: '/a', data: 'own' },
      { channel: '/meta/connect', id: 'c', successful: true, ext: { ack: 2 } },
    ]);
    expect(world.frame(1, connectMessage(clientId, { ext: { ack: 2 } }))).toEqual([]);
    const both = world.frame(1, { channel: '/a', clientId, data: 'again' });
    expect(both.map((message) => message.channel)).toEqual(['/a', '/a', '/meta/connect']);
  });

  it('ends a session whose queue is full, because a promise was given', () => {
    const world = newWorld({ queueMessagesMax: 3 });
    const { clientId, about, connect } = connectedPoll(world, withAck);
    world.post([{ channel: '/meta/subscribe', clientId, subscription: '/a' }], about);
    for (let n = 1; n <= 4; n++) world.step({ kind: 'publish', channel: '/a', data: n });
    expect(world.facts.at(-1)).toMatchObject({ kind: 'ended', reason: 'queueFull' });
    expect(connect().answer?.[0]).toMatchObject({
      error: '402::session_unknown',
      advice: { reconnect: 'handshake' },
    });
    expect(world.state.counters.sessionsOverflowed).toBe(1);
  });

  it('understands the newer form of the extension', () => {
    const world = newWorld();
    const [reply] = world.frame(1, { channel: '/meta/handshake', ext: { ack: { enabled: true } } });
    expect(reply?.ext).toEqual({ ack: true });
    expect(world.frame(1, { channel: '/meta/handshake', ext: { ack: 'yes' } })[0]).not.toHaveProperty('ext');
  });
});

type Action =
  | { do: 'publish'; to: number }
  | { do: 'connect'; client: number; arrives: boolean }
  | { do: 'cut'; client: number }
  | { do: 'wait'; ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), to: fc.nat(2) }),
  fc.record({ do: fc.constant('connect' as const), client: fc.nat(2), arrives: fc.boolean() }),
  fc.record({ do: fc.constant('cut' as const), client: fc.nat(2) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2_000) }),
);

/** A client by the book: one connect at a time, acknowledging the last batch whose reply it got. */
class AckClient {
  readonly got: JsonValue[] = [];
  readonly #poll: ReturnType<typeof connectedPoll>;
  readonly #world: ReturnType<typeof newWorld>;
  #acknowledged: JsonValue = 0;
  #exchange: number | null = null;
  #arrives = true;

  constructor(world: ReturnType<typeof newWorld>, channel: string) {
    this.#world = world;
    this.#poll = connectedPoll(world, withAck);
    const { clientId, about } = this.#poll;
    world.post([{ channel: '/meta/subscribe', clientId, subscription: [channel, '/all/**'] }], about);
  }

  /** Reads what has come; a reply that does not arrive is lost on the way. */
  read(): void {
    if (this.#exchange === null) return;
    const answer = this.#world.answers.get(this.#exchange);
    if (answer === undefined) return;
    this.#exchange = null;
    const ack = ackOf(answer);
    if (!this.#arrives || ack === undefined) return;
    this.got.push(...dataOf(answer));
    this.#acknowledged = ack;
  }

  connect(arrives: boolean): void {
    this.read();
    if (this.#exchange !== null) return;
    this.#arrives = arrives;
    this.#exchange = this.#poll.connect({ ext: { ack: this.#acknowledged } }).exchange;
    this.read();
  }

  cut(): void {
    this.read();
    if (this.#exchange === null) return;
    this.#world.step({ kind: 'aborted', exchange: this.#exchange });
    this.#exchange = null;
  }
}

describe('any interleaving', () => {
  it('loses nothing and doubles nothing for clients that acknowledge', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const world = newWorld({ maxIntervalMs: 1_000_000, maxSessionsPerBrowser: -1 });
        const clients = [0, 1, 2].map((index) => new AckClient(world, `/own/${index}`));
        const expected: JsonValue[][] = [[], [], []];
        let last = 0;
        for (const step of actions) {
          if (step.do === 'publish') {
            const channel = step.to === 2 ? '/all/x' : `/own/${step.to}`;
            const data = ++last;
            world.step({ kind: 'publish', channel, data });
            for (const index of [0, 1, 2])
              if (step.to === 2 || step.to === index) expected[index]!.push(data);
          } else if (step.do === 'connect') clients[step.client]!.connect(step.arrives);
          else if (step.do === 'cut') clients[step.client]!.cut();
          else world.wait(step.ms);
        }
        for (const client of clients) {
          client.cut();
          client.connect(true);
          client.cut();
        }
        expect(clients.map((client) => client.got)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('holds its bounds and leaves nothing behind, whatever clients do', () => {
    const message = fc.oneof(
      fc.record({
        channel: fc.constantFrom(
          '/meta/connect',
          '/meta/subscribe',
          '/meta/unsubscribe',
          '/meta/disconnect',
          '/meta/handshake',
          '/a',
          '/a/b',
          '/service/s',
          '/a/*',
          'x',
        ),
        clientId: fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `session-${index}`)),
        subscription: fc.constantFrom<JsonValue>('/a', ['/a', '/a/*'], '/**', 7),
        data: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
        id: fc.constantFrom<JsonValue>(1, 'i', null),
        ext: fc.constantFrom<JsonValue>({ ack: true }, { ack: 3 }, { ack: -5 }, 'ext'),
      }),
      fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue>,
    );
    const step = fc.record({
      via: fc.nat(4),
      messages: fc.array(message, { maxLength: 4 }),
      then: fc.constantFrom('nothing', 'close', 'tick', 'publish'),
      browserId: fc.constantFrom('browser-1xxxxxxxxxxx', 'browser-2xxxxxxxxxxx', null),
    });
    const settings = {
      sessionsMax: 5,
      queueMessagesMax: 3,
      queueBytesMax: 200,
      timeoutMs: 300,
      maxIntervalMs: 300,
      subscriptionsPerSessionMax: 2,
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = newWorld(settings);
        for (const { via, messages, then, browserId } of steps) {
          if (via > 2) world.post(messages, { browserId });
          else world.frame(via + 1, messages, { browserId });
          if (then === 'close') world.step({ kind: 'closed', connection: via + 1 });
          if (then === 'tick') world.wait(200);
          if (then === 'publish') world.step({ kind: 'publish', channel: '/a/b', data: 'x'.repeat(40) });
          expect(world.state.sessions.size).toBeLessThanOrEqual(5);
          for (const session of world.state.sessions.values()) {
            expect(session.queue.length).toBeLessThanOrEqual(3);
            expect(session.queueBytes).toBeLessThanOrEqual(200);
            expect(session.subscriptions?.size ?? 0).toBeLessThanOrEqual(2);
          }
        }
        for (const connection of [1, 2, 3, 4, 5]) world.step({ kind: 'closed', connection });
        world.wait(3_500);
        const { sessions, connections, exchanges, subscribers, heldPolls, wheel } = world.state;
        const left = [sessions, connections, exchanges, subscribers, heldPolls, wheel.slots].map(
          (map) => map.size,
        );
        expect(left).toEqual([0, 0, 0, 0, 0, 0]);
        expect(world.state.wildcardCount + world.state.subscriptionCount).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
