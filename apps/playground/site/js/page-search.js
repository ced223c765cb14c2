/**
 * The search page: results for the words in the address.
 */
import { formatPrice, pageOf, products } from './catalogue.js';
import { element, theElement } from './dom.js';
import { searchProducts } from './search.js';
import './shop.js';
import { tell } from './tracker.js';

/** @typedef {import('./catalogue.js').Product} Product */

/** @param {Product} product */
function card(product) {
  const price = (product.pricePence / 100).toFixed(2);
  return element(
    'article',
    { class: 'product card', 'data-sku': product.sku },
    element(
      'a',
      { class: 'tile', href: pageOf(product), tabindex: '-1', 'aria-hidden': 'true' },
      element('img', { src: `/playground/art/${product.slug}.svg`, alt: '', width: '400', height: '400' }),
    ),
    element('h2', {}, element('a', { class: 'product-name', href: pageOf(product) }, product.name)),
    element('p', { class: 'summary' }, product.summary),
    element(
      'div',
      { class: 'buy' },
      element('span', { class: 'product-price', 'data-price': price }, formatPrice(product.pricePence)),
      element(
        'button',
        { type: 'button', class: 'add-to-cart', 'aria-label': `Add to cart: ${product.name}` },
        'Add to cart',
      ),
    ),
  );
}

function showResults() {
  const query = (new URLSearchParams(location.search).get('q') ?? '').trim().slice(0, 200);
  if (query === '') return;
  const input = theElement('#site-search');
  if (input instanceof HTMLInputElement) input.value = query;
  const found = searchProducts(products, query);
  const count = found.length === 1 ? 'One product' : `${found.length || 'No'} products`;
  theElement('[data-search-summary]').textContent = `${count} for “${query}”.`;
  theElement('[data-results]').replaceChildren(...found.map(card));
  if (found.length === 0) tell('NothingFound', { searchString: query });
}

showResults();
