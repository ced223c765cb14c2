/**
 * Where partitions belong: the order in which a consistent-hash ring names the members of a view for each of
 * them. The first is the owner. Where the data is may differ for a while (cluster protocol, section 4).
 */
import HashRing from 'hashring';
import { LRUCache } from 'lru-cache';
import { assert, hash32 } from '../../base/index.js';
import { compareNames, type NodeName } from '../identity.js';

export interface RingMember {
  name: NodeName;
  host: string;
}

export interface Ring {
  partitionCount: number;
  hosts: Map<NodeName, string>;
  /** Per partition all members that take part, in the order of the ring. */
  orders: readonly (readonly NodeName[])[];
  /** Members that take no part, because they are about to stop: copies go there when there is nobody else. */
  draining: NodeName[];
}

/**
 * Each member has four points per virtual node. With 640 points the busiest of a few members has about a
 * tenth more than the average, and building the ring takes milliseconds.
 */
const virtualNodes = 160;

/** 128 bits, as the package wants them: four points of 32 bits. */
function points(key: string): number[] {
  const bytes: number[] = [];
  for (let part = 0; part < 4; part++) {
    const hash = hash32(key, 0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b1));
    bytes.push(hash & 255, (hash >>> 8) & 255, (hash >>> 16) & 255, hash >>> 24);
  }
  return bytes;
}

/** Who takes part is often as it was a few views ago: a node went, and came back. */
const knownOrdersMax = 32;
const knownOrders = new LRUCache<string, Ring['orders']>({ max: knownOrdersMax });

function ordersOf(taking: readonly NodeName[], partitionCount: number): Ring['orders'] {
  const key = JSON.stringify([taking, partitionCount]);
  let orders = knownOrders.get(key);
  if (orders === undefined) {
    orders = makeOrders(taking, partitionCount);
    knownOrders.set(key, orders);
  }
  return orders;
}

/** Makes the rings that are wanted first, with all of `names` and without each one of them, ahead of time. */
export function foreseeRings(names: readonly NodeName[], partitionCount: number): void {
  const all = [...names].sort(compareNames);
  const without = all.length > 1 && all.length < knownOrdersMax ? all : [];
  for (const missing of without) {
    ordersOf(
      all.filter((name) => name !== missing),
      partitionCount,
    );
  }
  ordersOf(all, partitionCount);
}

function makeOrders(taking: readonly NodeName[], partitionCount: number): NodeName[][] {
  // The package reads a colon as the beginning of a port.
  const ring = new HashRing(
    Object.fromEntries(taking.map((name) => [encodeURIComponent(name), { vnodes: virtualNodes }])),
    points,
    { 'max cache size': 1 },
  );
  return Array.from({ length: partitionCount }, (_, partition) =>
    ring.range(`partition/${partition}`, taking.length).map(decodeURIComponent),
  );
}

/**
 * The ring of `members`, without those in `draining` (with them, when nobody else is left). Equal on every
 * node that gives it the same names.
 */
export function createRing(
  members: readonly RingMember[],
  draining: readonly NodeName[],
  partitionCount: number,
): Ring {
  assert(members.length > 0, 'a ring has members');
  const staying = members.filter(({ name }) => !draining.includes(name));
  const taking = (staying.length > 0 ? staying : members)
    .map(({ name }) => name)
    .sort((one, other) => compareNames(one, other));
  return {
    partitionCount,
    hosts: new Map(members.map(({ name, host }) => [name, host])),
    orders: ordersOf(taking, partitionCount),
    draining: members.map(({ name }) => name).filter((name) => !taking.includes(name)),
  };
}

export function orderOf(ring: Ring, partition: number): readonly NodeName[] {
  const order = ring.orders[partition];
  assert(order !== undefined, 'a partition of the ring');
  return order;
}

export function ownerOf(ring: Ring, partition: number): NodeName {
  return orderOf(ring, partition)[0] as NodeName;
}

/**
 * Who should hold a copy of what `server` serves: the next member of the ring on another host; on the same
 * host when there is no other; one that is about to stop when there is nobody else.
 */
export function backupOf(ring: Ring, partition: number, server: NodeName): NodeName | undefined {
  const host = ring.hosts.get(server);
  for (const names of [orderOf(ring, partition), ring.draining]) {
    const others = names.filter((name) => name !== server);
    const backup = others.find((name) => ring.hosts.get(name) !== host) ?? others[0];
    if (backup !== undefined) return backup;
  }
  return undefined;
}

export interface Move {
  partition: number;
  from: NodeName;
  to: NodeName;
}

/** The partitions whose owner differs between two rings. */
export function movesBetween(before: Ring, after: Ring): Move[] {
  const moves: Move[] = [];
  for (let partition = 0; partition < after.partitionCount; partition++) {
    const from = ownerOf(before, partition);
    const to = ownerOf(after, partition);
    if (from !== to) moves.push({ partition, from, to });
  }
  return moves;
}

export interface Balance {
  least: number;
  most: number;
  mean: number;
}

/** How many partitions the members own: the fewest, the most, and on average. */
export function balanceOf(ring: Ring): Balance {
  const counts = new Map(orderOf(ring, 0).map((name) => [name, 0]));
  for (const order of ring.orders)
    counts.set(order[0] as NodeName, (counts.get(order[0] as NodeName) ?? 0) + 1);
  const numbers = [...counts.values()];
  return {
    least: Math.min(...numbers),
    most: Math.max(...numbers),
    mean: ring.partitionCount / numbers.length,
  };
}
