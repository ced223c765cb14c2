/** The journal of a node alone, while its disk takes its time. */
import { describe, expect, it } from 'vitest';
import {
  appendInput,
  createMember,
  flushMember,
  stepMember,
  type MemberEffect,
} from '../../../../src/cluster/member/index.js';
import { defaultClusterSettings } from '../../../../src/cluster/settings.js';

const settings = {
  ...defaultClusterSettings,
  partitionCount: 4,
  journalRewriteBytesMin: 2_000,
};

/** A node alone that serves; `isStalled` holds back what the disk says of the journal. */
function nodeAlone() {
  const self = { name: 'a', incarnation: 'a-disk', boot: 'a-1', host: 'h' };
  let nowMs = 0;
  const member = createMember({ self, settings, configured: ['a'], kept: undefined, journal: [], nowMs });
  const unkept: number[] = [];
  const node = { isStalled: false, opens: 0, run, append, bytes: () => member.partitions.journal.bytes };

  function take(effects: readonly MemberEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'keepState') {
        take(stepMember(member, { kind: 'stateKept', ticket: effect.ticket }, nowMs));
      } else if (effect.kind === 'journal') {
        if (effect.record.kind === 'open') node.opens++;
        unkept.push(effect.position);
      }
    }
  }

  function run(ticks: number): void {
    for (let tick = 0; tick < ticks; tick++) {
      nowMs += 25;
      take(stepMember(member, { kind: 'tick' }, nowMs));
      take(flushMember(member, nowMs));
      while (!node.isStalled && unkept.length > 0) {
        take(stepMember(member, { kind: 'journalKept', position: unkept.shift()! }, nowMs));
      }
    }
  }

  function append(bytes: number): void {
    expect(appendInput(member, 0, new Uint8Array(bytes), nowMs).ok).toBe(true);
  }

  run(100);
  return node;
}

/** Each input costs a record, which is more than its byte. */
function appendOften(node: ReturnType<typeof nodeAlone>, count: number): void {
  for (let round = 0; round < count; round++) {
    node.append(1);
    node.run(1);
  }
}

describe('the journal', () => {
  it('is not written anew while the last time is not on disk yet', () => {
    const node = nodeAlone();
    const before = node.opens;
    node.isStalled = true;
    appendOften(node, 150);
    // The copies are given to the disk once. What follows them is inputs.
    expect(node.opens).toBe(before + 1);
    node.isStalled = false;
    appendOften(node, 150);
    expect(node.opens).toBeGreaterThan(before + 2);
    expect(node.bytes()).toBeLessThan(2 * settings.journalRewriteBytesMin);
  });
});
