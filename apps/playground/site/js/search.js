/**
 * The shop's search: small enough to run in the page, and forgiving about word ends and accents.
 */

/** @typedef {import('./catalogue.js').Product} Product */

/** What is looked at of a query; the rest is ignored, so that a pasted novel costs nothing. */
const queryLengthMax = 200;

/**
 * Lower case, without accents, as a list of words.
 * @param {string} text
 */
function wordsOf(text) {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * How well one query word fits a product, 0 for not at all: whole words of the name count most.
 * @param {string} word
 * @param {Product} product
 */
function fitOf(word, product) {
  const stem = word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
  /** @param {string} text @param {number} weight */
  const fit = (text, weight) => {
    let best = 0;
    for (const candidate of wordsOf(text)) {
      if (candidate === word || candidate === stem) return weight * 2;
      if (stem.length > 1 && candidate.startsWith(stem)) best = weight;
    }
    return best;
  };
  return Math.max(
    fit(product.name, 8),
    fit(product.words.join(' '), 4),
    fit(product.department, 4),
    fit(product.summary, 2),
    word === product.sku.toLowerCase().replace('-', '') ? 20 : 0,
  );
}

/**
 * The products in which every word of the query is found, the best first.
 * @param {readonly Product[]} products
 * @param {string} query
 * @returns {Product[]} Empty for an empty query.
 */
export function searchProducts(products, query) {
  const words = wordsOf(query.slice(0, queryLengthMax).replace(/\b(el)-(\d+)\b/giu, '$1$2'));
  if (words.length === 0) return [];
  return products
    .map((product, index) => {
      const fits = words.map((word) => fitOf(word, product));
      const score = fits.includes(0) ? 0 : fits.reduce((sum, fit) => sum + fit, 0);
      return { product, index, score };
    })
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((hit) => hit.product);
}
