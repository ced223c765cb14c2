/** Where this installation lies: the built server is in `dist/` of the project's folder. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const distFolder = dirname(fileURLToPath(import.meta.url));
export const rootFolder = resolve(distFolder, '..');

/** The version in package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
