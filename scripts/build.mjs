// Builds everything that runs: the server (one bundle and its worker threads), the tracker, the sample
// site's panel, and the office pages. `--if-stale` skips the work when no source is newer than the last
// build, so that a warm start stays quick.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

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
const pages = ['workspace', 'backtest', 'cluster'];

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

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
/** Compression of less than this saves no packet; the server does not ask for it either. */
const compressedBytesMin = 1_024;
/** The highest, 11, makes scripts 7 % smaller yet and takes six times as long. */
const brotliQuality = 9;

/**
 * Leaves every browser file also compressed, beside it: the server takes these, and need not
 * compress while visitors wait. A file that the build has left as it was keeps them.
 */
async function compressForBrowsers() {
  const files = ['tracker', 'playground', 'ui'].flatMap((folder) => filesUnder(join(dist, folder)));
  const known = new Set(files);
  for (const file of files) {
    // Compressed files whose plain one is gone.
    if (/\.(br|gz)$/.test(file) && !known.has(file.replace(/\.(br|gz)$/, ''))) rmSync(file);
  }
  const plain = files.filter((file) => /\.(js|css|html|svg)$/.test(file));
  await Promise.all(plain.map(compressOne));
}

async function compressOne(file) {
  const { size, mtimeMs } = statSync(file);
  const beside = [`${file}.br`, `${file}.gz`];
  if (size < compressedBytesMin) return;
  if (beside.every((other) => existsSync(other) && statSync(other).mtimeMs >= mtimeMs)) return;
  const bytes = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  };
  const [brotli, gzipped] = await Promise.all([
    compressBrotli(bytes, { params }),
    compressGzip(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  writeFileSync(beside[0], brotli);
  writeFileSync(beside[1], gzipped);
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
const compressing = Date.now();
await compressForBrowsers();
process.stderr.write(`compressed in ${((Date.now() - compressing) / 1000).toFixed(1)} s\n`);
writeFileSync(mark, now);
process.stderr.write(`built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
