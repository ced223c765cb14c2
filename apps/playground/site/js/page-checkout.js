/**
 * The checkout page: the order's sum, and a form that pretends to place it.
 */
import { knownPerson } from './account.js';
import { loadCart, saveCart, totalsOf } from './cart.js';
import { formatPrice, productOf } from './catalogue.js';
import { element, theElement } from './dom.js';
import './shop.js';

/** The numbers stand in `data-` attributes, because the DSL reads them when the order is placed. */
function showSummary() {
  const cart = loadCart();
  const totals = totalsOf(cart);
  const place = theElement('[data-summary]');
  place.dataset.count = String(totals.count);
  place.dataset.total = (totals.totalPence / 100).toFixed(2);
  const lines = cart.map((line) => {
    const product = productOf(line.sku);
    const sum = formatPrice((product?.pricePence ?? 0) * line.count);
    return element(
      'div',
      {},
      element('dt', {}, `${line.count} × ${product?.name ?? line.sku}`),
      element('dd', {}, sum),
    );
  });
  const delivery = totals.deliveryPence === 0 ? 'Free' : formatPrice(totals.deliveryPence);
  place.replaceChildren(
    element('h2', {}, 'Your order'),
    cart.length === 0
      ? element('p', {}, 'There is nothing in your cart, which makes this quick.')
      : element(
          'dl',
          {},
          ...lines,
          element('div', {}, element('dt', {}, 'Delivery'), element('dd', {}, delivery)),
          element(
            'div',
            { class: 'total' },
            element('dt', {}, 'Total'),
            element('dd', {}, formatPrice(totals.totalPence)),
          ),
        ),
  );
}

/** @param {HTMLFormElement} form */
function thank(form) {
  const name = String(new FormData(form).get('name') ?? '').split(' ')[0];
  const thanks = element(
    'section',
    { class: 'stack', tabindex: '-1', 'data-thanks': '' },
    element('h2', {}, `Thank you, ${name}.`),
    element('p', {}, 'A real shop would start packing now. This one has only told Beckon about it.'),
    element('p', {}, element('a', { class: 'button', href: '/playground/' }, 'Back to the shop')),
  );
  form.replaceWith(thanks);
  thanks.focus();
}

function fillIn() {
  const person = knownPerson();
  for (const [selector, value] of [
    ['#name', person?.name],
    ['#email', person?.userID],
  ]) {
    const input = document.querySelector(selector ?? '');
    if (input instanceof HTMLInputElement && value !== undefined) input.value = value;
  }
}

showSummary();
fillIn();
theElement('[data-checkout]').addEventListener('submit', (event) => {
  event.preventDefault();
  // After every listener of this submit: the tracker reads the order from the page as it was.
  setTimeout(() => {
    thank(/** @type {HTMLFormElement} */ (event.target));
    saveCart([]);
  });
});
