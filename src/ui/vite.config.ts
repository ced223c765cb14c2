/**
 * Builds the office pages into dist/ui/, each under its own address and whole in itself: `--mode` names the
 * page.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

declare const process: { env: { NODE_ENV?: string } };

const here = (path: string) => decodeURIComponent(new URL(path, import.meta.url).pathname);

const pages = ['workspace', 'backtest', 'cluster'];

export default defineConfig(({ command, mode }) => {
  const page = pages.includes(mode) ? mode : 'workspace';
  // What is built is what is shipped, also when a test run, whose NODE_ENV is `test`, asks for it: React's
  // development form would be twice as large and many times as slow.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root: here(`./${page}`),
    base: `/${page}/`,
    plugins: [react()],
    build: {
      outDir: here(`../../dist/ui/${page}`),
      emptyOutDir: true,
      target: 'es2022',
      sourcemap: true,
      // The content-security policy allows neither inline scripts nor data: addresses.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: {
        // Rooms of the domain have no side effects, so only what a page uses of them is shipped.
        treeshake: { moduleSideEffects: (id) => !/\/src\/(model|base)\//.test(id) },
      },
    },
  };
});
