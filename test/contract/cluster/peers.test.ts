/** The streams between nodes, over real sockets: who is let in, what passes, and what a slow peer costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Server, type ServerDuplexStream, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PeerMessage } from '../../../src/cluster/member/index.js';
import {
  type CommandEnd,
  type CommandFrame,
  operate,
  openPeers,
  type Peers,
  type PeersOptions,
  type PeerTls,
} from '../../../src/transport/peers/index.js';
import { proofOf } from '../../../src/transport/peers/identity-proof.js';
import {
  type PeerFrame,
  peersService,
  type ReplyFrame,
  type TakenFrame,
  toWire,
} from '../../../src/transport/peers/protocol.js';
import { freePort } from '../../support/free-ports.js';
import { makeAuthority } from '../../support/peer-certificates.js';
import { until } from '../../support/until.js';

const [one, two] = ['GWE_Node1', 'GWE_Node2'] as const;
const key = 'a key for tests of sixteen and more';
const folder = mkdtempSync(join(tmpdir(), 'beckon-peers-'));
const closes: (() => void)[] = [];

afterEach(() => {
  for (const close of closes.splice(0)) close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One end, with what it was told. */
interface End {
  peers: Peers;
  messages: PeerMessage[];
  pushes: string[];
  refused: string[];
  /** Reasons for which the other was not reached. */
  down: string[];
}

const identityOf = (name: string) => ({ name, incarnation: `${name}-disk`, boot: `${name}-boot`, host: 'h' });

const ack = (boot: string): PeerMessage => ({
  kind: 'heartbeatAck',
  clusterId: 'c',
  epoch: 1,
  sentAt: 2,
  boot,
});

async function open(
  name: string,
  ports: Record<string, number>,
  more: Partial<PeersOptions> = {},
): Promise<End> {
  const end = { messages: [], pushes: [], refused: [], down: [] } as unknown as End;
  const others = Object.entries(ports).filter(([other]) => other !== name);
  end.peers = await openPeers({
    self: identityOf(name),
    clusterApplication: 'GWE_Cluster',
    host: '127.0.0.1',
    port: ports[name] ?? 0,
    others: others.map(([other, port]) => ({ name: other, host: '127.0.0.1', port })),
    keys: [key],
    tls: undefined,
    onMessage: (_from, message) => end.messages.push(message),
    onCommand: answer,
    onPush: ({ channel }) => end.pushes.push(channel),
    onInterests: () => undefined,
    onDocuments: () => undefined,
    onOperator: (command) => Promise.resolve({ ok: true, text: command.kind, data: { of: name } }),
    onReach: (_name, isUp, reason) => {
      if (!isUp) end.down.push(reason ?? '');
    },
    onRefused: (_from, reason) => end.refused.push(reason),
    ...more,
  });
  closes.push(() => end.peers.close());
  return end;
}

/** Echoes the cell; never answers the cell `silent`. */
const answer: PeersOptions['onCommand'] = (_from, command, reply) => {
  if (command.cell === 'silent') return;
  if (command.cell === 'moved') reply({ id: command.id, outcome: 'moved', moved: two });
  else reply({ id: command.id, outcome: 'value', value: Buffer.from(command.cell) });
};

async function pair(
  first: Partial<PeersOptions> = {},
  second: Partial<PeersOptions> = {},
): Promise<[End, End]> {
  const ports = { [one]: await freePort(), [two]: await freePort() };
  return [await open(one, ports, first), await open(two, ports, second)];
}

function areTogether([a, b]: [End, End]): boolean {
  return a.peers.isReachable(two) && b.peers.isReachable(one);
}

/** Both ends have tried each other, and neither has let the other in. */
async function staysApart(ends: [End, End]): Promise<void> {
  await until(() => ends.every(({ down }) => down.length > 0), 'both to be turned away');
  expect(ends.some(({ peers }) => peers.isReachable(one) || peers.isReachable(two))).toBe(false);
}

const { path, requestSerialize, responseDeserialize } = peersService().service.Exchange;

/** Calls as the second node does, with bytes that the test makes. */
function greet(port: number, onBytes: (bytes: Buffer) => void = () => undefined) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  closes.push(() => client.close());
  const asIs = (bytes: Buffer): Buffer => bytes;
  const call = client.makeBidiStreamRequest(path, asIs, asIs);
  call.on('error', () => undefined);
  call.on('data', onBytes);
  const hello = {
    identity: identityOf(two),
    clusterApplication: 'GWE_Cluster',
    protocolMin: 1,
    protocolMax: 9,
    proof: proofOf([key], identityOf(two), one),
  };
  call.write(requestSerialize({ hello }));
  return call;
}

