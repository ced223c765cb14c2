/**
 * Where a worker thread's built file is: beside the built server, or in `dist/` while running from sources.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/index.js';

/** The path of `<name>.js`. Throws `AppError` INTERNAL when the project was not built. */
export function workerFile(name: string): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    for (const path of [join(folder, `${name}.js`), join(folder, 'dist', `${name}.js`)]) {
      if (existsSync(path)) return path;
    }
    if (folder === dirname(folder)) break;
  }
  throw new AppError('INTERNAL', `${name}.js is not built; "npm run build" builds it`);
}
