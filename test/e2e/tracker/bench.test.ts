/** The tracker's bench runs at its smallest size, so that it cannot rot; its figures are not judged. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('prints what the tracker costs a page', () => {
  const output = execFileSync(
    process.execPath,
    ['scripts/bench.mjs', 'tracker/page-cost', '--size', 'smoke'],
    {
      cwd: resolve(import.meta.dirname, '../../..'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const figures = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<
    string,
    Record<string, number>
  >;
  expect(figures).toMatchObject({ bench: 'page-cost', size: 'smoke' });
  expect(figures['4x']?.runMs).toBeGreaterThan(0);
});