const query = (cell: string, leftMs = 5_000): Omit<CommandFrame, 'id'> => ({
  what: 'query',
  query: Buffer.from('question'),
  cell,
  leftMs,
  hops: 0,
});

const ask = (end: End, to: string, command: Omit<CommandFrame, 'id'>): Promise<CommandEnd> =>
  new Promise((done) => end.peers.command(to, command, done));

describe('two nodes of one cluster', () => {
  it('tell each other things in order, and push', async () => {
    const ends = await pair();
    const [a, b] = ends;
    await until(() => areTogether(ends), 'both streams');
    for (let index = 0; index < 100; index++) a.peers.send(two, ack(`a${index}`));
    b.peers.send(one, ack('b'));
    b.peers.push(one, { channel: '/notification/V', data: Buffer.from('{}') });
    await until(() => b.messages.length === 100 && a.messages.length === 1, 'the messages');
    expect(b.messages).toEqual(Array.from({ length: 100 }, (_, index) => ack(`a${index}`)));
    expect(a.messages).toEqual([ack('b')]);
    await until(() => a.pushes.length === 1, 'the push');
    expect(a.pushes).toEqual(['/notification/V']);
  });

  it('count the bytes of what they say', async () => {
    const ends = await pair();
    const [a, b] = ends;
    await until(() => areTogether(ends), 'both streams');
    const [sent, received] = [a.peers.figures.sentBytes, b.peers.figures.receivedBytes];
    a.peers.push(two, { channel: '/notification/V', data: Buffer.alloc(10_000) });
    await until(() => b.pushes.length === 1, 'the push');
    const grown = b.peers.figures.receivedBytes - received;
    expect(grown).toBeGreaterThan(10_000);
    expect(grown).toBeLessThan(10_100);
    expect(a.peers.figures.sentBytes - sent).toBe(grown);
  });

  it('answer commands, and every command ends', async () => {
    const ends = await pair();
    const [a, b] = ends;
    await until(() => areTogether(ends), 'both streams');
    const many = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(a, two, query(`c${index}`))),
    );
    const values = many.map((end) =>
      end.kind === 'reply' ? Buffer.from(end.reply.value ?? []).toString() : '',
    );
    expect(values).toEqual(Array.from({ length: 200 }, (_, index) => `c${index}`));
    expect(await ask(b, one, query('moved'))).toMatchObject({ reply: { outcome: 'moved', moved: two } });
    expect(await ask(a, two, query('silent', 200))).toEqual({ kind: 'unreachable' });
    expect(await ask(a, 'GWE_Node9', query('c'))).toEqual({ kind: 'unsent' });
    const cut = ask(a, two, query('silent', 60_000));
    b.peers.close();
    expect(await cut).toEqual({ kind: 'unreachable' });
    expect(a.peers.figures.commandsUnderWay).toBe(0);
  });

  it('find each other again when one has been away', async () => {
    const ports = { [one]: await freePort(), [two]: await freePort() };
    const a = await open(one, ports);
    const b = await open(two, ports);
    await until(() => areTogether([a, b]), 'both streams');
    b.peers.close();
    await until(() => !a.peers.isReachable(two), 'the break');
    const again = await open(two, ports);
    await until(() => areTogether([a, again]), 'both streams again');
  });
});

