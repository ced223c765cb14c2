import { describe, expect, it } from 'vitest';
import type { NodeIdentity } from '../../../../src/cluster/identity.js';
import { takeoverWaitMs } from '../../../../src/cluster/settings.js';
import {
  currentView,
  epochOf,
  holdsLease,
  isInView,
  leaseUntilMs,
  olderHolders,
  stepView,
  takeoverAtMs,
  viewStatus,
  type ViewEffect,
  type ViewMessage,
} from '../../../../src/cluster/view/index.js';
import { createBench, type Bench } from './bench.js';

function formed(names = ['a', 'b', 'c']): Bench {
  const bench = createBench(names);
  for (const name of names) bench.start(name);
  bench.run(3_000);
  return bench;
}

const memberNames = (bench: Bench, name: string) =>
  currentView(bench.nodes.get(name)!.state)?.members.map((member) => member.name);
const replies = (effects: readonly ViewEffect[]) =>
  effects.filter((effect) => effect.kind === 'operatorReply');

describe('the first view', () => {
  it('is agreed once every configured node has said to be fresh', () => {
    const bench = formed();
    for (const name of ['a', 'b', 'c']) expect(memberNames(bench, name)).toEqual(['a', 'b', 'c']);
    const ids = new Set([...bench.nodes.values()].map(({ state }) => currentView(state)?.clusterId));
    expect(ids.size).toBe(1);
  });

  it('waits for a node that is away, until an operator decides', () => {
    const bench = createBench(['a', 'b', 'c']);
    bench.start('a');
    bench.start('b');
    bench.run(20_000);
    expect(currentView(bench.nodes.get('a')!.state)).toBeUndefined();
    expect(bench.nodes.get('a')!.effects).toContainEqual(
      expect.objectContaining({ kind: 'alarm', alarm: 'notFormed' }),
    );
    bench.feed('a', { kind: 'operator', id: 7, command: { kind: 'init', nodes: ['a', 'b'] } });
    bench.run(3_000);
    expect(memberNames(bench, 'b')).toEqual(['a', 'b']);
    expect(replies(bench.nodes.get('a')!.effects)).toMatchObject([{ id: 7, ok: true }]);
    bench.start('c');
    bench.run(3_000);
    expect(memberNames(bench, 'c')).toEqual(['a', 'b', 'c']);
  });

  it('is refused to a later incarnation of a node that was told fresh', () => {
    const bench = createBench(['a', 'b', 'c']);
    bench.start('a');
    bench.start('b');
    bench.run(1_000);
    bench.kill('a', true);
    const again = bench.start('a');
    bench.run(1_000);
    expect(again.state.freshFrom.has('b')).toBe(false);
    expect(again.state.kept.open).toBe(false);
  });

  it('needs no wait and no other node in a cluster of one', () => {
    const bench = createBench(['a']);
    const { state } = bench.start('a');
    bench.run(200);
    expect(epochOf(state)).toBe(1);
    expect(holdsLease(state, bench.nowMs)).toBe(true);
    expect(takeoverAtMs(state)).toBeLessThanOrEqual(bench.nowMs);
  });
});

