/** Two thousand hostile inputs against a lab; `npm run fuzz` sends as many as one likes. */
import { expect, it } from 'vitest';
import { fuzzLab } from '../../fuzz/fuzz-lab.js';

it('neither break the node nor harm a neighbour', { timeout: 240_000 }, async () => {
  const { findings, statuses } = await fuzzLab({ inputs: 2_000, seed: 7 });
  expect(findings).toEqual([]);
  // Most inputs are answered, and by far the most of those refused: the fuzzer reaches the doors.
  const answered = Object.entries(statuses).filter(([status]) => /^[1234]/.test(status));
  expect(answered.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(800);
  expect(statuses['400'] ?? 0).toBeGreaterThan(200);
});
