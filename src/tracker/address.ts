/** What the page calls itself, and when a single-page site goes to another without loading one. */

import { debug } from './debug.js';

const titleLengthMax = 1_024;

export function titleNow(): string {
  return document.title.slice(0, titleLengthMax);
}

/** What makes an address another page: a fragment counts only where a site routes by it. */
export function pageOf(url: string, withQuery: boolean): string {
  const { origin, pathname, search, hash } = new URL(url);
  return origin + pathname + (withQuery ? search : '') + (/^#[!/]/.test(hash) ? hash : '');
}

let listener: ((isReplaced: boolean) => void) | undefined;
let isWatching = false;

/**
 * Calls `changed` after each change of the address; `isReplaced` where the page put it in the place of the
 * one before. Undefined ends it.
 */
export function watchAddress(changed: typeof listener): void {
  listener = changed;
  if (isWatching || changed === undefined) return;
  isWatching = true;
  for (const name of ['pushState', 'replaceState'] as const) {
    const change = history[name].bind(history);
    history[name] = (...given) => {
      change(...given);
      tell(name === 'replaceState');
    };
  }
  addEventListener('popstate', () => {
    tell(false);
  });
}

/** Whatever becomes of it, the page's own call has been made. */
function tell(isReplaced: boolean): void {
  try {
    listener?.(isReplaced);
  } catch (error) {
    debug('the address could not be followed', error);
  }
}
