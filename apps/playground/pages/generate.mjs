/**
 * Writes the shop's pages to `../site`: `node apps/playground/pages/generate.mjs`. The pages are kept in
 * the repository, because a site developer should be able to read them; a test holds them to these sources.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { informationPages } from './information.mjs';
import { productPages } from './products.mjs';
import { shoppingPages } from './shopping.mjs';

export const siteFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../site');

/** @returns {Promise<[file: string, html: string][]>} Every page, by its name under `site/`, formatted. */
export async function sitePages() {
  const pages = [...informationPages(), ...productPages(), ...shoppingPages()];
  const style = await resolveConfig(join(siteFolder, 'index.html'));
  return Promise.all(
    pages.map(async ([file, html]) => [file, await format(html, { ...style, parser: 'html' })]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, html] of await sitePages()) {
    mkdirSync(dirname(join(siteFolder, file)), { recursive: true });
    writeFileSync(join(siteFolder, file), html);
  }
}
