/**
 * Category matching: time per page view for 10, 1,000 and 10,000 tags, against trying one tag after another.
 * One tag in ten is a regular expression. Prints one line of JSON.
 *   npm run bench -- categories/match --size smoke
 */
import { parseArgs } from 'node:util';
import { createCategoryMatcher, type PageContext } from '../../src/categories/index.js';
import { hash32 } from '../../src/base/index.js';
import type { Category, CategoryTag } from '../../src/model/index.js';
import { createNaiveMatcher } from '../support/naive-categories.js';
import { seeded } from '../support/visitor-stream.js';

const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
const isSmoke = values.size === 'smoke';
const pagesCount = isSmoke ? 200 : 20_000;
const naivePages = isSmoke ? 50 : 500;
const tagCounts = isSmoke ? [10, 200] : [10, 1_000, 10_000];
const words = ['tea', 'green', 'offer', 'Cart', 'checkout', 'help', 'blog', 'size', 'gift', 'news'];

const draw = seeded(11);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(draw() * items.length)] as Item;
const number = (below: number): number => Math.floor(draw() * below);

function tagOf(index: number): CategoryTag {
  const name = `tag ${index}`;
  if (index % 10 === 9) {
    return { name, type: 'regex', expression: `/${pick(words)}-${index}/(item|page)\\d+(\\.html)?$` };
  }
  const expression = index % 10 === 8 ? `${pick(words)} No ${index}` : `/${pick(words)}-${index}/`;
  return { name, type: 'text', expression, ...(index % 20 === 0 ? { languageCode: 'en' } : {}) };
}

function pageOf(tags: number): PageContext {
  const path = `${pick(words)}-${number(tags)}/item${number(1_000)}`;
  return {
    url: `https://www.shop.example/${pick(words)}/${path}.html?ref=${number(1e9).toString(36)}`,
    title: `${pick(words)} No ${number(tags)} | ${pick(words)} | The Example Shop`,
    languageCode: pick(['en-US', 'de', 'en']),
  };
}

const figures: Record<string, unknown> = { bench: 'categories', size: values.size, pages: pagesCount };
let hash = 0;
for (const count of tagCounts) {
  const tags = Array.from({ length: count }, (_, index) => tagOf(index));
  const categories: Category[] = [];
  for (let from = 0; from < count; from += 10) {
    categories.push({ name: `category ${from}`, tags: tags.slice(from, from + 10) });
  }
  const pages = Array.from({ length: pagesCount }, () => pageOf(count));
  const startedMs = performance.now();
  const matcher = createCategoryMatcher(categories);
  figures[`buildMs${count}`] = round(performance.now() - startedMs);
  const againMs = performance.now();
  createCategoryMatcher(categories);
  figures[`rebuildMs${count}`] = round(performance.now() - againMs);
  const naive = createNaiveMatcher(categories);
  figures[`ns${count}`] = nsPerPage(pages, (page) => matcher.match(page));
  figures[`naiveNs${count}`] = nsPerPage(pages.slice(0, naivePages), (page) => naive.match(page));
  for (const page of pages.slice(0, naivePages)) {
    const names = matcher.match(page).join(';');
    if (names !== naive.match(page).join(';')) throw new Error(`${page.url} matches differently`);
    hash = hash32(names, hash);
  }
}
process.stdout.write(`${JSON.stringify({ ...figures, hash })}\n`);

/** The second of two runs, so that compiling is not counted. */
function nsPerPage(pages: readonly PageContext[], match: (page: PageContext) => string[]): number {
  let found = 0;
  let startedMs = 0;
  for (let run = 0; run < 2; run++) {
    startedMs = performance.now();
    for (const page of pages) found += match(page).length;
  }
  if (found < 0) throw new Error('unreachable');
  return Math.round(((performance.now() - startedMs) / pages.length) * 1e6);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
