// The cart's arithmetic, and what it makes of storage that others have written to.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToCart,
  cartLimits,
  parseCart,
  setCount,
  totalsOf,
} from '../../../apps/playground/site/js/cart.js';
import { products } from '../../../apps/playground/site/js/catalogue.js';

describe('the cart', () => {
  it('adds to a line that is there, up to the bound', () => {
    const one = addToCart([], 'EL-101');
    expect(addToCart(one, 'EL-101', 2)).toEqual([{ sku: 'EL-101', count: 3 }]);
    expect(addToCart(one, 'EL-101', 500)).toEqual([{ sku: 'EL-101', count: cartLimits.countMax }]);
    expect(one).toEqual([{ sku: 'EL-101', count: 1 }]);
  });

  it('drops a line at zero, and takes no part of a piece', () => {
    const cart = addToCart(addToCart([], 'EL-101'), 'EL-202', 4);
    expect(setCount(cart, 'EL-101', 0)).toEqual([{ sku: 'EL-202', count: 4 }]);
    expect(setCount(cart, 'EL-202', 2.9)).toEqual([
      { sku: 'EL-101', count: 1 },
      { sku: 'EL-202', count: 2 },
    ]);
    expect(setCount(cart, 'EL-202', Number.NaN)[1]).toEqual({ sku: 'EL-202', count: 1 });
  });

  it('charges delivery below the free amount only, and never for an empty cart', () => {
    expect(totalsOf([])).toEqual({ count: 0, goodsPence: 0, deliveryPence: 0, totalPence: 0 });
    expect(totalsOf([{ sku: 'EL-202', count: 2 }])).toEqual({
      count: 2,
      goodsPence: 2_900,
      deliveryPence: 395,
      totalPence: 3_295,
    });
    expect(totalsOf([{ sku: 'EL-202', count: 3 }]).deliveryPence).toBe(0);
  });

  it('reads back what it wrote, and nothing else', () => {
    const line = fc.record({
      sku: fc.constantFrom(...products.map((product) => product.sku)),
      count: fc.integer({ min: 1, max: cartLimits.countMax }),
    });
    const carts = fc.uniqueArray(line, { selector: ({ sku }) => sku });
    fc.assert(
      fc.property(carts, (cart) => {
        expect(parseCart(JSON.stringify(cart))).toEqual(cart);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { count } = totalsOf(parseCart(text));
        expect(count).toBeLessThanOrEqual(products.length * cartLimits.countMax);
      }),
    );
    const spoiled = [null, 7, { sku: 'EL-101' }, { sku: 'EL-999', count: 1 }, { sku: 'EL-101', count: -1 }];
    expect(parseCart(JSON.stringify([...spoiled, { sku: 'EL-102', count: 2 }]))).toEqual([
      { sku: 'EL-102', count: 2 },
    ]);
    expect(parseCart(null)).toEqual([]);
  });
});
