// The shop's catalogue and its search.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatPrice, pageOf, productOf, products } from '../../../apps/playground/site/js/catalogue.js';
import { searchProducts } from '../../../apps/playground/site/js/search.js';

const site = resolve(import.meta.dirname, '../../../apps/playground/site');

function slugsFor(query: string): string[] {
  return searchProducts(products, query).map((product) => product.slug);
}

describe('the catalogue', () => {
  it('knows every product by its stock number, which no two share', () => {
    expect(new Set(products.map((product) => product.sku)).size).toBe(products.length);
    for (const product of products) expect(productOf(product.sku)).toBe(product);
    expect(productOf('EL-999')).toBeUndefined();
  });

  it('has a page and a picture for every product', () => {
    for (const product of products) {
      expect(existsSync(join(site, pageOf(product).replace('/playground/', '')))).toBe(true);
      expect(existsSync(join(site, 'art', `${product.slug}.svg`))).toBe(true);
    }
  });

  it('writes prices in pounds', () => {
    expect(formatPrice(3_850)).toBe('£38.50');
    expect(formatPrice(0)).toBe('£0.00');
  });
});

describe('the search', () => {
  it('finds a product by a word of its name, whatever the case, the number or the accent', () => {
    expect(slugsFor('KETTLES')).toEqual(['gooseneck-kettle']);
    expect(slugsFor('dárjeeling')).toEqual(['darjeeling-tin']);
    expect(slugsFor('grind')[0]).toBe('hand-grinder');
  });

  it('finds it by what people call it, and by its stock number', () => {
    expect(slugsFor('cafetiere')).toEqual(['french-press']);
    expect(slugsFor('el-203')).toEqual(['matcha-set']);
  });

  it('wants every word, and puts the better fit first', () => {
    expect(slugsFor('green pot')).toEqual(['stoneware-teapot']);
    expect(slugsFor('moka')[0]).toBe('moka-pot');
    expect(slugsFor('moka bicycle')).toEqual([]);
  });

  it('finds a whole department', () => {
    expect(new Set(slugsFor('coffee'))).toEqual(
      new Set(products.filter((product) => product.department === 'coffee').map((product) => product.slug)),
    );
  });

  it('finds nothing for nothing, and is not impressed by size', () => {
    expect(slugsFor('')).toEqual([]);
    expect(slugsFor(' …!? ')).toEqual([]);
    expect(slugsFor('help')).toEqual([]);
    expect(slugsFor('kettle '.repeat(100_000))).toEqual(['gooseneck-kettle']);
  });
});
