/**
 * The cart: a list of lines that survives in the browser's own storage. All but the last two functions are
 * pure.
 */
import { productOf } from './catalogue.js';

/** @typedef {import('./catalogue.js').Product} Product */
/** @typedef {{ sku: string, count: number }} CartLine */
/** @typedef {readonly CartLine[]} Cart */

export const cartLimits = { countMax: 12, freeDeliveryPence: 4_000, deliveryPence: 395 };

const storageKey = 'playground.cart';

/**
 * @param {Cart} cart
 * @param {string} sku
 * @param {number} [count] Pieces to add.
 * @returns {Cart}
 */
export function addToCart(cart, sku, count = 1) {
  const line = cart.find((candidate) => candidate.sku === sku);
  if (line !== undefined) return setCount(cart, sku, line.count + count);
  return setCount([...cart, { sku, count: 1 }], sku, count);
}

/**
 * @param {Cart} cart
 * @param {string} sku
 * @param {number} count Whole pieces; 0 removes the line, more than `countMax` becomes `countMax`.
 * @returns {Cart}
 */
export function setCount(cart, sku, count) {
  const kept = Number.isFinite(count) ? Math.min(cartLimits.countMax, Math.max(0, Math.floor(count))) : 1;
  if (kept === 0) return cart.filter((line) => line.sku !== sku);
  return cart.map((line) => (line.sku === sku ? { sku, count: kept } : line));
}

/**
 * @param {Cart} cart
 * @returns {{ count: number, goodsPence: number, deliveryPence: number, totalPence: number }}
 */
export function totalsOf(cart) {
  let count = 0;
  let goodsPence = 0;
  for (const line of cart) {
    count += line.count;
    goodsPence += (productOf(line.sku)?.pricePence ?? 0) * line.count;
  }
  const free = count === 0 || goodsPence >= cartLimits.freeDeliveryPence;
  const deliveryPence = free ? 0 : cartLimits.deliveryPence;
  return { count, goodsPence, deliveryPence, totalPence: goodsPence + deliveryPence };
}

/**
 * Reads a stored cart. Whatever is not a line of a product that the shop sells falls away.
 * @param {string | null} text
 * @returns {Cart}
 */
export function parseCart(text) {
  /** @type {unknown} */
  let stored;
  try {
    stored = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  /** @type {Cart} */
  let cart = [];
  for (const line of stored) {
    const { sku, count } = Object(line);
    if (typeof sku !== 'string' || productOf(sku) === undefined || !Number.isInteger(count) || count < 1)
      continue;
    if (!cart.some((known) => known.sku === sku)) cart = addToCart(cart, sku, count);
  }
  return cart;
}

/** @returns {Cart} */
export function loadCart() {
  try {
    return parseCart(localStorage.getItem(storageKey));
  } catch {
    return [];
  }
}

/** @param {Cart} cart */
export function saveCart(cart) {
  try {
    localStorage.setItem(storageKey, JSON.stringify(cart));
  } catch {
    // A browser that keeps nothing still lets the visitor shop on this page.
  }
  dispatchEvent(new CustomEvent('cartchange', { detail: totalsOf(cart) }));
}
