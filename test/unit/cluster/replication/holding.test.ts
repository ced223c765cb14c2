/** A copy that is being filled for another node, and what becomes of it when that node falls silent. */
import { describe, expect, it } from 'vitest';
import type { View } from '../../../../src/cluster/identity.js';
import {
  createPartitions,
  flushPartitions,
  partitionStatus,
  stepPartitions,
  type PartitionMessage,
} from '../../../../src/cluster/replication/index.js';
import { defaultClusterSettings } from '../../../../src/cluster/settings.js';

type Frames = Extract<PartitionMessage, { kind: 'frames' }>;
type Acks = Extract<PartitionMessage, { kind: 'acks' }>;

const [a, b] = ['a', 'b'].map((name) => ({ name, incarnation: `${name}1`, boot: `${name}1`, host: name }));
const settings = { ...defaultClusterSettings, partitionCount: 4 };
const epoch = 1;
const baseSeq = 2 ** 32;

/** The second of two nodes, which the first one fills a copy for. */
function holder() {
  if (a === undefined || b === undefined) throw new Error('there are two nodes');
  let nowMs = 1_000;
  const state = createPartitions({ self: b, settings, journal: [], nowMs });
  const view: View = {
    clusterId: 'c',
    epoch,
    members: [a, b],
    configured: ['a', 'b'],
    admitted: [a, b],
    draining: [],
    terms: { partitionCount: settings.partitionCount, leaseMs: 2_000, driftMax: 0.05 },
  };
  stepPartitions(state, { kind: 'installed', view }, nowMs);
  return {
    /** Gives what the first node says, and gets what it is answered. */
    hear(frames: Partial<Frames>): Acks['acks'] {
      const none = { stamps: [], seeds: [], batches: [], fulls: [], released: [], leaves: [] };
      const message: Frames = { kind: 'frames', epoch, ...none, ...frames };
      stepPartitions(state, { kind: 'peerMessage', from: a, message }, nowMs);
      return flushPartitions(state, nowMs).flatMap((effect) =>
        effect.kind === 'send' && effect.message.kind === 'acks' ? effect.message.acks : [],
      );
    },
    wait(ms: number): void {
      for (const untilMs = nowMs + ms; nowMs < untilMs;) {
        nowMs += 25;
        stepPartitions(state, { kind: 'tick' }, nowMs);
        flushPartitions(state, nowMs);
      }
    },
    filling: () => partitionStatus(state).copiesFilling,
  };
}

const seed = { partition: 2, grant: 1, generation: 1, baseSeq, endSeqs: [], adopted: [] };
const batch = { partition: 2, generation: 1, previousSeq: baseSeq, firstSeq: baseSeq + 1, adopted: [] };

describe('a copy that is being filled', () => {
  it('stays while its server says something of it, even the same again', () => {
    const node = holder();
    for (let times = 0; times < 8; times++) {
      node.hear({ seeds: [seed] });
      node.wait(8 * settings.resendMs);
      expect(node.filling()).toBe(1);
    }
  });

  it('is dropped when its server has long been silent, which hears so if it goes on', () => {
    const node = holder();
    node.hear({ seeds: [seed] });
    node.wait(17 * settings.resendMs);
    expect(node.filling()).toBe(0);
    const late = node.hear({ batches: [{ ...batch, payloads: [new Uint8Array(3)] }] });
    expect(late).toMatchObject([{ partition: 2, generation: 1, absent: true }]);
    // A new beginning is another copy.
    expect(node.hear({ seeds: [{ ...seed, generation: 2 }] })).toMatchObject([
      { partition: 2, generation: 2, absent: false, full: false },
    ]);
    expect(node.filling()).toBe(1);
  });

  it('stays for good once it is full', () => {
    const node = holder();
    node.hear({ seeds: [seed] });
    expect(node.hear({ fulls: [{ partition: 2, generation: 1, seq: baseSeq }] })).toMatchObject([
      { generation: 1, full: true },
    ]);
    node.wait(40 * settings.resendMs);
    expect(node.hear({ fulls: [{ partition: 2, generation: 1, seq: baseSeq }] })).toMatchObject([
      { generation: 1, full: true, absent: false },
    ]);
  });
});
