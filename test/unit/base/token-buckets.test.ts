/** Token buckets give no more than they should, and never remember more than they may. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from '../../../src/base/index.js';

describe('token buckets', () => {
  it('give a burst, then the rate, and never more in any span', () => {
    const steps = fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 1, max: 5 })), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (takes) => {
        const buckets = new TokenBuckets({ perSecond: 4, burst: 10, keysMax: 10 });
        let nowMs = 0;
        let taken = 0;
        for (const [waitMs, count] of takes) {
          nowMs += waitMs;
          if (buckets.take('k', count, nowMs)) taken += count;
          expect(taken).toBeLessThanOrEqual(10 + (nowMs * 4) / 1_000 + 1e-6);
        }
      }),
    );
  });

  it('fill up again', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 10, keysMax: 10 });
    expect(buckets.take('k', 10, 0)).toBe(true);
    expect(buckets.take('k', 1, 0)).toBe(false);
    expect(buckets.take('k', 5, 500)).toBe(true);
    expect(buckets.take('k', 1, 500)).toBe(false);
    expect(buckets.take('other', 10, 500)).toBe(true);
  });

  it('remember a bounded number of keys, those in use among them', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 10, keysMax: 100 });
    for (let index = 0; index < 10_000; index++) {
      buckets.take(`key ${index}`, 1, 0);
      if (index < 10) expect(buckets.take('used', 1, 0)).toBe(true);
      else if (index % 50 === 0) expect(buckets.take('used', 1, 0)).toBe(false);
    }
    expect(buckets.size).toBeLessThanOrEqual(200);
  });
});
