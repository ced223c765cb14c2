// A smoke of the cluster simulator; `npm run sim -- --seeds 10000` is the real run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSeed, type SimOptions } from './world.js';

const partSeeds = 5;

/** Runs seeds in small tests, so that each has its own time. */
function smoke(name: string, seedCount: number, options: Omit<SimOptions, 'seed'>): void {
  for (let first = 1; first <= seedCount; first += partSeeds) {
    it(`keeps every promise in ${name} ${first} to ${first + partSeeds - 1}`, { timeout: 60_000 }, () => {
      for (let seed = first; seed < first + partSeeds; seed++) expectKept({ seed, ...options });
    });
  }
}

function expectKept(options: SimOptions): void {
  const { failure, timeline } = runSeed(options);
  const views = options.viewsOnly === true ? ' --views' : '';
  const repeat = `npm run sim -- --seed ${options.seed} --trace${views}`;
  expect(failure, `${repeat}\n${timeline.slice(-30).join('\n')}`).toBeUndefined();
}

describe('a simulated cluster', () => {
  smoke('worlds', 20, {});
  smoke('worlds of views alone', 40, { viewsOnly: true });

  const lines = readFileSync(join(import.meta.dirname, 'seeds.txt'), 'utf8').split('\n');
  for (const line of lines.filter((text) => /^\d/.test(text))) {
    it(`keeps every promise with seed ${line}`, { timeout: 60_000 }, () => {
      expectKept({ seed: Number.parseInt(line), viewsOnly: line.includes(' views ') });
    });
  }

  it('is the same for the same seed', { timeout: 60_000 }, () => {
    const lines = () => {
      const said: string[] = [];
      runSeed({ seed: 5, onLine: (line) => said.push(line) });
      return said;
    };
    const first = lines();
    expect(first.length).toBeGreaterThan(20);
    expect(lines()).toEqual(first);
  });
});
