/**
 * Finds the native library for this Node.js. The package's own entry point would fall back to a partial
 * imitation that lacks upgrades, addresses and backpressure; so its binary is loaded by name, or nothing
 * is.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as uWebSockets from 'uWebSockets.js';

export type NativeLibrary = Pick<
  typeof uWebSockets,
  'App' | 'us_listen_socket_close' | 'us_socket_local_port'
>;

/** Undefined where the package has no binary for this platform and ABI, or the binary does not load. */
export function loadNativeLibrary(): NativeLibrary | undefined {
  const require = createRequire(import.meta.url);
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  try {
    const entry = dirname(require.resolve('uWebSockets.js'));
    // The official package keeps binaries beside its entry point, the npm build in a folder of their own.
    for (const folder of [entry, join(entry, '..', 'binaries')]) {
      const path = join(folder, file);
      if (existsSync(path)) return require(path) as NativeLibrary;
    }
  } catch {
    // A binary for another C library fails to load: Node's own server takes over.
  }
  return undefined;
}
