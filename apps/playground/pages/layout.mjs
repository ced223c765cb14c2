/**
 * The frame of every page: head, header and footer are written once here. Pages are plain files in
 * `../site`, made by `generate.mjs`; edit the sources in this folder, not the files.
 */

/** Sent by the server with every page; nothing in the shop needs more. */
export const contentSecurityPolicy = "default-src 'self'";

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it may stand in HTML, in an attribute too. */
export function text(value) {
  return String(value).replace(/[&<>"]/g, (character) => escapes[character]);
}

const departments = [
  ['/playground/coffee.html', 'Coffee'],
  ['/playground/tea.html', 'Tea'],
  ['/playground/delivery.html', 'Delivery'],
  ['/playground/returns.html', 'Returns'],
  ['/playground/help.html', 'Help'],
];

function navigation(path) {
  return departments
    .map(
      ([href, label]) =>
        `<li><a href="${href}"${href === path ? ' aria-current="page"' : ''}>${label}</a></li>`,
    )
    .join('\n');
}

function header(path) {
  return `
<a class="skip" href="#main">Skip to content</a>
<header class="site-header">
  <div class="header-row">
    <a class="brand" href="/playground/">
      <img src="/playground/art/mark.svg" alt="" width="32" height="32"><span>Ember &amp; Leaf</span>
    </a>
    <form class="site-search" role="search" action="/playground/search.html">
      <label class="unseen" for="site-search">Search the shop</label>
      <input id="site-search" name="q" type="search" placeholder="Search kettles, cups, tea"
        maxlength="200" autocomplete="off" required>
      <button type="submit" class="quiet">Search</button>
    </form>
    <a class="account-link" href="/playground/account.html"><span data-account>Sign in</span></a>
    <a class="cart-link" href="/playground/cart.html">
      Cart <span class="cart-count" data-cart-count>0</span>
    </a>
  </div>
  <nav aria-label="Shop"><ul>${navigation(path)}</ul></nav>
</header>`;
}

const footer = `
<footer class="site-footer">
  <p><strong>Ember &amp; Leaf</strong> is a sample shop. Nothing here is sold, charged or sent.</p>
  <ul>
    <li><a href="/playground/delivery.html">Delivery</a></li>
    <li><a href="/playground/returns.html">Returns</a></li>
    <li><a href="/playground/help.html">Help</a></li>
    <li><a href="/playground/account.html">Account</a></li>
  </ul>
</footer>
<p class="toast" role="status" aria-live="polite" data-toast></p>`;

/**
 * One whole page.
 *
 * `path` is its address, `title` what stands before the shop's name, `script` the module that brings it to
 * life; without one the module that every page needs is loaded alone.
 */
export function page({ path, title, description, body, script = 'shop' }) {
  return `<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${text(title)} | Ember &amp; Leaf</title>
  <meta name="description" content="${text(description)}">
  <link rel="icon" href="/playground/art/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/playground/css/shop.css">
  <link rel="stylesheet" href="/playground/css/pages.css">
  <link rel="stylesheet" href="/playground/css/panel.css">
  <script src="/playground/js/panel-boot.js"></script>
  <script src="/playground/js/beckon-snippet.js"></script>
  <script type="module" src="/playground/js/${script}.js"></script>
  <script type="module" src="/playground/panel/panel.js"></script>
</head>
<body>
  <div class="shop">
    ${header(path)}
    <main id="main">${body}</main>
    ${footer}
  </div>
</body>
</html>
`;
}
