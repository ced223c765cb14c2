/** The failure detector over real sockets, in its own threads. */
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Membership, openMembership } from '../../../src/cluster/membership/index.js';
import { until } from '../../support/until.js';

const threadFile = join(import.meta.dirname, '../../../dist/failure-detector.js');
const open = new Map<string, Membership>();
const refusals: string[] = [];

afterEach(async () => {
  await Promise.all([...open.values()].map((membership) => membership.close()));
  open.clear();
});

async function freePorts(count: number): Promise<number[]> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      return socket;
    }),
  );
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports;
}

interface Wanted {
  name: string;
  port: number;
  ports: readonly number[];
  boot?: string;
  keys?: string[];
}

async function start({ name, port, ports, boot = 'first', keys = ['the key'] }: Wanted): Promise<Membership> {
  const membership = await openMembership({
    threadFile,
    self: { name, incarnation: `${name}-disk`, boot: `${name}-${boot}`, host: 'here' },
    address: '127.0.0.1',
    port,
    seeds: ports.map((seed) => ({ host: '127.0.0.1', port: seed })),
    keys,
    intervalMs: 200,
    onChange: () => undefined,
    onRefused: () => refusals.push(name),
    onFailed: () => undefined,
  });
  open.set(name, membership);
  return membership;
}

function seenBy(membership: Membership): string[] {
  return membership.members.map(({ identity }) => identity.boot).sort();
}

describe('the failure detector', () => {
  it('brings ten nodes together, whoever starts first', async () => {
    const ports = await freePorts(10);
    const all = await Promise.all(ports.map((port, index) => start({ name: `n${index}`, port, ports })));
    for (const membership of all) {
      await until(() => membership.members.length === 9, 'nine others', 20_000);
    }
  });

  it('misses a node that has gone, and sees its next process as another', async () => {
    const ports = await freePorts(3);
    const [first, second, third] = ports as [number, number, number];
    const a = await start({ name: 'a', port: first, ports });
    const b = await start({ name: 'b', port: second, ports });
    const c = await start({ name: 'c', port: third, ports });
    await until(() => [a, b, c].every(({ members }) => members.length === 2), 'three together');
    await c.close();
    await until(() => a.members.length === 1 && b.members.length === 1, 'two left');
    const again = await start({ name: 'c', port: third, ports, boot: 'second' });
    await until(() => seenBy(a).includes('c-second') && seenBy(b).includes('c-second'), 'c again');
    await until(() => again.members.length === 2, 'both others');
    expect(seenBy(a)).toEqual(['b-first', 'c-second']);
  });

  it('lets nobody in without the key, and changes keys without a gap', async () => {
    const ports = await freePorts(3);
    const [first, second, third] = ports as [number, number, number];
    const a = await start({ name: 'a', port: first, ports, keys: ['old', 'new'] });
    const b = await start({ name: 'b', port: second, ports, keys: ['new', 'old'] });
    const stranger = await start({ name: 'x', port: third, ports, keys: ['none of these'] });
    await until(() => a.members.length === 1 && b.members.length === 1, 'a and b together');
    await until(() => refusals.includes('a') && refusals.includes('b'), 'refused datagrams');
    expect(seenBy(a)).toEqual(['b-first']);
    expect(stranger.members).toEqual([]);
  });

  it('says which port it cannot have', async () => {
    const [port] = (await freePorts(1)) as [number];
    await start({ name: 'a', port, ports: [port] });
    await expect(start({ name: 'b', port, ports: [port] })).rejects.toThrow(`127.0.0.1:${port}`);
  });
});
