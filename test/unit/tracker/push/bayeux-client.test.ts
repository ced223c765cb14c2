import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BayeuxClient, hiddenMs, openMs } from '../../../../src/tracker/push/bayeux-client.js';
import type { BayeuxMessage, Outgoing, Place, SocketEvents } from '../../../../src/tracker/push/carriers.js';
import type { Answer } from '../../../../src/tracker/answer.js';

type Reply = BayeuxMessage[] | number | 'hang';
type Connection = SocketEvents & { isOpen: boolean; reply(messages: BayeuxMessage[]): void };

/** Both ends of the wire: what the client sent, and the sockets and posts that wait for an answer. */
function wire(kinds: { sockets: boolean } = { sockets: true }) {
  const self = {
    sockets: [] as Connection[],
    sent: [] as Outgoing[],
    posted: [] as string[],
    heard: [] as unknown[],
    place: undefined as Place | undefined,
    ups: 0,
    isHidden: false,
    /** What a socket that is opened does; by default it opens. */
    onOpen: (socket: Connection) => socket.opened(),
    /** What the server answers. */
    answer: (message: Outgoing): BayeuxMessage | 'hang' => standardAnswer(message),
    post: undefined as ((messages: readonly Outgoing[]) => Reply) | undefined,
    client: undefined as unknown as BayeuxClient,
    last: () => self.sockets.at(-1)!,
    channels: () => self.sent.map(({ channel }) => channel.replace('/meta/', '')),
  };
  function respond(messages: readonly Outgoing[]): BayeuxMessage[] | 'hang' {
    self.sent.push(...messages);
    const replies = messages.map((message) => self.answer(message));
    const present = replies.filter((reply) => reply !== 'hang');
    return present.length === 0 ? 'hang' : present;
  }
  self.client = new BayeuxClient({
    openSocket: kinds.sockets
      ? (events) => {
          const socket: Connection = {
            ...events,
            isOpen: true,
            reply: (messages) => events.received(JSON.stringify(messages)),
          };
          self.sockets.push(socket);
          queueMicrotask(() => self.onOpen(socket));
          return {
            send: (text) => {
              const replies = respond(JSON.parse(text) as Outgoing[]);
              if (replies !== 'hang') queueMicrotask(() => socket.reply(replies));
            },
            close: () => (socket.isOpen = false),
          };
        }
      : undefined,
    post: (path, messages, timeoutMs, abort) => {
      self.posted.push(path);
      const reply = self.post?.(messages) ?? respond(messages);
      return new Promise<Answer>((resolve) => {
        const end = (status: number, body?: unknown): void => resolve({ status, body, retryAfterMs: 0 });
        if (typeof reply === 'number') end(reply);
        else if (reply !== 'hang') end(200, reply);
        abort.signal.addEventListener('abort', () => end(0));
        setTimeout(() => end(0), timeoutMs);
      });
    },
    isHidden: () => self.isHidden,
    onMessage: (data) => self.heard.push(data),
    placeOf: () => self.place,
    keepPlace: (_channel, place) => void (self.place = place),
    onUp: () => self.ups++,
  });
  return self;
}

/** A server in good health, which holds every connect but the first. */
function standardAnswer(message: Outgoing): BayeuxMessage | 'hang' {
  const { channel } = message;
  if (channel === '/meta/handshake') return { channel, successful: true, clientId: 'C1', ext: { ack: true } };
  if (channel !== '/meta/connect') return { channel, successful: true };
  const isFirst = 'advice' in message;
  return isFirst ? { channel, successful: true, ext: { ack: 1 }, advice: { timeout: 20_000 } } : 'hang';
}

