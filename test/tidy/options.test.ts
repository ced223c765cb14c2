// Holds the options against the program: one that nothing reads must say so, by its mark `reserved`.
import { describe, expect, it } from 'vitest';
import { allOptions } from '../../src/config/index.js';
import { filesOfTree, textOf } from './tree.js';

describe('every option', () => {
  it('is read somewhere, or marked as without effect', () => {
    const program = filesOfTree('src')
      .filter((path) => path.endsWith('.ts') && !path.startsWith('src/config/catalogue/'))
      .map(textOf)
      .join('\n');
    const words = new Set(program.match(/[\w$]+/g));
    const unread = allOptions().filter(
      ({ name, row }) => row.reserved !== true && !words.has(name) && !program.includes(`'${name}'`),
    );
    expect(unread.map(({ section, name }) => `${section}/${name}`)).toEqual([]);
  });
});
