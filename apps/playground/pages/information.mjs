/** The pages that answer a question: the front door, delivery, returns and help. */
import { products } from '../site/js/catalogue.js';
import { page, text } from './layout.mjs';
import { card } from './products.mjs';

const featured = ['EL-101', 'EL-102', 'EL-201', 'EL-103', 'EL-203', 'EL-204'];

function homePage() {
  const cards = featured.map((sku) => card(products.find((product) => product.sku === sku)));
  return page({
    path: '/playground/',
    title: 'Tools for slow mornings',
    description: 'Kettles, pots and cups for people who make their own.',
    body: `
<section class="hero">
  <h1>Tools for slow mornings</h1>
  <div>
    <p>Ten things for making coffee and tea by hand. We use all of them, and we mend what we sell.</p>
    <p class="actions"><a class="button" href="/playground/coffee.html">Shop coffee</a>
      <a class="button quiet" href="/playground/tea.html">Shop tea</a></p>
  </div>
  <img src="/playground/art/shelf.svg"
    alt="A shelf with a blue kettle, a dripper, two cups and a green teapot" width="1140" height="500">
</section>
<section class="shelf">
  <h2 class="unseen">Where most people start</h2>
  <div class="grid">${cards.join('')}</div>
</section>
<section class="service">
  <a href="/playground/delivery.html"><h2>Tomorrow, mostly</h2>
    <p>Ordered before 2 pm, with you the next working day. Free from £40.</p></a>
  <a href="/playground/returns.html"><h2>Sixty days to decide</h2>
    <p>Use it. If it is not for you, send it back at our cost.</p></a>
  <a href="/playground/help.html"><h2>A person to ask</h2>
    <p>Grind sizes, hobs, spare parts: we have tried most of it.</p></a>
</section>`,
  });
}

const rates = [
  ['United Kingdom, standard', 'Next working day', '£3.95, free from £40'],
  ['United Kingdom, Saturday', 'Saturday morning', '£6.50'],
  ['Ireland', '2 to 3 working days', '£7.90'],
  ['European Union', '3 to 6 working days', '£11.50, duties included'],
];

function deliveryPage() {
  const rows = rates.map(
    (row) => `<tr><th scope="row">${row[0]}</th><td>${row[1]}</td><td>${row[2]}</td></tr>`,
  );
  return page({
    path: '/playground/delivery.html',
    title: 'Delivery',
    description: 'Where we send, how long it takes and what it costs.',
    body: `
<article class="prose">
  <h1>Delivery</h1>
  <p class="lead">Orders placed before 2 pm on a working day leave the same day.</p>
  <div class="table" role="region" aria-label="Delivery times and prices" tabindex="0"><table>
    <thead><tr><th scope="col">To</th><th scope="col">Arrives</th><th scope="col">Costs</th></tr></thead>
    <tbody>${rows.join('')}</tbody>
  </table></div>
  <h2>Packed to survive</h2>
  <p>Glass and stoneware travel in moulded paper. If something arrives broken, send us a picture and the
    new one leaves that day; keep the pieces for your plants.</p>
  <h2>If you are out</h2>
  <p>The driver tries a neighbour, then a shop nearby, and leaves a card. Parcels wait there for ten days.</p>
  <p>Changed your mind? See <a href="/playground/returns.html">returns</a>.</p>
</article>`,
  });
}

function returnsPage() {
  return page({
    path: '/playground/returns.html',
    title: 'Returns',
    description: 'Sixty days, used or not, at our cost.',
    body: `
<article class="prose">
  <h1>Returns</h1>
  <p class="lead">Sixty days, used or not, at our cost.</p>
  <ol>
    <li>Open the order in your <a href="/playground/account.html">account</a> and choose what goes back.</li>
    <li>Print the label, or show the code at the post office.</li>
    <li>We refund within two days of the parcel reaching us.</li>
  </ol>
  <h2>What cannot come back</h2>
  <p>Opened tea, because nobody else may have it. If you did not like it, tell us what you had hoped for
    and we will send another.</p>
  <h2>Worn out, not unwanted</h2>
  <p>Burrs, seals, glasses and sieves can all be bought singly, for as long as we sell the thing they
    belong to. How an exchange travels is on the <a href="/playground/delivery.html">delivery</a> page.</p>
</article>`,
  });
}

const questions = [
  [
    'Which grind for which pot?',
    'Fine as table salt for the moka pot, like sand for the dripper, like coarse salt for the press. ' +
      'On our grinder: 8, 16 and 24 clicks.',
  ],
  [
    'Does the kettle work on induction?',
    'Yes. The gooseneck kettle and the moka pot are magnetic steel and work on every hob.',
  ],
  [
    'My glass broke. Do I need a new press?',
    'No. The glass of the French press costs £9.00 and the server of the dripper £12.00. Write to us ' +
      'with the stock number.',
  ],
  [
    'Where is my order?',
    'The tracking link is in the e-mail that says “on its way”. Without it, sign in and look under orders.',
  ],
  [
    'Can I talk to somebody?',
    'Yes. While an adviser is free, an invitation to chat comes up on the page when it looks as if ' +
      'you could use a hand.',
  ],
];

function helpPage() {
  const items = questions.map(
    ([question, answer]) => `<details><summary>${text(question)}</summary><p>${text(answer)}</p></details>`,
  );
  return page({
    path: '/playground/help.html',
    title: 'Help',
    description: 'Answers to what people ask most, and a person for the rest.',
    body: `
<article class="prose">
  <h1>Help</h1>
  <p class="lead">Answers to what people ask most, and a person for the rest.</p>
  <div class="questions">${items.join('')}</div>
  <h2>Still stuck?</h2>
  <p>See <a href="/playground/delivery.html">delivery</a> and
    <a href="/playground/returns.html">returns</a>, or search for what you need at the top of the page.</p>
</article>`,
  });
}

export function informationPages() {
  return [
    ['index.html', homePage()],
    ['delivery.html', deliveryPage()],
    ['returns.html', returnsPage()],
    ['help.html', helpPage()],
  ];
}
