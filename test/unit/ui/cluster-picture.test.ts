/** What the cluster page works out of a picture: the one sentence, the pairs, the field of tiles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterNodePicture, ClusterPicture } from '../../../src/model/index.js';
import {
  drainProgress,
  pairsOf,
  stateOf,
  tileOrder,
  tilePath,
  tilesAcross,
  totalsOf,
  verdictOf,
} from '../../../src/ui/cluster/model/index.js';

const report = {
  epoch: 3,
  notServing: '',
  leaseLeftMs: 1_900,
  served: 2,
  backed: 2,
  alone: 0,
  moving: 0,
  copies: 2,
  logBytes: 0,
  alarms: [],
};

function node(name: string, change: Partial<ClusterNodePicture> = {}): ClusterNodePicture {
  return { name, host: '127.0.0.1', isMember: true, isDraining: false, report, failure: '', ...change };
}

function picture(change: Partial<ClusterPicture> = {}): ClusterPicture {
  return {
    application: 'GWE_Cluster',
    drawnBy: 'a',
    at: 0,
    epoch: 3,
    majority: 2,
    configured: 3,
    leaseMs: 2_000,
    nodes: ['a', 'b', 'c'].map((name) => node(name)),
    servers: [0, 0, 1, 1, 2, 2],
    backups: [1, 2, 0, 2, 0, 1],
    moving: [],
    ...change,
  };
}

const away = node('c', { report: null, failure: 'The node c does not answer.' });

describe('the sentence', () => {
  it.each([
    ['well', {}],
    ['away', { nodes: [node('a'), node('b'), away], servers: [0, 1], backups: [1, 0] }],
    ['moving', { moving: [4] }],
    ['alone', { backups: [1, 2, 0, 2, -1, 1], moving: [4] }],
    ['unserved', { servers: [0, 0, 1, 1, 2, -1] }],
    ['noMajority', { servers: [-1, -1] }],
    ['notFormed', { epoch: 0, servers: [], backups: [] }],
  ] satisfies [string, Partial<ClusterPicture>][])('says the worst: %s', (verdict, change) => {
    expect(verdictOf(picture(change))).toBe(verdict);
  });

  it('does not ask a cluster of one for copies', () => {
    const alone = { configured: 1, nodes: [node('a')], servers: [0, 0], backups: [-1, -1] };
    expect(verdictOf(picture(alone))).toBe('well');
  });
});

it('tells what a node does', () => {
  expect(stateOf(away)).toBe('away');
  expect(stateOf(node('a'))).toBe('serving');
  expect(stateOf(node('a', { report: { ...report, notServing: 'no lease' } }))).toBe('waiting');
  expect(stateOf(node('a', { isDraining: true }))).toBe('draining');
  // The others still need its copies.
  expect(stateOf(node('a', { isDraining: true, report: { ...report, served: 0 } }))).toBe('draining');
  expect(stateOf(node('a', { isDraining: true, report: { ...report, served: 0, copies: 0 } }))).toBe(
    'drained',
  );
});

it('counts what is not served as neither alone nor backed', () => {
  const totals = totalsOf(picture({ servers: [0, 0, -1, 1, 2, 2], backups: [1, -1, -1, 2, 0, 1] }));
  expect(totals).toMatchObject({ partitions: 6, served: 5, alone: 1 });
});

it('pairs every served partition with where its copy is', () => {
  expect(pairsOf(picture({ backups: [1, 2, 0, 2, -1, 1] }))).toEqual([
    [0, 1, 1, 0],
    [1, 0, 1, 0],
    [0, 1, 0, 1],
  ]);
});

it('shows each partition once, those of one pair beside each other, what nobody serves first', () => {
  const place = fc.integer({ min: -1, max: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(place, place), { maxLength: 60 }), (rows) => {
      const [servers, backups] = [rows.map(([server]) => server), rows.map(([, backup]) => backup)];
      const order = tileOrder(servers, backups);
      expect([...order].sort((a, b) => a - b)).toEqual([...rows.keys()]);
      const pairs = order.map((partition) => `${servers[partition]} ${backups[partition]}`);
      const blocks = pairs.filter((pair, index) => pair !== pairs[index - 1]);
      expect(new Set(blocks).size).toBe(blocks.length);
      const unserved = servers.filter((server) => server < 0).length;
      expect(order.slice(0, unserved).every((partition) => (servers[partition] ?? 0) < 0)).toBe(true);
    }),
  );
});

it('draws a tile within the field', () => {
  expect(tilesAcross(1_024)).toBe(32);
  expect(tilesAcross(0)).toBe(1);
  expect(tilePath([0, 33], 32, 'whole')).toBe('M0 0h9v9h-9zM10 10h9v9h-9z');
});

it('tells how far a drain is', () => {
  expect(drainProgress(700, 700)).toBe(0);
  expect(drainProgress(175, 700)).toBe(0.75);
  expect(drainProgress(0, 0)).toBe(1);
});
