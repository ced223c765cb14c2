/** The bench of hand-offs runs at its smallest size; its times are not judged, what it counts is. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('prints what visitors notice of a node that leaves and comes back', { timeout: 300_000 }, () => {
  const output = execFileSync(
    process.execPath,
    ['scripts/bench.mjs', 'cluster/hand-off', '--size', 'smoke'],
    { cwd: resolve(import.meta.dirname, '../../..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const figures = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    handOffs: number;
    waitMs: unknown;
    pauseMs: Record<string, number>;
  };
  const promised = { lost: 0, doubled: 0, reordered: 0, strange: 0, refusals: {}, dropped: 0 };
  expect(figures).toMatchObject({ bench: 'hand-off', size: 'smoke', ...promised });
  expect(figures.handOffs).toBeGreaterThan(0);
  expect(Object.keys(figures.pauseMs)).toContain('handOff 0.99');
});
