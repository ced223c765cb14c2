/** The bench of category matching runs at its smallest size, so that it cannot rot; times are not judged. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('agrees with trying one tag after another, and prints its figures', { timeout: 30_000 }, () => {
  const output = execFileSync(
    process.execPath,
    ['scripts/bench.mjs', 'categories/match', '--size', 'smoke'],
    {
      cwd: resolve(import.meta.dirname, '../../..'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const figures = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  expect(figures).toMatchObject({ bench: 'categories', size: 'smoke' });
  expect(figures.ns10).toBeGreaterThan(0);
  expect(figures.naiveNs200).toBeGreaterThan(0);
});