describe('a lease', () => {
  it('runs from the majority-th newest acknowledged heartbeat', () => {
    const bench = formed();
    const { state } = bench.nodes.get('a')!;
    expect(leaseUntilMs(state)).toBeGreaterThan(bench.nowMs + 1_500);
    const untilMs = leaseUntilMs(state);
    bench.run(1_000, (from, to) => from === 'a' || to === 'a');
    expect(leaseUntilMs(state)).toBe(untilMs);
    bench.run(2_000, (from, to) => from === 'a' || to === 'a');
    expect(holdsLease(state, bench.nowMs)).toBe(false);
  });

  it('is not acknowledged by a node that has accepted a view for the next epoch', () => {
    const bench = formed();
    const { state, self } = bench.nodes.get('b')!;
    const view = currentView(state)!;
    const from = bench.nodes.get('a')!.self;
    const ballot = { round: 9, node: 'a', incarnation: from.incarnation };
    const next = { ...view, epoch: 2 };
    const { clusterId } = view;
    bench.feed('b', {
      kind: 'peerMessage',
      from,
      message: { kind: 'accept', clusterId, epoch: 2, ballot, view: next },
    });
    const heartbeat: ViewMessage = {
      kind: 'heartbeat',
      clusterId,
      epoch: 1,
      sentAt: 5,
      acceptedEpoch: 0,
      reach: [self.name],
    };
    const effects = stepView(state, { kind: 'peerMessage', from, message: heartbeat }, bench.nowMs);
    expect(effects.filter(({ kind }) => kind === 'send')).toEqual([]);
  });

  it('is not held by a boot that the view does not name', () => {
    const bench = formed();
    bench.kill('a');
    const { state } = bench.start('a');
    bench.run(200);
    expect(epochOf(state)).toBe(1);
    expect(isInView(state)).toBe(false);
    expect(holdsLease(state, bench.nowMs)).toBe(false);
    bench.run(2_000);
    expect(epochOf(state)).toBeGreaterThan(1);
    expect(holdsLease(state, bench.nowMs)).toBe(true);
  });

  it('is waited out by successors, with the drift of both clocks', () => {
    expect(takeoverWaitMs({ leaseMs: 2_000, driftMax: 0.05 })).toBe(2_211);
    const bench = formed();
    bench.kill('a');
    bench.run(1_500);
    const { state } = bench.nodes.get('b')!;
    expect(memberNames(bench, 'b')).toEqual(['b', 'c']);
    expect(takeoverAtMs(state)).toBe(state.installedMs + 2_211);
    expect(olderHolders(state)?.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('may still be held by the process that a wiped node was, two views before', () => {
    const bench = formed();
    const { state } = bench.nodes.get('b')!;
    const view = currentView(state)!;
    const [a, b, c] = view.members as [NodeIdentity, NodeIdentity, NodeIdentity];
    const wiped = { ...a, incarnation: 'another', boot: 'another' };
    for (const [index, members] of [
      [b, c],
      [wiped, b, c],
    ].entries()) {
      const next = { ...view, epoch: 2 + index, members };
      bench.feed('b', { kind: 'peerMessage', from: c, message: { kind: 'decided', view: next } });
    }
    expect(epochOf(state)).toBe(3);
    const ids = olderHolders(state)?.map(({ name, incarnation }) => `${name} ${incarnation}`);
    expect(ids?.sort()).toEqual([a, b, c].map(({ name, incarnation }) => `${name} ${incarnation}`).sort());
  });
});

describe('a later view', () => {
  it('does not follow a change that does not last', () => {
    const bench = formed();
    const alive = [...bench.nodes.values()].map(({ self }) => self);
    bench.feed('a', { kind: 'alive', peers: alive.filter(({ name }) => name === 'b') });
    bench.feed('a', { kind: 'tick' });
    bench.run(3_000);
    expect(epochOf(bench.nodes.get('a')!.state)).toBe(1);
  });

  it('admits a wiped node, which votes on nothing before', () => {
    const bench = formed();
    bench.kill('a', true);
    const { state } = bench.start('a');
    bench.run(300);
    expect(epochOf(state)).toBe(1);
    expect(viewStatus(state, bench.nowMs).mayVote).toBe(false);
    bench.run(3_000);
    expect(viewStatus(state, bench.nowMs)).toMatchObject({ mayVote: true, isMember: true, notServing: '' });
  });

  it('refuses nobody while its first lease is on its way, and everybody when none comes', () => {
    const bench = formed();
    const { state } = bench.nodes.get('a')!;
    const view = { ...currentView(state)!, epoch: 2 };
    const from = bench.nodes.get('b')!.self;
    bench.run(50, () => true);
    bench.feed('a', { kind: 'peerMessage', from, message: { kind: 'decided', view } });
    expect(viewStatus(state, bench.nowMs)).toMatchObject({ leaseLeftMs: 0, notServing: '' });
    bench.run(1_000, () => true);
    expect(viewStatus(state, bench.nowMs).notServing).toMatch(/no majority/);
  });

  it('completes what a dead proposer left accepted', () => {
    const bench = formed();
    const view = currentView(bench.nodes.get('a')!.state)!;
    const { self } = bench.nodes.get('c')!;
    const ballot = { round: 5, node: 'c', incarnation: self.incarnation };
    const next = { ...view, epoch: 2, members: view.members.filter(({ name }) => name !== 'a') };
    for (const name of ['a', 'b']) {
      bench.feed(name, {
        kind: 'peerMessage',
        from: self,
        message: { kind: 'accept', clusterId: view.clusterId, epoch: 2, ballot, view: next },
      });
    }
    bench.run(700);
    const installed = bench.nodes.get('b')!.effects.filter((effect) => effect.kind === 'installed');
    expect(installed.find((effect) => effect.view.epoch === 2)?.view).toEqual(next);
    bench.run(3_000);
    expect(memberNames(bench, 'b')).toEqual(['a', 'b', 'c']);
  });

  it('leaves out one of two members while they do not reach each other', () => {
    const bench = formed();
    bench.feed('b', { kind: 'silent', peer: 'c' });
    bench.run(3_000, (from, to) => `${from}${to}` === 'bc' || `${from}${to}` === 'cb');
    expect(memberNames(bench, 'a')).toEqual(['a', 'b']);
    bench.run(3_000);
    expect(memberNames(bench, 'a')).toEqual(['a', 'b', 'c']);
  });

  it('is not voted on by a node whose disk refuses', () => {
    const bench = formed();
    const { state } = bench.nodes.get('b')!;
    stepView(state, { kind: 'stateFailed', ticket: 99, reason: 'full' }, bench.nowMs);
    const from = bench.nodes.get('a')!.self;
    const { clusterId } = currentView(state)!;
    const ballot = { round: 9, node: 'a', incarnation: from.incarnation };
    const message = { kind: 'prepare', clusterId, epoch: 2, ballot } as const;
    const effects = stepView(state, { kind: 'peerMessage', from, message }, bench.nowMs);
    expect(effects.filter(({ kind }) => kind === 'send')).toEqual([]);
    expect(viewStatus(state, bench.nowMs).keepFailure).toBe('full');
  });
});

describe('an operator', () => {
  it('adds, drains and removes a node', () => {
    const bench = formed();
    bench.nodes.set('d', { ...bench.start('d') });
    bench.run(1_000);
    expect(viewStatus(bench.nodes.get('d')!.state, bench.nowMs).notServing).toContain('cluster add d');
    bench.feed('a', { kind: 'operator', id: 1, command: { kind: 'add', node: 'd' } });
    bench.run(2_000);
    expect(memberNames(bench, 'd')).toEqual(['a', 'b', 'c', 'd']);
    bench.feed('b', { kind: 'operator', id: 2, command: { kind: 'remove', node: 'd' } });
    bench.feed('b', { kind: 'operator', id: 3, command: { kind: 'drain', node: 'd' } });
    bench.run(2_000);
    expect(currentView(bench.nodes.get('c')!.state)?.draining).toEqual(['d']);
    bench.feed('b', { kind: 'operator', id: 4, command: { kind: 'remove', node: 'd' } });
    bench.run(2_000);
    expect(currentView(bench.nodes.get('c')!.state)?.configured).toEqual(['a', 'b', 'c']);
    const told = [...bench.nodes.values()].flatMap(({ effects }) => replies(effects));
    expect(told.map(({ id, ok }) => [id, ok])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, true],
    ]);
  });

  it('recovers a cluster that has lost most of its disks, and only such a one', () => {
    const bench = formed();
    bench.feed('c', { kind: 'operator', id: 1, command: { kind: 'recover', nodes: ['c'] } });
    expect(replies(bench.nodes.get('c')!.effects)).toMatchObject([{ id: 1, ok: false }]);
    bench.kill('a', true);
    bench.kill('b', true);
    bench.start('a');
    bench.run(3_000);
    expect(epochOf(bench.nodes.get('c')!.state)).toBe(1);
    bench.feed('c', { kind: 'operator', id: 2, command: { kind: 'recover', nodes: ['a', 'c'] } });
    bench.run(3_000);
    expect(memberNames(bench, 'a')).toEqual(['a', 'c']);
    expect(epochOf(bench.nodes.get('a')!.state)).toBe(1_025);
    expect(replies(bench.nodes.get('c')!.effects).at(-1)).toMatchObject({ id: 2, ok: true });
  });
});

describe('a node of another cluster', () => {
  it('is refused loudly', () => {
    const bench = formed();
    const other = formed();
    const stranger = { ...other.nodes.get('b')!.self, boot: 'elsewhere' };
    const heartbeat = {
      kind: 'heartbeat',
      clusterId: 'ANOTHER',
      epoch: 1,
      sentAt: 1,
      acceptedEpoch: 0,
      reach: [],
    } as const;
    bench.feed('a', { kind: 'peerMessage', from: stranger, message: { ...heartbeat, reach: [] } });
    expect(bench.nodes.get('a')!.effects).toContainEqual(
      expect.objectContaining({ kind: 'alarm', alarm: 'foreignCluster' }),
    );
  });
});
