// Builds everything that runs: the server (one bundle and its worker threads), the tracker, the sample
// site's panel, and the office pages. `--if-stale` skips the work when no source is newer than the last
// build, so that a warm start stays quick.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** Every entry point of the server; a worker thread is loaded by its name beside `main.js`. */
const serverEntries = {
  main: 'src/main.ts',
  'bayeux-open': 'src/transport/edge/open-main.ts',
  'store-worker': 'src/stores/embedded/worker.ts',
  'backtest-worker': 'src/backtest/worker.ts',
  'failure-detector': 'src/cluster/membership/detector.ts',
  'index-worker': 'src/stores/embedded-index/worker.ts',
};

/** Browser bundles of the tracker, by output name under `dist/tracker/`. */
const trackerEntries = {
  'GTC.min': 'src/tracker/main.ts',
  'chat-widget.min': 'src/tracker/chat/main.ts',
  'dsl.min': 'src/tracker/dsl/main.ts',
  'recorder.min': 'src/tracker/recorder/main.ts',
};

/** Browser bundles of the sample site, by output name under `dist/playground/`; its pages are not built. */
const playgroundEntries = {
  panel: 'apps/playground/panel/main.ts',
};

/** The office pages, each a folder of `src/ui/`. */
const pages = ['workspace', 'backtest'];

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** One hash over names, sizes and times of all sources. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = [...filesUnder(join(root, 'src')), ...filesUnder(join(root, 'apps'))].sort();
  for (const file of [...files, join(root, 'package-lock.json'), fileURLToPath(import.meta.url)]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function buildServer(esbuild) {
  const entryPoints = Object.entries(serverEntries).map(([out, file]) => ({ out, in: join(root, file) }));
  await esbuild.build({
    entryPoints: entryPoints.filter((entry) => existsSync(entry.in)),
    outdir: dist,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'warning',
  });
}

async function buildForBrowser(esbuild, entries, folder) {
  const entryPoints = Object.entries(entries).map(([out, file]) => ({ out, in: join(root, file) }));
  await esbuild.build({
    entryPoints: entryPoints.filter((entry) => existsSync(entry.in)),
    outdir: join(dist, folder),
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}

async function buildPages() {
  const config = join(root, 'src/ui/vite.config.ts');
  if (!existsSync(config)) return;
  const { build } = await import('vite');
  for (const page of pages) await build({ configFile: config, mode: page, logLevel: 'warn' });
}

const mark = join(dist, '.fingerprint');
const now = fingerprint();
if (process.argv.includes('--if-stale') && existsSync(mark) && readFileSync(mark, 'utf8') === now)
  process.exit(0);
const started = Date.now();
process.stderr.write('building dist/ …\n');
rmSync(mark, { force: true });
mkdirSync(dist, { recursive: true });
const esbuild = await import('esbuild');
await Promise.all([
  buildServer(esbuild),
  buildForBrowser(esbuild, trackerEntries, 'tracker'),
  buildForBrowser(esbuild, playgroundEntries, 'playground'),
  buildPages(),
]);
writeFileSync(mark, now);
process.stderr.write(`built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
