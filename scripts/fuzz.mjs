// Bundles the fuzzer and runs it against a lab of its own.
//   npm run fuzz -- --inputs 100000 --seed 1
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { stdio: 'inherit' });
await build({
  entryPoints: [join(root, 'test/fuzz/main.ts')],
  // Two folders down, as the support files find the root from where they lie.
  outfile: join(root, 'dist/fuzz/main.js'),
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [join(root, 'dist/fuzz/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
});
process.exit(status ?? 1);
