/** Chooses the socket library. */
import { AppError } from '../../../base/index.js';
import type { WireChoice } from '../options.js';
import { loadNativeLibrary } from './library.js';
import { createNativeWire } from './native.js';
import { createNodeWire } from './node.js';
import type { Wire, WireLimits } from './wire.js';

/**
 * `auto` takes the native library where it loads. Throws `NOT_READY` when `native` is demanded and does
 * not.
 */
export function openWire(choice: WireChoice, limits: WireLimits): Wire {
  const library = choice === 'node' ? undefined : loadNativeLibrary();
  if (library !== undefined) return createNativeWire(library, limits);
  if (choice === 'native') {
    throw new AppError('NOT_READY', 'uWebSockets.js has no binary for this Node.js and platform');
  }
  return createNodeWire(limits);
}
