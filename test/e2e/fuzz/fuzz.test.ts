/** A thousand hostile inputs against a lab: no answer of 5xx, and a neighbour who loses nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runFuzz } from '../../fuzz/run-fuzz.js';
import { type Lab, startLab } from '../../support/lab-process.js';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});

afterAll(() => lab.remove());

it('neither breaks the node nor harms a neighbour', { timeout: 120_000 }, async () => {
  const ports = { default: lab.portBase + 1, ui: lab.portBase + 2, deploy: lab.portBase + 3 };
  const report = await runFuzz({ ports, pid: lab.pid }, 1_000, 7);
  expect(report.failures).toEqual([]);
  expect(report.neighbour.failed).toBe(0);
  // Most inputs are answered, and by far the most of those refused: the fuzzer reaches the doors.
  const answered = Object.entries(report.statuses).filter(([status]) => /^[234]/.test(status));
  expect(answered.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(400);
  expect(report.statuses['400'] ?? 0).toBeGreaterThan(100);
});
