/**
 * What the shop sells. One list feeds the product pages, the search and the cart, so that no price is
 * written twice.
 */

/**
 * @typedef {object} Product
 * @property {string} sku Stock number, as the cart and the events carry it.
 * @property {string} slug Name of the product's page and of its picture.
 * @property {string} name
 * @property {'coffee' | 'tea'} department
 * @property {number} pricePence
 * @property {string} summary One line for cards and search results.
 * @property {string[]} story Paragraphs of the product page.
 * @property {[name: string, value: string][]} facts
 * @property {string[]} words What people type when they mean it and the name does not say so.
 */

/** @type {readonly Product[]} */
export const products = [
  {
    sku: 'EL-101',
    slug: 'gooseneck-kettle',
    name: 'Gooseneck kettle',
    department: 'coffee',
    pricePence: 6_400,
    summary: 'Enamelled steel, 0.9 litres, pours as thin as a pencil line.',
    story: [
      'A slow, steady pour is most of a good filter coffee. The spout of this kettle narrows to 8 ' +
        'mm, so the water goes where you look and stops when you stop.',
      'The body is steel under two coats of enamel. It boils on gas, ceramic and induction hobs, and ' +
        'the beech handle stays cool enough for a bare hand.',
    ],
    facts: [
      ['Holds', '0.9 litres'],
      ['Weighs', '780 g'],
      ['Hobs', 'Gas, ceramic, induction'],
      ['Care', 'Wipe dry; not for the dishwasher'],
    ],
    words: ['pour over', 'filter', 'enamel', 'boil', 'blue', 'water'],
  },
  {
    sku: 'EL-102',
    slug: 'ceramic-dripper',
    name: 'Ceramic dripper and server',
    department: 'coffee',
    pricePence: 3_850,
    summary: 'Porcelain cone on a glass server, for two cups at a time.',
    story: [
      'Thick porcelain keeps the brew warm from the first drop to the last, and the curved ribs let ' +
        'air out so that the paper never seals against the wall.',
      'The server is heat-proof glass with a beech collar. Forty paper filters come with it, enough ' +
        'for the first month.',
    ],
    facts: [
      ['Makes', '2 cups, 500 ml'],
      ['Filters', 'Cone, size 02'],
      ['Material', 'Porcelain, borosilicate glass, beech'],
      ['Care', 'Dishwasher, without the collar'],
    ],
    words: ['pour over', 'filter', 'cone', 'carafe', 'v60', 'glass', 'paper'],
  },
  {
    sku: 'EL-103',
    slug: 'hand-grinder',
    name: 'Hand grinder',
    department: 'coffee',
    pricePence: 7_900,
    summary: 'Steel burrs and 28 clicks between espresso and French press.',
    story: [
      'Two bearings hold the shaft, so the burrs stay level and the grounds come out even: coarse ' +
        'for the press, fine for the moka pot.',
      'Thirty grams take about fifty seconds. The glass jar screws off with its own lid, and the ' +
        'crank folds for a bag.',
    ],
    facts: [
      ['Holds', '30 g of beans'],
      ['Burrs', '38 mm, hardened steel'],
      ['Settings', '28 clicks'],
      ['Weighs', '560 g'],
    ],
    words: ['mill', 'burr', 'beans', 'travel', 'espresso', 'grind'],
  },
  {
    sku: 'EL-104',
    slug: 'brewing-scale',
    name: 'Brewing scale with timer',
    department: 'coffee',
    pricePence: 4_500,
    summary: 'Weighs to a tenth of a gram and times the pour by itself.',
    story: [
      'Set the cup down and it tares; start to pour and the timer runs. Two buttons, no app, no account.',
      'The cell inside answers in a fifth of a second, which is quick enough to stop at 250 g and ' +
        'mean it. It charges by USB-C once every two months or so.',
    ],
    facts: [
      ['Weighs up to', '2 kg'],
      ['Steps', '0.1 g'],
      ['Battery', '60 hours, USB-C'],
      ['Size', '150 x 130 x 24 mm'],
    ],
    words: ['weigh', 'gram', 'weight', 'timer', 'balance'],
  },
  {
    sku: 'EL-105',
    slug: 'french-press',
    name: 'French press',
    department: 'coffee',
    pricePence: 3_200,
    summary: 'One litre, a double sieve, and a frame that takes a knock.',
    story: [
      'Four minutes, push, pour. The second sieve catches the silt that a single one lets through, ' +
        'so that the last cup is as clean as the first.',
      'The glass lifts out of its steel frame for washing. If it ever breaks, a new glass costs nine ' +
        'pounds, not thirty-two.',
    ],
    facts: [
      ['Makes', '8 small cups, 1 litre'],
      ['Sieve', 'Double, stainless steel'],
      ['Material', 'Borosilicate glass, steel, beech'],
      ['Care', 'Dishwasher'],
    ],
    words: ['cafetiere', 'plunger', 'glass', 'coarse'],
  },
  {
    sku: 'EL-106',
    slug: 'moka-pot',
    name: 'Moka pot',
    department: 'coffee',
    pricePence: 2_950,
    summary: 'Four small strong cups from the hob in five minutes.',
    story: [
      'Water below, coffee in the middle, patience on top. This one is stainless steel, so it works ' +
        'on induction and never tastes of metal.',
      'The valve can be taken out and cleaned, and the seals are a standard size that any kitchen shop has.',
    ],
    facts: [
      ['Makes', '4 cups, 200 ml'],
      ['Hobs', 'Gas, ceramic, induction'],
      ['Material', 'Stainless steel 18/10'],
      ['Care', 'Rinse with hot water, no soap'],
    ],
    words: ['espresso', 'stovetop', 'italian', 'hob', 'steel'],
  },
  {
    sku: 'EL-201',
    slug: 'stoneware-teapot',
    name: 'Stoneware teapot',
    department: 'tea',
    pricePence: 4_800,
    summary: 'Thrown by hand, glazed green, with a sieve that lifts out.',
    story: [
      'The walls are 6 mm thick, so tea stays hot for the second cup without a cosy. The spout is ' +
        'cut sharp below the lip: it does not drip.',
      'Each pot is thrown and glazed by hand, so the line where green meets clay is a little ' +
        'different on yours.',
    ],
    facts: [
      ['Holds', '0.8 litres'],
      ['Sieve', 'Stainless steel, 0.3 mm'],
      ['Material', 'Stoneware, lead-free glaze'],
      ['Care', 'Dishwasher'],
    ],
    words: ['brew', 'pot', 'green', 'ceramic', 'infuser', 'leaf'],
  },
  {
    sku: 'EL-202',
    slug: 'darjeeling-tin',
    name: 'First-flush Darjeeling',
    department: 'tea',
    pricePence: 1_450,
    summary: 'Spring leaves from one garden, 100 g in a tin that closes.',
    story: [
      'Picked in the last week of March from one garden at 1,800 metres. Light in the cup, with ' +
        'muscatel and cut grass, and best without milk.',
      'Three grams to a cup, water at 85 degrees, three minutes. The tin has an inner lid, because ' +
        'air is what makes tea taste of nothing.',
    ],
    facts: [
      ['Contains', '100 g, about 33 cups'],
      ['Garden', 'Single estate, Darjeeling'],
      ['Brew', '85 °C, 3 minutes'],
      ['Keep', 'Dry and dark, 18 months'],
    ],
    words: ['black tea', 'loose leaf', 'leaves', 'tea', 'gift'],
  },
  {
    sku: 'EL-203',
    slug: 'matcha-set',
    name: 'Matcha bowl and whisk',
    department: 'tea',
    pricePence: 4_200,
    summary: 'A wide stoneware bowl and a whisk of eighty bamboo tines.',
    story: [
      'The bowl is wide enough to whisk in and heavy enough to stay put. The whisk is split by hand ' +
        'from one piece of bamboo; soak it for a minute and it opens like a brush.',
      'Two grams of tea, sixty of water at 75 degrees, twenty seconds in the shape of a W.',
    ],
    facts: [
      ['Bowl', '12 cm, 450 ml, stoneware'],
      ['Whisk', 'Bamboo, 80 tines'],
      ['Comes with', 'Two grams to try'],
      ['Care', 'Rinse by hand'],
    ],
    words: ['green tea', 'bamboo', 'chasen', 'japanese', 'powder'],
  },
  {
    sku: 'EL-204',
    slug: 'pair-of-tumblers',
    name: 'Pair of tumblers',
    department: 'tea',
    pricePence: 2_400,
    summary: 'Two dipped stoneware cups, one blue and one green.',
    story: [
      'Dipped by the rim, so no two have the same line. They are thick at the bottom and thin where ' +
        'you drink.',
      'They stack, they go into the dishwasher, and they hold what a mug holds without looking like one.',
    ],
    facts: [
      ['Hold', '220 ml and 180 ml'],
      ['Material', 'Stoneware, lead-free glaze'],
      ['Colours', 'Cobalt and pine'],
      ['Care', 'Dishwasher, microwave'],
    ],
    words: ['cup', 'mug', 'cups', 'gift', 'blue', 'green', 'ceramic'],
  },
];

const bySku = new Map(products.map((product) => [product.sku, product]));

/**
 * @param {string} sku
 * @returns {Product | undefined}
 */
export function productOf(sku) {
  return bySku.get(sku);
}

/**
 * Address of a product's page.
 * @param {Product} product
 */
export function pageOf(product) {
  return `/playground/products/${product.slug}.html`;
}

const pounds = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });

/**
 * @param {number} pence
 * @returns {string} For example "£38.50".
 */
export function formatPrice(pence) {
  return pounds.format(pence / 100);
}
