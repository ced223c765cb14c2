/** Everything that shows products: the card, the two departments, and a page for each product. */
import { formatPrice, pageOf, products } from '../site/js/catalogue.js';
import { page, text } from './layout.mjs';

const departmentNames = { coffee: 'Coffee', tea: 'Tea' };

function price(product) {
  const amount = (product.pricePence / 100).toFixed(2);
  return `<span class="product-price" data-price="${amount}">${formatPrice(product.pricePence)}</span>`;
}

function addButton(product) {
  const label = `Add to cart: ${text(product.name)}`;
  return `<button type="button" class="add-to-cart" aria-label="${label}">Add to cart</button>`;
}

/** A product in a grid. `data-sku` and the names of the classes are what the DSL reads. */
export function card(product, heading = 'h2') {
  return `
<article class="product card" data-sku="${product.sku}">
  <a class="tile" href="${pageOf(product)}" tabindex="-1" aria-hidden="true">
    <img src="/playground/art/${product.slug}.svg" alt="" width="400" height="400">
  </a>
  <${heading}><a class="product-name" href="${pageOf(product)}">${text(product.name)}</a></${heading}>
  <p class="summary">${text(product.summary)}</p>
  <div class="buy">${price(product)}${addButton(product)}</div>
</article>`;
}

function departmentPage(department, intro) {
  const name = departmentNames[department];
  const cards = products
    .filter((product) => product.department === department)
    .map((product) => card(product));
  return page({
    path: `/playground/${department}.html`,
    title: name,
    description: intro,
    body: `
<div class="opening"><h1>${name}</h1><p>${text(intro)}</p></div>
<div class="grid">${cards.join('')}</div>`,
  });
}

function productPage(product) {
  const name = departmentNames[product.department];
  const facts = product.facts.map(
    ([key, value]) => `<div><dt>${text(key)}</dt><dd>${text(value)}</dd></div>`,
  );
  const others = products
    .filter((other) => other.department === product.department && other !== product)
    .slice(0, 3)
    .map((other) => card(other, 'h3'));
  return page({
    path: pageOf(product),
    title: `${product.name} | ${name}`,
    description: product.summary,
    body: `
<nav class="crumbs" aria-label="You are here">
  <a href="/playground/">Shop</a> <span aria-hidden="true">/</span>
  <a href="/playground/${product.department}.html">${name}</a>
</nav>
<article class="product detail" data-sku="${product.sku}">
  <div class="tile">
    <img src="/playground/art/${product.slug}.svg" alt="${text(product.name)}" width="400" height="400">
  </div>
  <div class="detail-text">
    <h1 class="product-name">${text(product.name)}</h1>
    <p class="lead">${text(product.summary)}</p>
    <div class="buy">${price(product)}${addButton(product)}</div>
    <p class="promise">In stock. Leaves us the same day when ordered before 2 pm.
      <a href="/playground/delivery.html">Delivery</a> is free from £40;
      <a href="/playground/returns.html">returns</a> are free for 60 days.</p>
    ${product.story.map((paragraph) => `<p>${text(paragraph)}</p>`).join('')}
    <dl class="facts">${facts.join('')}</dl>
  </div>
</article>
<section class="shelf"><h2>Goes well with it</h2><div class="grid">${others.join('')}</div></section>`,
  });
}

export function productPages() {
  return [
    [
      'coffee.html',
      departmentPage(
        'coffee',
        'Kettles, drippers, grinders and pots: few things, each the one we would buy again.',
      ),
    ],
    [
      'tea.html',
      departmentPage('tea', 'A pot that does not drip, a whisk split by hand, and leaves from one garden.'),
    ],
    ...products.map((product) => [`products/${product.slug}.html`, productPage(product)]),
  ];
}
