/** The wheel: every deadline is kept, however it is moved. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickMs } from '../../../src/transport/bayeux/index.js';
import { newWheel, takeDue, wakeAt } from '../../../src/transport/bayeux/wheel.js';

interface Item {
  wakeSlot: number;
  deadlineMs: number;
}

describe('the wheel', () => {
  it('wakes every item at its last deadline: never before, and within a tick of it', () => {
    const moves = fc.array(fc.record({ item: fc.nat(4), inMs: fc.nat(5_000), pauseMs: fc.nat(700) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(moves, fc.nat(10_000_000), (steps, startMs) => {
        const wheel = newWheel<Item>();
        const items = Array.from({ length: 5 }, (): Item => ({ wakeSlot: 0, deadlineMs: Infinity }));
        let nowMs = startMs;
        const advance = (toMs: number): void => {
          for (; nowMs < toMs; nowMs = Math.min(toMs, nowMs + tickMs)) look();
          look();
        };
        const look = (): void => {
          for (const item of takeDue(wheel, nowMs)) {
            if (item.deadlineMs <= nowMs) item.deadlineMs = Infinity;
            else if (item.deadlineMs < Infinity) wakeAt(wheel, item, item.deadlineMs);
          }
          for (const item of items) expect(item.deadlineMs).toBeGreaterThan(nowMs - 2 * tickMs);
        };
        for (const { item: index, inMs, pauseMs } of steps) {
          const item = items[index]!;
          item.deadlineMs = nowMs + inMs;
          wakeAt(wheel, item, item.deadlineMs);
          advance(nowMs + pauseMs);
        }
        advance(nowMs + 6_000);
        expect(items.every((item) => item.deadlineMs === Infinity)).toBe(true);
        expect(wheel.slots.size).toBe(0);
      }),
    );
  });

  it('survives a pause far wider than itself', () => {
    const wheel = newWheel<Item>();
    const item = { wakeSlot: 0, deadlineMs: 100 };
    wakeAt(wheel, item, 100);
    expect(takeDue(wheel, 1e15)).toEqual([item]);
  });
});
