/** Builds `dist/` before any test, because worker threads and browsers load built files. */
import { execFileSync } from 'node:child_process';

export default function buildFirst(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { stdio: 'inherit' });
}
