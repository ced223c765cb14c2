/** Builds a TypeScript file that a test runs as a process of its own. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/**
 * The path of a runnable bundle of `source`, a URL. It stands inside the project, so that packages are found.
 */
export async function buildChild(source: URL, name: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../../../node_modules/.cache/test/${name}.mjs`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}
