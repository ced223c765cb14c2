/** What the build leaves for browsers: each file also compressed, and the same when unpacked. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dist = resolve(import.meta.dirname, '../../../dist');
const scripts = ['tracker', 'ui/workspace/assets', 'ui/backtest/assets'].flatMap((folder) =>
  readdirSync(join(dist, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name)),
);

it('finds the tracker and both office pages', () => {
  expect(scripts).toContain(join('tracker', 'GTC.min.js'));
  expect(scripts.length).toBeGreaterThanOrEqual(6);
});

it.each(scripts)('%s is there in brotli and gzip, not older, and small', (name) => {
  const path = join(dist, name);
  const plain = readFileSync(path);
  for (const [end, unpack] of [
    ['br', brotliDecompressSync],
    ['gz', gunzipSync],
  ] as const) {
    const packed = readFileSync(`${path}.${end}`);
    expect(unpack(packed).equals(plain)).toBe(true);
    expect(packed.length).toBeLessThan(plain.length / 2);
    expect(statSync(`${path}.${end}`).mtimeMs).toBeGreaterThanOrEqual(statSync(path).mtimeMs);
  }
});
