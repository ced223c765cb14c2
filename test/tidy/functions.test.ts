// Holds the size of functions. A factory of closures counts without them: each closure is a function of its
// own.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesOfTree, textOf } from './tree.js';

const functionLinesMax = 60;

function isFunction(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

/** Functions of `text` whose own lines, without those of functions inside, are more than allowed. */
function longFunctions(path: string, text: string): string[] {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, false, kind);
  const line = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const long: string[] = [];

  /** Visits the tree; gives the lines that functions under `node` take from it. */
  function visit(node: ts.Node): number {
    let inner = 0;
    node.forEachChild((child) => {
      inner += visit(child);
    });
    if (!isFunction(node)) return inner;
    const first = line(node.getStart(source));
    const all = line(node.getEnd()) - first + 1;
    if (all - inner > functionLinesMax) long.push(`${path}:${first + 1}: ${all - inner} lines`);
    return Math.max(0, all - 1);
  }
  visit(source);
  return long;
}

describe('every function', () => {
  it(`of the sources has at most ${functionLinesMax} lines of its own`, { timeout: 60_000 }, () => {
    const sources = filesOfTree('src').filter((path) => /\.tsx?$/.test(path));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap((path) => longFunctions(path, textOf(path)))).toEqual([]);
  });

  it('is measured without the functions in it', () => {
    const filler = (count: number) => 'x();\n'.repeat(count);
    const text = `function outer() {\n${filler(40)}function inner() {\n${filler(40)}}\n}\n`;
    expect(longFunctions('a.ts', text)).toEqual([]);
    expect(longFunctions('a.ts', `const f = () => {\n${filler(59)}};\n`)).toEqual(['a.ts:1: 61 lines']);
  });
});
