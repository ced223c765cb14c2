/** Hears what happens to elements of a selector, wherever in the page they are and whenever they came. */
import { debug } from '../debug.js';
import { isOne, nearest } from './find.js';

export type Fire = (event: Event | undefined, element: Element | undefined) => void;

export interface Attached {
  /** The page goes. */
  leave?: () => void;
  remove: () => void;
}

export function isPage(selector: string): boolean {
  return /^(document|window|)$/.test(selector);
}

/** Listens for what happens to elements of a selector, the page's later ones too. */
export function listen(
  name: string,
  selector: string,
  heard: (event: Event, element: Element | undefined) => void,
): Attached {
  const listener = (event: Event): void => {
    const element = targetOf(event, selector);
    if (element !== null) heard(event, element);
  };
  // Captured at the window, so that what does not bubble, or is stopped by the page, is heard too.
  const options = { capture: true, passive: true };
  window.addEventListener(name, listener, options);
  return {
    remove: () => {
      window.removeEventListener(name, listener, options);
    },
  };
}

/** The element that the trigger means; undefined is the page itself, null another part of it. */
export function targetOf(event: Event, selector: string): Element | undefined | null {
  if (isPage(selector)) return undefined;
  const { target } = event;
  if (!(target instanceof Element)) return null;
  try {
    if (event.bubbles) return nearest(target, selector) ?? null;
    return isOne(target, selector) ? target : null;
  } catch (error) {
    debug(`the DSL selector ${selector} cannot be used`, error);
    return null;
  }
}
