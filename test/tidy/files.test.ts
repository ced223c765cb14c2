// Holds what every file of the repository has in common: width, size, a word of purpose, and no trace of one
// machine.
import { describe, expect, it } from 'vitest';
import { filesOfTree, isCode, textOf } from './tree.js';

const lineWidthMax = 110;
const fileLinesMax = 600;

const files = filesOfTree();
const code = files.filter(isCode);
/** What a sample site shows its visitors is prose; it has the width of its sentences. */
const proseFolder = /^apps\/[^/]+\/(pages|site)\//;

/** Code points of a line, as an editor's ruler counts them. */
function widthOf(line: string): number {
  return Array.from(line).length;
}

function linesWhere(path: string, isBad: (line: string) => boolean): string[] {
  return textOf(path)
    .split('\n')
    .flatMap((line, index) => (isBad(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 90)}`] : []));
}

describe('every code file', () => {
  it('is found', () => {
    expect(code).toContain('src/base/index.ts');
    expect(code).toContain('bin/test');
  });

  it(`has lines of at most ${lineWidthMax} columns`, () => {
    const written = code.filter((path) => !proseFolder.test(path));
    expect(written.flatMap((path) => linesWhere(path, (line) => widthOf(line) > lineWidthMax))).toEqual([]);
  });

  it(`has at most ${fileLinesMax} lines`, () => {
    expect(code.filter((path) => textOf(path).split('\n').length > fileLinesMax + 1)).toEqual([]);
  });

  it('opens with a comment on why it exists, after imports at the latest', () => {
    const silent = code.filter((path) => {
      // A list of exports has nothing to say, and a test says it in its `describe`.
      if (/(^|\/)index\.ts$|\.test\.tsx?$/.test(path)) return false;
      const text = textOf(path)
        .replace(/^#!.*\n/, '')
        .replace(/^(import\b[^;]*;\s*)+/, '');
      return !/^\s*(\/\/|\/\*|#)/.test(text);
    });
    expect(silent).toEqual([]);
  });

  it('ends with one line feed and has no carriage returns', () => {
    expect(code.filter((path) => !/[^\n]\n$/.test(textOf(path)) || textOf(path).includes('\r'))).toEqual([]);
  });

  it('leaves nothing for later', () => {
    expect(code.flatMap((path) => linesWhere(path, (line) => /\b(TODO|FIXME|XXX)\b/.test(line)))).toEqual(
      // This very line names the words.
      linesWhere('test/tidy/files.test.ts', (line) => line.includes('TODO|FIXME')),
    );
  });
});

describe('every file', () => {
  const texts = files.filter((path) =>
    /\.(ts|tsx|mjs|cjs|js|json|md|ya?ml|css|html|sh|drl|xml|conf)$/.test(path),
  );

  it('names no folder of the machine it was written on', () => {
    const folder = /(^|[\s"'`(=:])\/(work|root|Users|home\/[a-z][\w-]*)\//;
    expect([...texts, ...code].flatMap((path) => linesWhere(path, (line) => folder.test(line)))).toEqual([]);
  });

  it('names no package registry', () => {
    const host = /https?:\/\/[^\s/"']*(registry|artifactory|nexus|verdaccio)[^\s/"']*/;
    expect(texts.flatMap((path) => linesWhere(path, (line) => host.test(line)))).toEqual([]);
    expect(linesWhere('package-lock.json', (line) => line.includes('"resolved": "http'))).toEqual([]);
  });
});
