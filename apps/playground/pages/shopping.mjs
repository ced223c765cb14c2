/** The pages that a visitor acts on: search results, cart, checkout and account. */
import { page } from './layout.mjs';

function searchPage() {
  return page({
    path: '/playground/search.html',
    title: 'Search',
    description: 'What the shop has for your words.',
    script: 'page-search',
    body: `
<div class="opening">
  <h1>Search</h1>
  <p data-search-summary role="status">Type what you are looking for.</p>
</div>
<div class="grid tall" data-results></div>
<p class="after">Looking for something else? Try <a href="/playground/delivery.html">delivery</a>,
  <a href="/playground/returns.html">returns</a> or <a href="/playground/help.html">help</a>.</p>`,
  });
}

function cartPage() {
  return page({
    path: '/playground/cart.html',
    title: 'Cart',
    description: 'What you are about to buy.',
    script: 'page-cart',
    body: `
<div class="opening"><h1>Cart</h1></div>
<div class="tall" data-cart>
  <noscript><p>The cart needs JavaScript.</p></noscript>
</div>`,
  });
}

function checkoutPage() {
  const field = (id, label, type, autocomplete) => `
<div class="field"><label for="${id}">${label}</label>
  <input id="${id}" name="${id}" type="${type}" autocomplete="${autocomplete}" maxlength="120"
    required></div>`;
  return page({
    path: '/playground/checkout.html',
    title: 'Checkout',
    description: 'Where it goes, and what it comes to.',
    script: 'page-checkout',
    body: `
<div class="opening"><h1>Checkout</h1></div>
<div class="two tall">
  <form id="checkout" class="stack" data-checkout>
    <fieldset><legend>Where it goes</legend>
      ${field('name', 'Name', 'text', 'name')}
      ${field('email', 'E-mail', 'email', 'email')}
      ${field('street', 'Street and number', 'text', 'street-address')}
      <div class="pair">
        ${field('town', 'Town', 'text', 'address-level2')}
        ${field('postcode', 'Postcode', 'text', 'postal-code')}
      </div>
    </fieldset>
    <fieldset><legend>How you pay</legend>
      <label class="choice"><input type="radio" name="payment" value="invoice" checked>
        By invoice, within 14 days</label>
      <label class="choice"><input type="radio" name="payment" value="courier">
        To the courier, by card</label>
    </fieldset>
    <p class="note">This is a sample shop: nothing is charged, nothing is sent, and what you type stays in
      this browser.</p>
    <button type="submit" class="button">Place order</button>
  </form>
  <aside class="summary-box" aria-label="Your order" data-summary></aside>
</div>`,
  });
}

function accountPage() {
  return page({
    path: '/playground/account.html',
    title: 'Account',
    description: 'Sign in to the sample shop.',
    script: 'page-account',
    body: `
<div class="opening"><h1>Account</h1></div>
<div class="narrow tall">
  <form id="sign-in" class="stack" data-sign-in hidden>
    <p>Any name and e-mail will do: this shop keeps no accounts, it only lets Beckon meet a visitor who
      signs in.</p>
    <div class="field"><label for="person-name">Name</label>
      <input id="person-name" name="name" autocomplete="name" maxlength="80" required></div>
    <div class="field"><label for="person-email">E-mail</label>
      <input id="person-email" name="email" type="email" autocomplete="email" maxlength="120" required></div>
    <button type="submit" class="button">Sign in</button>
  </form>
  <section class="stack" data-signed-in hidden>
    <p class="lead">Hello, <strong data-person-name></strong>.</p>
    <p>You are signed in as <strong data-person-email></strong>. There are no orders yet.</p>
    <p class="actions"><button type="button" class="button" data-sign-out>Sign out</button>
      <button type="button" class="button quiet" data-forget>Sign out and forget me</button></p>
  </section>
</div>`,
  });
}

export function shoppingPages() {
  return [
    ['search.html', searchPage()],
    ['cart.html', cartPage()],
    ['checkout.html', checkoutPage()],
    ['account.html', accountPage()],
  ];
}
