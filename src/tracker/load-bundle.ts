/** Loads what only some pages need: a bundle beside this one, which pushes what it offers onto `_gt`. */
import { debug } from './debug.js';
import { scriptNonce } from './settings.js';
import { el } from './ui/element.js';

const retryMs = 5_000;
const triesMax = 5;

/** Loads `<name>.min.js` from the server; tries again when it cannot be had. */
export function loadBundle(endpoint: string, name: string, tries = 1): void {
  const src = `${endpoint}/server/resources/js/build/${name}.min.js`;
  const script = el('script', {
    src,
    nonce: scriptNonce,
    onerror: () => {
      debug('cannot load', src);
      script.remove();
      if (tries < triesMax) setTimeout(loadBundle, retryMs * tries, endpoint, name, tries + 1);
    },
  });
  document.head.append(script);
}
