// Bundles the benchmark and runs it with the garbage collector at hand, so that memory can be measured.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outfile = fileURLToPath(new URL('../../node_modules/.cache/bench/rules.mjs', import.meta.url));
await build({
  entryPoints: [`${here}main.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
  sourcemap: 'inline',
});
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', ...process.execArgv, outfile, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
