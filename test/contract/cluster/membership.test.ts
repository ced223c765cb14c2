/** The failure detector over real sockets, in its own threads. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Membership, openMembership } from '../../../src/cluster/membership/index.js';
import { defaultClusterSettings } from '../../../src/cluster/settings.js';
import { freePorts } from '../../support/free-ports.js';
import { until } from '../../support/until.js';

const threadFile = join(import.meta.dirname, '../../../dist/failure-detector.js');
const open = new Map<string, Membership>();
const refusals: string[] = [];

afterEach(async () => {
  await Promise.all([...open.values()].map((membership) => membership.close()));
  open.clear();
});

interface Wanted {
  name: string;
  port: number;
  ports: readonly number[];
  boot?: string;
  keys?: string[];
  intervalMs?: number;
  onChange?: () => void;
}

async function start(wanted: Wanted): Promise<Membership> {
  const { name, port, ports, boot = 'first', keys = ['the key'], intervalMs = 200 } = wanted;
  const membership = await openMembership({
    threadFile,
    self: { name, incarnation: `${name}-disk`, boot: `${name}-${boot}`, host: 'here' },
    address: '127.0.0.1',
    port,
    seeds: ports.map((seed) => ({ host: '127.0.0.1', port: seed })),
    keys,
    intervalMs,
    onChange: wanted.onChange ?? (() => undefined),
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
  it(
    'brings ten nodes together, whoever starts first, and then has no news',
    { timeout: 90_000 },
    async () => {
      const ports = await freePorts(10);
      const { swimIntervalMs: intervalMs } = defaultClusterSettings;
      let newsMs = 0;
      const onChange = (): void => void (newsMs = performance.now());
      const all = await Promise.all(
        ports.map((port, index) => start({ name: `n${index}`, port, ports, intervalMs, onChange })),
      );
      for (const membership of all) {
        await until(() => membership.members.length === 9, 'nine others', 20_000);
      }
      // Each asks one other in an interval: by then everybody has been asked by many.
      const isQuiet = (): boolean => performance.now() - newsMs > 10 * intervalMs;
      await until(isQuiet, 'ten intervals without a change', 60_000);
      expect(all.map(({ members }) => members.length)).toEqual(Array.from({ length: 10 }, () => 9));
    },
  );

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

  it('sees the next process of a node that nobody has missed', async () => {
    // Within the interval of one question.
    const intervalMs = 5_000;
    const ports = await freePorts(2);
    const [first, second] = ports as [number, number];
    const a = await start({ name: 'a', port: first, ports, intervalMs });
    const b = await start({ name: 'b', port: second, ports, intervalMs });
    await until(() => a.members.length === 1 && b.members.length === 1, 'both together');
    await b.close();
    await start({ name: 'b', port: second, ports, intervalMs, boot: 'second' });
    await until(() => seenBy(a).includes('b-second'), 'b again');
    expect(seenBy(a)).toEqual(['b-second']);
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

  it('loses nobody in three rolling restarts that change the key', { timeout: 90_000 }, async () => {
    const ports = await freePorts(3);
    const names = ['a', 'b', 'c'];
    const all = await Promise.all(
      names.map((name, at) => start({ name, port: ports[at] ?? 0, ports, keys: ['old'] })),
    );
    await until(() => all.every(({ members }) => members.length === 2), 'three together', 20_000);
    for (const [round, keys] of [['old', 'new'], ['new', 'old'], ['new']].entries()) {
      for (const [at, name] of names.entries()) {
        await all[at]?.close();
        all[at] = await start({ name, port: ports[at] ?? 0, ports, keys, boot: `round-${round}` });
        const boot = `${name}-round-${round}`;
        await until(
          () =>
            all.every(
              (one, index) => one.members.length === 2 && (index === at || seenBy(one).includes(boot)),
            ),
          `${boot} among the others`,
          20_000,
        );
      }
    }
  });

  it('says which port it cannot have', async () => {
    const [port] = (await freePorts(1)) as [number];
    await start({ name: 'a', port, ports: [port] });
    await expect(start({ name: 'b', port, ports: [port] })).rejects.toThrow(`127.0.0.1:${port}`);
  });
});
