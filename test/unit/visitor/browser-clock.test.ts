import { describe, expect, it } from 'vitest';
import type { VisitorEvent } from '../../../src/model/index.js';
import { correctClock, skewMs } from '../../../src/transport/visitor/browser-clock.js';

const nowMs = 1_700_000_000_000;

function corrected(timestamps: number[], sentAt: string | undefined): number[] {
  const events = timestamps.map((timestamp) => ({ timestamp })) as VisitorEvent[];
  correctClock(events, sentAt, nowMs);
  return events.map(({ timestamp }) => timestamp);
}

describe("a browser's clock", () => {
  it('is put right by what it says the time is', () => {
    const sentAt = nowMs - 3_600_000;
    expect(corrected([sentAt - 2_000, sentAt], String(sentAt))).toEqual([nowMs - 2_000, nowMs]);
    const ahead = nowMs + 86_400_000;
    expect(corrected([ahead - 500], String(ahead))).toEqual([nowMs - 500]);
  });

  it('is believed when it is near, or says nothing that can be read', () => {
    const times = [nowMs - 1_000];
    expect(corrected(times, String(nowMs - 4_000))).toEqual(times);
    for (const sentAt of [undefined, '', 'now', '-5', '1e9', '9'.repeat(20)]) {
      expect(corrected(times, sentAt)).toEqual(times);
      expect(skewMs(sentAt, nowMs)).toBe(0);
    }
  });

  it('never makes an event of the future, nor one before time began', () => {
    expect(corrected([nowMs], String(nowMs - 60_000))).toEqual([nowMs]);
    expect(corrected([10], String(nowMs + 60_000))).toEqual([0]);
  });
});
