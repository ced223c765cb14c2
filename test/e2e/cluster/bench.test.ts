/** The benches of the cluster run at their smallest size; their times are not judged, what they count is. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

/** The lines of JSON that a bench prints. */
function runBench(name: string): unknown[] {
  const output = execFileSync(process.execPath, ['scripts/bench.mjs', name, '--size', 'smoke'], {
    cwd: resolve(import.meta.dirname, '../../..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as unknown);
}

it('prints what visitors notice of a node that leaves and comes back', { timeout: 300_000 }, () => {
  const figures = runBench('cluster/hand-off').at(-1) as {
    handOffs: number;
    waitMs: unknown;
    pauseMs: Record<string, number>;
  };
  const promised = { lost: 0, doubled: 0, reordered: 0, strange: 0, refusals: {}, dropped: 0 };
  expect(figures).toMatchObject({ bench: 'hand-off', size: 'smoke', ...promised });
  expect(figures.handOffs).toBeGreaterThan(0);
  expect(Object.keys(figures.pauseMs)).toContain('handOff 0.99');
});

it('prints what one, two and three nodes cost', { timeout: 300_000 }, () => {
  const lines = runBench('cluster/nodes') as {
    nodes: number;
    own: Record<string, number>;
    other?: Record<string, number>;
    copyBytesPerVisit: number;
  }[];
  expect(lines.map(({ nodes }) => nodes)).toEqual([1, 2, 3]);
  for (const { nodes, own, other, copyBytesPerVisit } of lines) {
    expect(own.cpuMicrosPerEvent).toBeGreaterThan(0);
    // A node alone has nobody to tell, and a cluster tells a copy at least the ids of each event.
    if (nodes === 1) expect([own.wireBytesPerEvent, other, copyBytesPerVisit]).toEqual([0, undefined, 0]);
    else {
      expect(own.wireBytesPerEvent).toBeGreaterThan(16);
      expect(copyBytesPerVisit).toBeGreaterThan(16);
      expect(other?.wireBytesPerEvent).toBeGreaterThan(own.wireBytesPerEvent ?? 0);
    }
  }
});
