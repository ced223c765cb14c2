import { describe, expect, it } from 'vitest';
import { createLog, append } from '../../../../src/cluster/replication/log.js';
import { orphanCopy } from '../../../../src/cluster/replication/orphans.js';
import { createPartitions } from '../../../../src/cluster/replication/partitions.js';
import type { Copy, Turn } from '../../../../src/cluster/replication/state.js';
import { defaultClusterSettings } from '../../../../src/cluster/settings.js';

function turnOf(copyBytesMax: number): Turn {
  const settings = { ...defaultClusterSettings, partitionCount: 4, copyBytesMax };
  const self = { name: 'a', incarnation: 'a-disk', boot: 'a-1', host: 'host-a' };
  return {
    state: createPartitions({ self, settings, journal: [], nowMs: 0 }),
    nowMs: 0,
    effects: [],
  };
}

function copyOf(payloads: readonly Uint8Array[], toldSeq = Infinity): Copy {
  const log = createLog({ baseSeq: 0, endSeqs: [], adopted: [] });
  for (const payload of payloads) append(log, payload);
  return { epoch: 1, generation: 0, log, unstamped: [], toldSeq };
}

const tenBytes = new Uint8Array(10);

describe('what an older copy leaves to be given again', () => {
  it('is what clients may have been told of, and what the newer copy lacks', () => {
    const turn = turnOf(100);
    const older = copyOf([tenBytes, tenBytes, tenBytes], 2);
    orphanCopy(turn, 0, older);
    expect(turn.state.orphans.get(0)?.map(({ seq }) => seq)).toEqual([1, 2]);
    orphanCopy(turn, 1, older, copyOf([tenBytes]).log);
    expect(turn.state.orphans.get(1)?.map(({ seq }) => seq)).toEqual([2]);
    expect(turn.state.orphanBytes).toBe(30);
  });

  it('is taken once, however often the copy goes', () => {
    const turn = turnOf(100);
    const older = copyOf([tenBytes, tenBytes]);
    orphanCopy(turn, 0, older);
    append(older.log, tenBytes);
    orphanCopy(turn, 0, older);
    expect(turn.state.orphans.get(0)?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(turn.state.orphanBytes).toBe(30);
  });

  it('is given up beyond the bound of copies, and that is said', () => {
    const turn = turnOf(25);
    orphanCopy(turn, 0, copyOf([tenBytes, tenBytes]));
    expect(turn.effects).toEqual([]);
    orphanCopy(turn, 1, copyOf([tenBytes]));
    expect(turn.state.orphans.has(1)).toBe(false);
    expect(turn.state.orphanBytes).toBe(20);
    expect(turn.effects).toEqual([
      expect.objectContaining({ kind: 'note', level: 'error', fields: { partition: 1, inputs: 1 } }),
    ]);
  });
});
