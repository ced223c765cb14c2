// Holds the room table of ARCHITECTURE.md section 3, and that its rules do catch a wall that somebody broke.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, textOf } from './tree.js';

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** The broken rules under `folder/src`, as `rule: from -> to`. */
function brokenRules(folder: string): string[] {
  const binary = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const run = spawnSync(process.execPath, [binary, '--config', config, '-T', 'json', 'src'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(run.stdout, run.stderr).toMatch(/^\{/);
  const { summary } = JSON.parse(run.stdout) as { summary: { violations: Violation[] } };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

const planted = mkdtempSync(join(tmpdir(), 'beckon-rooms-'));
afterAll(() => {
  rmSync(planted, { recursive: true });
});

function plant(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(planted, path)), { recursive: true });
    writeFileSync(join(planted, path), text);
  }
}

describe('the room table', () => {
  it('is kept by the tree', { timeout: 60_000 }, () => {
    expect(brokenRules(root)).toEqual([]);
  });

  it('names each broken wall', { timeout: 60_000 }, () => {
    symlinkSync(join(root, 'node_modules'), join(planted, 'node_modules'));
    plant({
      'tsconfig.json': '{}',
      'package.json': textOf('package.json'),
      'src/base/hash.ts': 'export const hash = 1;',
      'src/base/index.ts': "export { hash } from './hash.js';",
      'src/rules/index.ts': 'export const rules = 1;',
      'src/stores/index.ts': 'export const open = 1; export type Store = 1;',
      'src/strategy/index.ts': `
        import { readFileSync } from 'node:fs';
        import { hash } from '../base/hash.js';
        import { rules } from '../rules/index.js';
        export const all = [readFileSync, hash, rules];`,
      'src/transport/edge/index.ts': `
        import { hash } from '../../base/index.js';
        import type { Store } from '../../stores/index.js';
        import './loop.js';
        export const fine: Store | number = hash;`,
      'src/transport/edge/loop.ts': `
        import { open } from '../../stores/index.js';
        import './index.js';
        export const concrete = open;`,
      'src/attic/index.ts': 'export const nowhere = 1;',
    });
    expect(brokenRules(planted).sort()).toEqual([
      'a room of the table (alone): src/attic/index.ts -> src/attic/index.ts',
      'no cycles: src/transport/edge/index.ts -> src/transport/edge/loop.ts',
      'strategy: packages: src/strategy/index.ts -> fs',
      'strategy: types: src/strategy/index.ts -> src/base/hash.ts',
      'strategy: types: src/strategy/index.ts -> src/rules/index.ts',
      'strategy: values: src/strategy/index.ts -> src/base/hash.ts',
      'strategy: values: src/strategy/index.ts -> src/rules/index.ts',
      'transport/edge: values: src/transport/edge/loop.ts -> src/stores/index.ts',
    ]);
  });
});
