/**
 * The elements that a trigger means: by our own selectors, and by the page's jQuery for what only that
 * understands.
 */
import { pageDollar } from './evaluate.js';
import { closest, matches, select } from './select.js';

export function findAll(selector: string): Element[] {
  return attempt(
    () => select(document, selector),
    () => pageDollar()(selector).get(),
  );
}

export function isOne(element: Element, selector: string): boolean {
  return attempt(
    () => matches(element, selector),
    () => pageDollar()(element).is(selector),
  );
}

/** The element itself, or the nearest around it. */
export function nearest(element: Element, selector: string): Element | undefined {
  return attempt(
    () => closest(element, selector),
    () => pageDollar()(element).closest(selector).get(0),
  );
}

function attempt<Found>(ours: () => Found, pages: () => Found): Found {
  try {
    return ours();
  } catch {
    return pages();
  }
}