describe('who is turned away', () => {
  it('a node with another key, while each of several keys is taken', async () => {
    const ends = await pair({}, { keys: ['a quite different key of tests'] });
    await staysApart(ends);
    expect(ends[0].refused).toContain('the cluster keys differ');
    for (const close of closes.splice(0)) close();
    const next = 'the next key of all the nodes';
    // The pairs that meet while the key is changed in three rolling restarts.
    const meeting = [
      [[key], [key, next]],
      [
        [key, next],
        [next, key],
      ],
      [[next, key], [next]],
    ] as const;
    for (const [ones, others] of meeting) {
      const rotating = await pair({ keys: ones }, { keys: others });
      await until(() => areTogether(rotating), `${ones.join()} and ${others.join()} together`);
      for (const close of closes.splice(0)) close();
    }
  });

  it('a node of another cluster', async () => {
    const ends = await pair({}, { clusterApplication: 'Other_Cluster' });
    await staysApart(ends);
    expect(ends[0].refused).toContain('it belongs to the cluster Other_Cluster');
  });

  it('a name that the cluster does not have', async () => {
    const ports = { [one]: await freePort(), [two]: await freePort() };
    const a = await open(one, ports);
    await open('GWE_Node9', { ...ports, GWE_Node9: await freePort() });
    await until(() => a.refused.includes('the cluster has no node of that name'), 'the refusal');
  });

  it('nodes that would talk in the clear between machines', async () => {
    const others = [{ name: two, host: '192.0.2.7', port: 1 }];
    await expect(open(one, { [one]: 0 }, { others })).rejects.toThrow(/TLS.*192\.0\.2\.7/);
  });

  it('an operator without the key', async () => {
    const ports = { [one]: await freePort() };
    const end = await open(one, ports);
    const node = { name: one, host: '127.0.0.1', port: ports[one] };
    const given = { node, tls: undefined, timeoutMs: 5_000 };
    expect(await operate({ ...given, keys: [key] }, { kind: 'status' })).toEqual({
      ok: true,
      text: 'status',
      data: { of: one },
    });
    await expect(operate({ ...given, keys: ['no key of this cluster'] }, { kind: 'status' })).rejects.toThrow(
      /keys/,
    );
    expect(end.refused).toEqual(['an operator without the key of the cluster']);
  });
});

describe('versions of the protocol', () => {
  it('a node of the next release joins', async () => {
    const ends = await pair({ protocol: { min: 1, max: 1 } }, { protocol: { min: 1, max: 2 } });
    await until(() => areTogether(ends), 'both streams');
  });

  it('a node of the release after that does not, and both say why', async () => {
    const ends = await pair({ protocol: { min: 1, max: 1 } }, { protocol: { min: 2, max: 2 } });
    await staysApart(ends);
    expect(ends[0].refused).toContain('it speaks versions 2 to 2, this node 1 to 1');
    expect(ends[1].down.join()).toContain('it speaks versions 2 to 2, this node 1 to 1');
  });

  it('a kind of message that this release does not know is ignored', async () => {
    const ports = { [one]: await freePort(), [two]: await freePort() };
    const a = await open(one, ports);
    const call = greet(ports[one]);
    // PeerFrame.messages (2) with a PeerMessage whose only field is number 99, and a frame's field number 90.
    const unknown = Buffer.from([0x12, 5, 0x9a, 0x06, 2, 0x08, 1, 0xd2, 0x05, 1, 0x61]);
    const known = requestSerialize({ messages: [toWire(ack('known'))] });
    call.write(Buffer.concat([unknown, known]));
    await until(() => a.messages.length > 0, 'the message that is known');
    expect(a.messages).toEqual([ack('known')]);
    expect(a.refused).toEqual([]);
    call.end();
  });
});

describe('what is not what it should be', () => {
  it('a message without a record that it needs is told once, and the stream goes on', async () => {
    const ports = { [one]: await freePort(), [two]: await freePort() };
    const a = await open(one, ports);
    const call = greet(ports[one]);
    const wrong = { decided: {} };
    call.write(requestSerialize({ messages: [wrong, wrong, toWire(ack('right'))] }));
    await until(() => a.messages.length > 0, 'the right message');
    expect(a.messages).toEqual([ack('right')]);
    expect(a.refused).toEqual(['a message that is none: decided.view: missing']);
    call.end();
  });

  it('a command that only a later release knows is answered', async () => {
    const ports = { [one]: await freePort(), [two]: await freePort() };
    await open(one, ports);
    const replies: ReplyFrame[] = [];
    const call = greet(ports[one], (bytes) => {
      replies.push(...(responseDeserialize(bytes).replies as ReplyFrame[]));
    });
    call.write(requestSerialize({ commands: [{ id: 7, cell: 'c' }] }));
    await until(() => replies.length > 0, 'the reply');
    expect(replies).toMatchObject([{ id: 7, outcome: 'failure', failure: { code: 'BAD_REQUEST' } }]);
    call.end();
  });

  it('an operator’s command that is none is refused, saying why', async () => {
    const ports = { [one]: await freePort() };
    const end = await open(one, ports);
    const node = { name: one, host: '127.0.0.1', port: ports[one] };
    const given = { node, tls: undefined, timeoutMs: 5_000, keys: [key] };
    await expect(operate(given, { kind: 'explode' } as never)).rejects.toThrow(/knows no command explode/);
    await expect(operate(given, { kind: 'init', nodes: [1] } as never)).rejects.toThrow(/init needs nodes/);
    await expect(operate(given, { kind: 'replace', node: 'A' } as never)).rejects.toThrow(/replace needs by/);
    expect(end.refused).toEqual([]);
  });
});

