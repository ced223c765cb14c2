/** Clients of the CometD bench on WebSockets: sessions that idle, echo, and listen to a fan-out. */
import { once } from 'node:events';
import { build, type Histogram } from 'hdr-histogram-js';
import { WebSocket } from 'ws';
import type { Subject } from './cometd-subjects.js';

export interface Socket {
  send(message: object): void;
  /** Called for every message with data. */
  onData: (channel: string) => void;
  readonly clientId: string;
  readonly own: string;
  close(): void;
}

/** CPU of the server for one message, messages per second, and the 99th percentile of their latency. */
export interface Rate {
  cpuUs: number;
  perSecond: number;
  p99Ms: number;
}

const opensAtOnce = 100;

interface Message {
  channel: string;
  clientId?: string;
  successful?: boolean;
  data?: unknown;
}

/** Handshake, first connect, subscriptions, of which the last is one's own, and a held connect. */
async function openSocket(url: string, channels: readonly string[]): Promise<Socket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const ask = async (message: object): Promise<Message> => {
    const reply = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(JSON.stringify([message]));
    const [answer] = JSON.parse((await reply)[0].toString()) as Message[];
    if (answer?.successful !== true) throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer;
  };
  const handshake = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'] };
  const { clientId = '' } = await ask(handshake);
  const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket' };
  await ask({ ...connect, advice: { timeout: 0 } });
  await ask({ channel: '/meta/subscribe', clientId, subscription: channels });
  const client: Socket = {
    send: (message) => socket.send(JSON.stringify([message])),
    onData: () => undefined,
    clientId,
    own: channels.at(-1) ?? '',
    close: () => socket.terminate(),
  };
  socket.on('message', (bytes: Buffer) => {
    for (const { channel, data } of JSON.parse(bytes.toString()) as Message[]) {
      if (data !== undefined) client.onData(channel);
    }
  });
  client.send(connect);
  return client;
}

/** By default each listens to the common channel and one of its own. */
export async function openSockets(
  url: string,
  count: number,
  channelsOf = (index: number): string[] => ['/all', `/own/${index}`],
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(opensAtOnce, count - sockets.length);
    const first = sockets.length;
    const opening = Array.from({ length: batch }, (_, n) => openSocket(url, channelsOf(first + n)));
    sockets.push(...(await Promise.all(opening)));
  }
  return sockets;
}

/** Runs rounds, the first ones unmeasured, and takes the server's CPU over the others. */
export async function rateOf(
  subject: Subject,
  rounds: number,
  warmUps: number,
  perRound: number,
  step: (round: number, latency: Histogram) => Promise<void>,
): Promise<Rate> {
  const ignored = build();
  for (let round = 0; round < warmUps; round++) await step(round, ignored);
  const latency = build({ highestTrackableValue: 60_000_000 });
  const startMs = performance.now();
  const startUs = subject.cpuUs();
  for (let round = 0; round < rounds; round++) await step(warmUps + round, latency);
  const messages = rounds * perRound;
  return {
    cpuUs: (subject.cpuUs() - startUs) / messages,
    perSecond: (messages / (performance.now() - startMs)) * 1_000,
    p99Ms: latency.getValueAtPercentile(99) / 1_000,
  };
}

/** Whole microseconds since `sinceMs`, at least one, as the histogram counts. */
export function elapsedUs(sinceMs: number): number {
  return Math.max(1, Math.round((performance.now() - sinceMs) * 1_000));
}

/** Resolves when `count` messages have come on all sockets together. */
function gather(sockets: readonly Socket[], count: number, onEach: () => void): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    for (const socket of sockets) {
      socket.onData = () => {
        onEach();
        left -= 1;
        if (left === 0) resolve();
      };
    }
  });
}

export async function measureSockets(
  subject: Subject,
  sockets: readonly Socket[],
  size: { fanOuts: number; echoes: number; warmUps: number },
): Promise<{ fanOut: Rate; echo: Rate }> {
  const fanOut = await rateOf(subject, size.fanOuts, size.warmUps, sockets.length, async (round, latency) => {
    const sentMs = performance.now();
    const all = gather(sockets, sockets.length, () => latency.recordValue(elapsedUs(sentMs)));
    subject.publish(round);
    await all;
  });
  const echo = await rateOf(subject, size.echoes, size.warmUps, sockets.length, async (round, latency) => {
    const sentMs = performance.now();
    const all = gather(sockets, sockets.length, () => latency.recordValue(elapsedUs(sentMs)));
    for (const { send, clientId, own } of sockets) {
      send({ channel: own, clientId, id: String(round), data: { text: 'an echo' } });
    }
    await all;
  });
  return { fanOut, echo };
}
