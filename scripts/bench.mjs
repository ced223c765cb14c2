// Runs a benchmark: bundles `bench/<name>.ts` (and what it starts) into dist/bench and runs it.
//   npm run bench -- ingest/ingest --size smoke
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...rest] = process.argv.slice(2);
const entry = join(root, 'bench', `${name ?? ''}.ts`);

if (name === undefined || !existsSync(entry)) {
  const names = readdirSync(join(root, 'bench'), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('support'))
    .map((file) => file.slice(0, -'.ts'.length));
  process.stderr.write(
    `There is no bench "${name ?? ''}". Files of bench/:\n  ${names.sort().join('\n  ')}\n`,
  );
  process.exit(2);
}

spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { stdio: 'inherit' });
const siblings = readdirSync(dirname(entry)).filter((file) => file.endsWith('-server.ts'));
await build({
  entryPoints: [entry, ...siblings.map((file) => join(dirname(entry), file))],
  outdir: join(root, 'dist/bench'),
  entryNames: '[name]',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
});
const script = join(root, 'dist/bench', `${basename(entry, '.ts')}.js`);
const { status } = spawnSync(process.execPath, ['--expose-gc', '--enable-source-maps', script, ...rest], {
  stdio: 'inherit',
  cwd: root,
});
process.exit(status ?? 1);
