/**
 * The cart page: its lines, their counts, and the sum.
 */
import { cartLimits, loadCart, saveCart, setCount, totalsOf } from './cart.js';
import { formatPrice, pageOf, productOf } from './catalogue.js';
import { element, theElement } from './dom.js';
import { toast } from './shop.js';

/** @typedef {import('./catalogue.js').Product} Product */

/** @param {Product} product @param {number} count */
function countPicker(product, count) {
  const picker = element('select', { 'aria-label': `Pieces of ${product.name}` });
  for (let option = 1; option <= cartLimits.countMax; option++) {
    picker.append(new Option(String(option), String(option), option === count, option === count));
  }
  picker.addEventListener('change', () => {
    change(product.sku, Number(picker.value));
  });
  return picker;
}

/** @param {Product} product @param {number} count */
function lineRow(product, count) {
  const remove = element(
    'button',
    { type: 'button', class: 'remove-from-cart quiet', 'aria-label': `Remove ${product.name}` },
    'Remove',
  );
  remove.addEventListener('click', () => {
    change(product.sku, 0);
    toast(`${product.name} is out of your cart.`);
    theElement('[data-cart] a, [data-cart] button, [data-cart] select').focus();
  });
  const price = (product.pricePence / 100).toFixed(2);
  return element(
    'li',
    { class: 'product line', 'data-sku': product.sku },
    element(
      'span',
      { class: 'tile' },
      element('img', { src: `/playground/art/${product.slug}.svg`, alt: '', width: '400', height: '400' }),
    ),
    element('a', { class: 'product-name', href: pageOf(product) }, product.name),
    element('span', { class: 'product-price', 'data-price': price }, formatPrice(product.pricePence)),
    countPicker(product, count),
    remove,
  );
}

/** @param {string} name @param {string} value @param {string} [kind] */
function sumRow(name, value, kind = '') {
  return element('div', { class: kind }, element('dt', {}, name), element('dd', {}, value));
}

/** @param {string} sku @param {number} count */
function change(sku, count) {
  saveCart(setCount(loadCart(), sku, count));
  show();
}

function show() {
  const cart = loadCart();
  const totals = totalsOf(cart);
  const place = theElement('[data-cart]');
  if (cart.length === 0) {
    const start = element('a', { class: 'button', href: '/playground/coffee.html' }, 'Start with coffee');
    place.replaceChildren(
      element('div', { class: 'empty' }, element('p', {}, 'There is nothing in your cart yet.'), start),
    );
    return;
  }
  const rows = cart.flatMap((line) => {
    const product = productOf(line.sku);
    return product === undefined ? [] : [lineRow(product, line.count)];
  });
  place.replaceChildren(
    element(
      'div',
      { class: 'two' },
      element('ul', { class: 'lines', 'aria-label': 'Products in your cart' }, ...rows),
      element(
        'section',
        { class: 'summary-box', 'aria-label': 'Sum' },
        element(
          'dl',
          {},
          sumRow('Goods', formatPrice(totals.goodsPence)),
          sumRow('Delivery', totals.deliveryPence === 0 ? 'Free' : formatPrice(totals.deliveryPence)),
          sumRow('Total', formatPrice(totals.totalPence), 'total'),
        ),
        element('a', { class: 'button', href: '/playground/checkout.html' }, 'Go to checkout'),
      ),
    ),
  );
}

show();
addEventListener('storage', show);
addEventListener('pageshow', (event) => {
  if (event.persisted) show();
});
