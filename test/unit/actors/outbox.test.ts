/** The outbox of a visit: what a browser missed is told exactly, and what is gone is said to be gone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepInOutbox, missedSince, outboxBounds, type Outbox } from '../../../src/actors/cell/outbox.js';
import type { NotificationMessage } from '../../../src/model/index.js';

const message = (n: number, size = 1): NotificationMessage => ({
  page: null,
  channel: 'site',
  data: `${n}${'x'.repeat(size)}`,
});

function filled(count: number, atMs: (n: number) => number, size = 1): Outbox {
  let outbox: Outbox | null = null;
  for (let n = 1; n <= count; n++) outbox = keepInOutbox(outbox, [message(n, size)], atMs(n)).outbox;
  if (outbox === null) throw new Error('nothing was kept');
  return outbox;
}

describe('an outbox', () => {
  it('gives from any place it still has exactly what came after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }), (count, seen) => {
        const outbox = filled(count, () => 1_000);
        const missed = missedSince(outbox, { epoch: outbox.epoch, offset: seen });
        expect(missed.hasGap).toBe(false);
        const expected = Array.from({ length: Math.max(0, count - seen) }, (_, n) => seen + n + 1);
        expect(missed.entries.map(({ mark }) => mark.offset)).toEqual(expected);
        expect(missed.mark.offset).toBe(count);
      }),
    );
  });

  it('knows the place before its first message', () => {
    const start = { epoch: '', offset: 0 };
    expect(missedSince(null, start)).toEqual({ mark: start, entries: [], hasGap: false });
    expect(
      missedSince(
        filled(3, () => 5),
        start,
      ).entries,
    ).toHaveLength(3);
  });

  it('says that something is gone: by number, by size, by age, by another epoch', () => {
    const { entriesMax, bytesMax, ageMsMax } = outboxBounds;
    const many = filled(entriesMax + 10, () => 1);
    expect(many.entries).toHaveLength(entriesMax);
    expect(missedSince(many, { epoch: many.epoch, offset: 9 }).hasGap).toBe(true);
    expect(missedSince(many, { epoch: many.epoch, offset: 10 }).hasGap).toBe(false);
    const large = filled(10, () => 1, bytesMax / 4);
    expect(large.size).toBeLessThanOrEqual(bytesMax);
    expect(large.entries).toHaveLength(3);
    const old = filled(2, (n) => (n === 1 ? 0 : ageMsMax + 1));
    expect(old.entries.map(({ offset }) => offset)).toEqual([2]);
    expect(missedSince(old, { epoch: 'another', offset: 1 })).toMatchObject({ hasGap: true, entries: [] });
    expect(missedSince(null, { epoch: 'another', offset: 1 }).hasGap).toBe(true);
  });

  it('does not keep what is larger than it is', () => {
    const outbox = filled(1, () => 1, outboxBounds.bytesMax);
    expect(outbox).toMatchObject({ entries: [], size: 0, offset: 1 });
  });
});
