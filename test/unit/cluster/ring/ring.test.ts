import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backupOf,
  balanceOf,
  createRing,
  foreseeRings,
  movesBetween,
  orderOf,
  ownerOf,
  partitionOf,
} from '../../../../src/cluster/ring/index.js';

const partitionCount = 1_024;
const named = (names: string[], hostOf: (name: string, index: number) => string = (name) => name) =>
  names.map((name, index) => ({ name, host: hostOf(name, index) }));
const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9:.%-]{1,12}$/), { minLength: 1, maxLength: 7 });

describe('partitionOf', () => {
  it('keeps all documents together, and spreads visits', () => {
    expect(partitionOf('document/rules/a', 1_024)).toBe(partitionOf('document/categories/b', 1_024));
    const counts = new Array<number>(64).fill(0);
    for (let visit = 0; visit < 64_000; visit++) counts[partitionOf(`visit/${visit}`, 64)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe('the ring', () => {
  it('of all nodes, and of all but one, is there before it is wanted, and no other than it would be', () => {
    const list = ['one', 'two', 'three'];
    foreseeRings(list, 96);
    for (const taking of [list, ['one', 'two'], ['two', 'three'], ['one', 'three']]) {
      const { orders } = createRing(named(taking), [], 96);
      expect(createRing(named(taking), [], 96).orders).toBe(orders);
      expect(orders.every((order) => [...order].sort().join() === [...taking].sort().join())).toBe(true);
    }
  });

  it('does not depend on the order of the members', () => {
    fc.assert(
      fc.property(names, (list) => {
        const one = createRing(named(list), [], 64);
        const other = createRing(named([...list].reverse()), [], 64);
        expect(other.orders).toEqual(one.orders);
      }),
      { numRuns: 30 },
    );
  });

  it('names every member once for each partition, and a backup on another host', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 4 }), (list, hosts) => {
        const members = named(list, (_, index) => `host${index % hosts}`);
        const ring = createRing(members, [], 64);
        const hostsUsed = new Set(members.map(({ host }) => host)).size;
        for (let partition = 0; partition < 64; partition++) {
          expect([...orderOf(ring, partition)].sort()).toEqual([...list].sort());
          const owner = ownerOf(ring, partition);
          const backup = backupOf(ring, partition, owner);
          expect(backup === undefined).toBe(list.length === 1);
          expect(backup).not.toBe(owner);
          if (hostsUsed > 1) expect(ring.hosts.get(backup!)).not.toBe(ring.hosts.get(owner));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('moves to the backup what a leaver owned, and nothing else', () => {
    fc.assert(
      fc.property(names, (list) => {
        fc.pre(list.length > 1);
        const leaver = list[0]!;
        const before = createRing(named(list), [], 256);
        const after = createRing(named(list.slice(1)), [], 256);
        const drained = createRing(named(list), [leaver], 256);
        expect(drained.orders).toEqual(after.orders);
        for (const { partition, from, to } of movesBetween(before, after)) {
          expect(from).toBe(leaver);
          expect(to).toBe(backupOf(before, partition, leaver));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('balances within a quarter for a few members, a third for a dozen', () => {
    for (const count of [2, 3, 4, 5, 8, 12]) {
      const list = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
      const { least, most, mean } = balanceOf(createRing(named(list), [], partitionCount));
      expect(most / mean, `${count} members`).toBeLessThan(count <= 8 ? 1.25 : 1.34);
      expect(least / mean, `${count} members`).toBeGreaterThan(0.75);
    }
  });

  it('gives partitions to draining members when there are no others', () => {
    const ring = createRing(named(['a']), ['a'], 8);
    expect(ownerOf(ring, 3)).toBe('a');
  });

  it('has a copy go to a draining member rather than to nobody', () => {
    const ring = createRing(named(['a', 'b']), ['b'], 8);
    expect(ownerOf(ring, 3)).toBe('a');
    expect(backupOf(ring, 3, 'a')).toBe('b');
  });
});
