// The files of the repository as the tidy tests see them: everything but what is installed, built or run.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

const skipped: ReadonlySet<string> = new Set([
  '.git',
  '.beckon',
  '.services',
  'coverage',
  'dist',
  'node_modules',
  'test-results',
]);

/** Paths of all files relative to the root, with `/`, sorted. */
export function filesOfTree(folder = ''): string[] {
  const paths: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) paths.push(...filesOfTree(path));
    } else if (entry.isFile() && !entry.name.endsWith('.log')) paths.push(path);
  }
  return paths.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Source code that people write and read, in any of our languages. */
export function isCode(path: string): boolean {
  if (path.includes('/generated/')) return false;
  return /\.(ts|tsx|mjs|cjs|js|css|sh)$/.test(path) || /^(bin|\.ci)\/[a-z-]+$/.test(path);
}
