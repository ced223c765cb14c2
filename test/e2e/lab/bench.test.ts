/** The ingest benches run at their smallest size, so that they cannot rot; their figures are not judged. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

function runBench(name: string): Record<string, unknown> {
  const output = execFileSync(process.execPath, ['scripts/bench.mjs', name, '--size', 'smoke'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

it('prints the figures of event ingest against a bare endpoint', () => {
  const figures = runBench('ingest/ingest');
  expect(figures).toMatchObject({ bench: 'ingest', size: 'smoke' });
  expect(figures.ratio100).toBeGreaterThan(0);
});

it('prints the heap of a warm visit', () => {
  const figures = runBench('ingest/visit-memory');
  expect(figures).toMatchObject({ bench: 'visit-memory', events: 50, rules: 100 });
  expect(figures.bytesPerVisit).toBeGreaterThan(0);
});

it('prints how long an event takes to be found', () => {
  const figures = runBench('index/lag');
  expect(figures).toMatchObject({
    bench: 'index-lag',
    index: 'embedded',
    events: 2_000,
    found: 2_000,
    failures: 0,
  });
});

it('prints what a connected visit holds and what a push to it costs', () => {
  const figures = runBench('edge/visits');
  expect(figures).toMatchObject({ bench: 'connected-visits', size: 'smoke', visits: 30, pushes: 60 });
  expect(figures.cpuMicrosPerPush).toBeGreaterThan(0);
});
