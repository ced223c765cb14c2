/** Categories that change while pages are served: taken up soon, together, and not after the end. */
import { describe, expect, it } from 'vitest';
import type { Category } from '../../../src/model/index.js';
import { type CategorySource, createLiveMatcher } from '../../../src/transport/visitor/index.js';
import { until } from '../../support/until.js';

const page = { url: 'http://shop.example/tea', title: '', languageCode: 'en' };

function source(): CategorySource & { categories: Category[]; changed(): void } {
  const categories: Category[] = [];
  const listeners: ((categories: readonly Category[]) => void)[] = [];
  return {
    categories,
    onCategories: (listener) => void listeners.push(listener),
    changed() {
      for (const listener of listeners) listener(categories);
    },
  };
}

function category(name: string): Category {
  return { name, tags: [{ name: 't', type: 'text', expression: 'tea' }] };
}

describe('the live matcher', () => {
  it('takes up changes within a second, those that come together at once', async () => {
    const live = source();
    const matcher = createLiveMatcher(live);
    const startedMs = performance.now();
    for (const name of ['A', 'B', 'C']) {
      live.categories.push(category(name));
      live.changed();
    }
    expect(matcher.current.match(page)).toEqual([]);
    await until(() => matcher.current.match(page).length === 3, 'all three');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    matcher.close();
  });

  it('takes up nothing after it was closed', () => {
    const live = source();
    const matcher = createLiveMatcher(live);
    matcher.close();
    live.categories.push(category('A'));
    live.changed();
    expect(matcher.current.match(page)).toEqual([]);
  });
});