const unknown = (channel: string): BayeuxMessage => ({
  channel,
  successful: false,
  error: '402::session_unknown',
  advice: { reconnect: 'handshake', interval: 0 },
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('a Bayeux client', () => {
  it('shakes hands, subscribes, connects, and acknowledges', async () => {
    const { client, sent, heard, last, ...self } = wire();
    client.start('/notification/V');
    await pass(1);
    expect(sent.map(({ channel }) => channel)).toEqual([
      '/meta/handshake',
      '/meta/subscribe',
      '/meta/connect',
      '/meta/connect',
    ]);
    expect(sent[0]).toMatchObject({ version: '1.0', supportedConnectionTypes: ['websocket'] });
    expect(sent[1]).toMatchObject({ subscription: '/notification/V', clientId: 'C1' });
    expect(sent[2]).toMatchObject({ connectionType: 'websocket', ext: { ack: -1 } });
    expect(sent[3]).toMatchObject({ ext: { ack: 1 } });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(4);
    expect(client.isUp).toBe(true);
    last().reply([
      { channel: '/notification/V', data: [1] },
      { channel: '/notification/other', data: [2] },
      { channel: '/meta/connect', successful: true },
    ]);
    expect(heard).toEqual([[1]]);
    await pass(1);
    expect(self.channels().at(-1)).toBe('connect');
  });

  it('says how far it has seen, and takes nothing twice', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(1);
    expect(self.sent[1]).toMatchObject({ subscription: '/c', ext: { replay: {} } });
    const message = (offset: number, epoch = 'e'): BayeuxMessage => ({
      channel: '/c',
      data: [`${epoch}${offset}`],
      ext: { replay: { epoch, offset } },
    });
    self.last().reply([message(1), message(2), message(2), message(1), message(1, 'f')]);
    expect(self.heard).toEqual([['e1'], ['e2'], ['f1']]);
    self.last().reply([unknown('/meta/connect')]);
    await pass(1);
    const subscriptions = self.sent.filter(({ channel }) => channel === '/meta/subscribe');
    expect(subscriptions[1]).toMatchObject({ ext: { replay: { epoch: 'f', offset: 1 } } });
  });

  it('is connected again with the same session, and says that it is up', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(20_000);
    self.last().closed();
    expect(self.client.isUp).toBe(false);
    await pass(1_000);
    expect(self.sockets).toHaveLength(2);
    expect(self.channels().filter((name) => name === 'handshake')).toHaveLength(1);
    expect(self.ups).toBe(2);
  });

  it('begins a session anew on 402, once, and subscribes again', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(1);
    self.last().reply([unknown('/meta/connect'), unknown('/meta/subscribe')]);
    await pass(1);
    expect(self.channels().slice(4)).toEqual(['handshake', 'subscribe', 'connect', 'connect']);
    expect(self.ups).toBe(2);
  });

  it('does not spin when every session is unknown at once', async () => {
    const self = wire();
    self.answer = (message) =>
      message.channel === '/meta/connect' ? unknown(message.channel) : standardAnswer(message);
    self.client.start('/c');
    await pass(60_000);
    expect(self.channels().filter((name) => name === 'handshake').length).toBeLessThan(12);
    expect(self.client.isUp).toBe(false);
  });

  it('obeys the advice: the interval, and none', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(1);
    const count = self.sent.length;
    self.last().reply([{ channel: '/meta/connect', successful: true, advice: { interval: 2_000 } }]);
    await pass(1_900);
    expect(self.sent).toHaveLength(count);
    await pass(200);
    expect(self.sent).toHaveLength(count + 1);
    self.last().reply([{ channel: '/meta/connect', successful: false, advice: { reconnect: 'none' } }]);
    await pass(120_000);
    expect(self.sockets).toHaveLength(1);
  });

  it.each([
    ['is refused', (socket: Connection) => socket.closed()],
    ['never opens', () => undefined],
  ])('goes over to long-polling when a WebSocket %s', async (_, onOpen) => {
    const self = wire();
    self.onOpen = onOpen;
    self.client.start('/c');
    await pass(openMs + 10);
    expect(self.posted).toEqual(['handshake', 'connect', 'connect']);
    expect(self.client.isUp).toBe(true);
    expect(self.client.isPolling).toBe(true);
    expect(self.sockets).toHaveLength(1);
  });

  it('goes over to long-polling when a WebSocket swallows what is sent', async () => {
    const self = wire();
    self.answer = () => 'hang';
    self.client.start('/c');
    await pass(openMs - 10);
    self.answer = standardAnswer;
    await pass(20);
    expect(self.client.isPolling).toBe(true);
    expect(self.client.isUp).toBe(true);
  });

  it('goes over to long-polling when WebSockets die young, but not when an old one is lost', async () => {
    const self = wire();
    self.client.start('/c');
    for (let n = 0; n < 4; n++) {
      await pass(15_000);
      self.last().closed();
      await pass(2_000);
    }
    expect(self.client.isPolling).toBe(false);
    for (let n = 0; n < 2; n++) {
      await pass(1_000);
      if (!self.client.isPolling) self.last().closed();
      await pass(3_000);
    }
    expect(self.client.isPolling).toBe(true);
    expect(self.client.isUp).toBe(true);
  });

  it('stays with WebSocket over an outage once it has worked', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(20_000);
    self.onOpen = (socket) => socket.closed();
    self.last().closed();
    await pass(120_000);
    expect(self.posted).toEqual([]);
    self.onOpen = (socket) => socket.opened();
    // The next try comes within half a minute; this server then leaves the poll without an answer in the end.
    for (let second = 0; second < 31 && !self.client.isUp; second++) await pass(1_000);
    expect(self.client.isUp).toBe(true);
  });

  it('tries both ways in turn while neither works', async () => {
    const self = wire();
    self.onOpen = (socket) => socket.closed();
    self.post = () => 503;
    self.client.start('/c');
    await pass(120_000);
    expect(self.posted.length).toBeGreaterThan(2);
    expect(Math.abs(self.posted.length - self.sockets.length)).toBeLessThanOrEqual(1);
    expect(self.posted.length).toBeLessThan(15);
  });

  it('notices a connection that is dead without saying so', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(29_000);
    expect(self.sockets).toHaveLength(1);
    await pass(3_000);
    expect(self.sockets).toHaveLength(2);
    expect(self.sockets[0]!.isOpen).toBe(false);
  });

  it('polls: a message comes with the answer, and the next poll follows', async () => {
    const self = wire({ sockets: false });
    let polls = 0;
    self.answer = (message) => {
      if (message.channel === '/meta/connect' && !('advice' in message) && ++polls > 2) return 'hang';
      return message.channel === '/meta/connect'
        ? { channel: message.channel, successful: true }
        : standardAnswer(message);
    };
    self.client.start('/c');
    await pass(10);
    expect(self.posted).toEqual(['handshake', 'connect', 'connect', 'connect', 'connect']);
    expect(self.ups).toBe(1);
  });

  it('is slower while nobody looks, and at once when somebody does', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(20_000);
    self.isHidden = true;
    self.last().closed();
    await pass(hiddenMs - 100);
    expect(self.sockets).toHaveLength(1);
    self.isHidden = false;
    self.client.wake();
    await pass(1);
    expect(self.sockets).toHaveLength(2);
    expect(self.client.isUp).toBe(true);
  });

  it('says goodbye, hears nothing more, and can start on another channel', async () => {
    const self = wire();
    self.client.start('/c');
    await pass(1);
    const old = self.last();
    self.client.start('/d');
    await pass(1);
    expect(self.channels()).toContain('disconnect');
    old.reply([{ channel: '/c', data: 'late' }]);
    self.last().reply([{ channel: '/d', data: 'new' }]);
    expect(self.heard).toEqual(['new']);
    self.client.stop();
    const count = self.sent.length;
    await pass(120_000);
    expect(self.sent).toHaveLength(count);
  });

  it.each(['nonsense', '{"channel":"/c"}', 'null'])(
    'takes %s for a failure, not for a message',
    async (text) => {
      const self = wire();
      self.client.start('/c');
      await pass(20_000);
      self.last().received(text);
      await pass(2_000);
      expect(self.sockets).toHaveLength(2);
      expect(self.heard).toEqual([]);
    },
  );
});
