// The files of the sample site agree with each other: pages with their sources, links with pages,
// categories with what a server accepts and with what the rules ask for.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Type from 'typebox';
import Compile from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { siteFolder, sitePages } from '../../../apps/playground/pages/generate.mjs';
import { Category } from '../../../src/model/index.js';

const playground = resolve(import.meta.dirname, '../../../apps/playground');
const categories = JSON.parse(readFileSync(join(playground, 'categories.json'), 'utf8')) as Category[];
const pages = await sitePages();

/** Names of the categories that a page gets, as `src/model/category.ts` defines their tags. */
function categoriesOf(url: string, title: string): string[] {
  const texts = [url, title];
  return categories
    .filter(({ tags }) =>
      tags.some(({ type, expression }) =>
        texts.some((text) =>
          type === 'regex'
            ? new RegExp(expression, 'i').test(text)
            : text.toLowerCase().includes(expression.toLowerCase()),
        ),
      ),
    )
    .map(({ name }) => name.replace('PlayGround-', ''));
}

function titleOf(html: string): string {
  return /<title>(.*?)<\/title>/s.exec(html)?.[1]?.replace('&amp;', '&') ?? '';
}

describe('the pages', () => {
  it('are what their sources make: run apps/playground/pages/generate.mjs after an edit', () => {
    for (const [file, html] of pages) expect(readFileSync(join(siteFolder, file), 'utf8'), file).toBe(html);
    const kept = readdirSync(siteFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.html'),
    );
    expect(kept.sort()).toEqual(pages.map(([file]) => file).sort());
  });

  it('link only to files of the site', () => {
    for (const [file, html] of pages) {
      for (const [, address = ''] of html.matchAll(/(?:href|src|action)="([^"#]+)"/g)) {
        expect(address.startsWith('/playground/'), `${file}: ${address}`).toBe(true);
        if (address === '/playground/panel/panel.js') continue;
        const path = address.slice('/playground/'.length);
        expect(existsSync(join(siteFolder, path === '' ? 'index.html' : path)), `${file}: ${address}`).toBe(
          true,
        );
      }
    }
  });

  it('have no script or style of their own, which the content-security policy would refuse', () => {
    for (const [file, html] of pages) {
      expect(html, file).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
    }
  });

  it('have titles that tell them apart', () => {
    const titles = pages.map(([, html]) => titleOf(html));
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('the categories', () => {
  it('are categories by the schema, each once and with the sample site in its name', () => {
    expect(Compile(Type.Array(Category)).Errors(categories)).toEqual([]);
    const names = categories.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^PlayGround-/);
  });

  it('give each page what its address and title say', () => {
    const found = new Map(
      pages.map(([file, html]) => [
        file,
        categoriesOf(`http://shop.example/playground/${file}`, titleOf(html)),
      ]),
    );
    expect(found.get('index.html')).toEqual(['Home']);
    expect(categoriesOf('http://shop.example/playground/', '')).toEqual(['Home']);
    expect(categoriesOf('http://shop.example/playground/?from=mail#top', '')).toEqual(['Home']);
    expect(found.get('products/moka-pot.html')).toEqual(['Coffee', 'Product']);
    expect(found.get('products/matcha-set.html')).toEqual(['Tea', 'Product']);
    expect(found.get('tea.html')).toEqual(['Tea']);
    expect(found.get('checkout.html')).toEqual(['Checkout']);
    for (const [file, names] of found) expect(names.length, file).toBeGreaterThan(0);
  });

  it('cover every category that a rule asks for', () => {
    const rules = readFileSync(join(playground, 'rules/playground.drl'), 'utf8');
    const asked = [...rules.matchAll(/categories contains "([^"]+)"/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(0);
    const names = new Set<string | undefined>(categories.map(({ name }) => name));
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  });
});
