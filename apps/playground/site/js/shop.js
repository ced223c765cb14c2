/**
 * What every page does: the cart's count, the account's name, the buttons that add to the cart, and the
 * greeting of a visitor who comes back.
 */
import { greet, isSignedIn, knownPerson } from './account.js';
import { addToCart, loadCart, saveCart, totalsOf } from './cart.js';
import { productOf } from './catalogue.js';
import { theElement } from './dom.js';

/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;

/** @param {string} text */
export function toast(text) {
  const place = theElement('[data-toast]');
  place.textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    place.textContent = '';
  }, 4_000);
}

/** @param {number} count */
function showCartCount(count) {
  theElement('[data-cart-count]').textContent = String(count);
}

export function showAccount() {
  const person = knownPerson();
  theElement('[data-account]').textContent =
    person !== undefined && isSignedIn() ? person.name.split(' ')[0] || 'Account' : 'Sign in';
}

/** @param {Event} event */
function addClicked(event) {
  const button = event.target instanceof Element ? event.target.closest('.add-to-cart') : null;
  const sku = button?.closest('.product')?.getAttribute('data-sku');
  const product = productOf(sku ?? '');
  if (product === undefined) return;
  saveCart(addToCart(loadCart(), product.sku));
  toast(`${product.name} is in your cart.`);
}

showCartCount(totalsOf(loadCart()).count);
showAccount();
greet();
document.addEventListener('click', addClicked);
addEventListener('cartchange', (event) => {
  showCartCount(/** @type {CustomEvent<{ count: number }>} */ (event).detail.count);
});
// Another tab changed the cart, or this page came back out of the browser's cache.
addEventListener('storage', () => {
  showCartCount(totalsOf(loadCart()).count);
});
addEventListener('pageshow', () => {
  showCartCount(totalsOf(loadCart()).count);
  showAccount();
});
