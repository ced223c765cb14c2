/**
 * What the visitor's browser has to load, as built: the byte budget, and nothing that a strict policy would
 * forbid.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const bundles = [
  ['GTC.min.js', 12_000],
  ['dsl.min.js', 10_500],
  ['chat-widget.min.js', 8_000],
] as const;

describe.each(bundles)('%s', (name, bytesMax) => {
  const text = readFileSync(new URL(`../../../dist/tracker/${name}`, import.meta.url), 'utf8');

  it(`has at most ${String(bytesMax)} bytes compressed`, () => {
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(bytesMax);
  });

  it('makes neither code nor markup out of text', () => {
    // What the option `unsafeEval` asks for is the one place that compiles.
    const usual = name === 'dsl.min.js' ? text.replace(/new Function\("\$","jQuery","event",/, '') : text;
    expect(usual).not.toMatch(/\beval\(|new Function|innerHTML\s*=|document\.write|srcdoc/);
  });
});

it('the tracker carries nothing that only some pages need', () => {
  const text = readFileSync(new URL('../../../dist/tracker/GTC.min.js', import.meta.url), 'utf8');
  expect(text).not.toMatch(/rageclick|enterviewport|chat-input/);
});
