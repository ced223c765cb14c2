/** The action `enterviewport`: an element has been in view for so long. */
import type { TriggerDefinition } from '../../dsl/language/index.js';
import { debug } from '../debug.js';
import { findAll } from './find.js';
import type { Attached, Fire } from './listen.js';

/**
 * How much of an element, or of the window by it, must be seen for it to be in view, and how often new
 * elements are looked for.
 */
const shareInView = 0.5;
const lookAgainMs = 1_000;
const elementsMax = 1_000;

/**
 * Fires once for each element that stays in view for `amount` ms; the page's later elements are found too.
 */
export function attachViewport({ element: selector, amount }: TriggerDefinition, fire: Fire): Attached {
  const observers = new Map<Element, IntersectionObserver>();
  const look = (): void => {
    try {
      for (const element of findAll(selector)) {
        if (observers.has(element) || observers.size >= elementsMax) continue;
        observers.set(element, observe(element, amount, fire));
      }
    } catch (error) {
      debug(`the DSL selector ${selector} cannot be used`, error);
      clearInterval(again);
    }
  };
  const again = setInterval(look, lookAgainMs);
  look();
  return {
    remove() {
      clearInterval(again);
      for (const observer of observers.values()) observer.disconnect();
    },
  };
}

function observe(element: Element, delayMs: number, fire: Fire): IntersectionObserver {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A tall element is in view when it fills as much of the window.
  const threshold = Math.min(1, innerHeight / element.clientHeight) * shareInView;
  const observer = new IntersectionObserver(
    (changes) => {
      clearTimeout(timer);
      if ((changes.at(-1)?.intersectionRatio ?? 0) < threshold) return;
      timer = setTimeout(() => {
        if (!element.isConnected) return;
        observer.disconnect();
        fire(undefined, element);
      }, delayMs);
    },
    { threshold },
  );
  observer.observe(element);
  return observer;
}
