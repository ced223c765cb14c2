import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTypingSignal } from '../../../../src/tracker/chat/typing.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells that the visitor types at most every three seconds, and that it is over once', () => {
  const told: boolean[] = [];
  const typing = createTypingSignal((isTyping) => told.push(isTyping));
  for (let n = 0; n < 50; n++) {
    typing.wrote('x'.repeat(n + 1));
    vi.advanceTimersByTime(100);
  }
  expect(told).toEqual([true, true]);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([true, true, false]);
  typing.stop();
  typing.wrote('');
  expect(told).toHaveLength(3);
  typing.wrote('y');
  typing.wrote(' ');
  expect(told.slice(3)).toEqual([true, false]);
});
