import { expect, it } from 'vitest';
import { Outage, steadyMs } from '../../../../src/stores/write-behind/outage.js';

it('begins with a failure and is over when writes have succeeded for a while', () => {
  const outage = new Outage();
  outage.succeeded(0);
  expect(outage.isAway(0, false)).toBe(false);
  outage.failed();
  expect(outage.isAway(1, true)).toBe(true);
  outage.succeeded(1_000);
  outage.succeeded(999 + steadyMs);
  expect(outage.isAway(999 + steadyMs, true)).toBe(true);
  outage.succeeded(1_000 + steadyMs);
  expect(outage.isAway(1_000 + steadyMs, true)).toBe(false);
});

it('is one outage while a server that comes back takes some writes and fails others', () => {
  const outage = new Outage();
  for (let nowMs = 0; nowMs < 20 * steadyMs; nowMs += steadyMs - 1) {
    outage.failed();
    outage.succeeded(nowMs);
    expect(outage.isAway(nowMs + steadyMs - 2, false)).toBe(true);
  }
});

it('is over without more rows, but not while a write may be about to fail', () => {
  const outage = new Outage();
  outage.failed();
  outage.succeeded(0);
  expect(outage.isAway(3 * steadyMs, true)).toBe(true);
  expect(outage.isAway(3 * steadyMs, false)).toBe(false);
  expect(outage.isAway(3 * steadyMs, true)).toBe(false);
});