describe('mutual TLS', () => {
  let signed: Record<string, PeerTls>;

  beforeAll(() => {
    const authority = makeAuthority(folder, 'authority');
    const stranger = makeAuthority(folder, 'stranger');
    signed = {
      first: authority(one),
      second: authority(two),
      misnamed: authority('GWE_Node9'),
      foreign: stranger(two),
    };
  });

  it('lets in who has a certificate of the authority for its name', async () => {
    const ends = await pair({ tls: signed.first }, { tls: signed.second });
    await until(() => areTogether(ends), 'both streams');
    const end = await ask(ends[0], two, query('over TLS'));
    expect(end).toMatchObject({ kind: 'reply', reply: { outcome: 'value' } });
  });

  it('takes commands of an operator', async () => {
    const ports = { [one]: await freePort() };
    await open(one, ports, { tls: signed.first });
    const node = { name: one, host: '127.0.0.1', port: ports[one] };
    const said = await operate(
      { node, tls: signed.first, keys: [key], timeoutMs: 5_000 },
      { kind: 'status' },
    );
    expect(said.ok).toBe(true);
  });

  it('turns away a certificate for another name', async () => {
    const ends = await pair({ tls: signed.first }, { tls: signed.misnamed });
    await staysApart(ends);
    expect(ends[0].refused).toContain(`its certificate is not for ${two}`);
  });

  it('turns away a certificate of another authority', async () => {
    const ends = await pair({ tls: signed.first }, { tls: signed.foreign });
    await staysApart(ends);
    expect(ends[0].messages).toEqual([]);
  });

  it('turns away a node that talks in the clear', async () => {
    const ends = await pair({ tls: signed.first }, {});
    await staysApart(ends);
  });

  it('says which file is missing', async () => {
    const tls = { ...(signed.first as PeerTls), keyFile: join(folder, 'nothing.key') };
    await expect(open(one, { [one]: 0 }, { tls })).rejects.toThrow(/nothing\.key cannot be read/);
  });
});

type Slow = ServerDuplexStream<TakenFrame, PeerFrame>;

describe('a peer that does not read', () => {
  it('costs a bounded number of bytes, and gets what was kept when it reads again', async () => {
    const streams: Slow[] = [];
    let received = 0;
    const slow = new Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
    slow.addService(peersService().service, {
      Exchange(stream: Slow) {
        streams.push(stream);
        stream.on('data', (frame: TakenFrame) => {
          received += frame.documents.length;
          if (frame.hello === null) return;
          stream.write({ hello: { identity: identityOf(two), proof: Buffer.alloc(0) } as never });
          stream.pause();
        });
        stream.on('error', () => undefined);
      },
      Operate: () => undefined,
    });
    const port = await new Promise<number>((done, fail) => {
      slow.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? done(bound) : fail(error),
      );
    });
    closes.push(() => slow.forceShutdown());
    const a = await open(one, { [one]: await freePort(), [two]: port });
    await until(() => a.peers.isReachable(two), 'the stream');

    const chunk = Buffer.alloc(1024 * 1024);
    let sent = 0;
    await until(
      async () => {
        for (let index = 0; index < 10; index++, sent++) a.peers.documents(two, chunk);
        await new Promise((wait) => setImmediate(wait));
        expect(a.peers.figures.waitingBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
        return a.peers.figures.dropped > 20;
      },
      'the bound',
      20_000,
    );
    expect(await ask(a, two, { ...query('c'), query: chunk })).toEqual({ kind: 'full' });
    const { dropped } = a.peers.figures;
    for (const stream of streams) stream.resume();
    await until(() => a.peers.figures.waitingBytes === 0, 'the rest to leave', 20_000);
    await until(() => received === sent - (dropped - 1), 'the rest to arrive', 20_000);
  });
});
