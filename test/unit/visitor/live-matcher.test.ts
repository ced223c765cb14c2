/** Categories that change while pages are served: taken up at once, and together while many change. */
import { describe, expect, it } from 'vitest';
import type { Category } from '../../../src/model/index.js';
import { type CategorySource, createLiveMatcher } from '../../../src/transport/visitor/index.js';

const page = { url: 'http://shop.example/tea', title: '', languageCode: 'en' };

function source(): CategorySource & { add(name: string): void } {
  const categories: Category[] = [];
  const listeners: ((categories: readonly Category[]) => void)[] = [];
  return {
    categories,
    onCategories: (listener) => void listeners.push(listener),
    add(name) {
      categories.push({ name, tags: [{ name: 't', type: 'text', expression: 'tea' }] });
      for (const listener of listeners) listener(categories);
    },
  };
}

function live() {
  const time = { nowMs: 0 };
  const categories = source();
  const matcher = createLiveMatcher(categories, { monotonicMs: () => time.nowMs });
  return { time, categories, matches: () => matcher.current.match(page) };
}

describe('the live matcher', () => {
  it('shows the next request all that changed, also right after the start', () => {
    const { categories, matches } = live();
    for (const name of ['A', 'B', 'C']) categories.add(name);
    expect(matches()).toEqual(['A', 'B', 'C']);
  });

  it('takes up changes that come close together at once, a quarter of a second later', () => {
    const { time, categories, matches } = live();
    categories.add('A');
    expect(matches()).toEqual(['A']);
    for (const name of ['B', 'C']) {
      categories.add(name);
      time.nowMs += 100;
      expect(matches()).toEqual(['A']);
    }
    time.nowMs += 50;
    expect(matches()).toEqual(['A', 'B', 'C']);
  });

  it('keeps its matcher while nothing changes', () => {
    const categories = source();
    const matcher = createLiveMatcher(categories, { monotonicMs: () => 0 });
    expect(matcher.current).toBe(matcher.current);
  });
});
