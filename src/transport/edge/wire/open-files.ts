/** What the system lets the process open, and what it has open: files and sockets together, on Linux. */
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';

/** Where the system does not say. */
const limitUnknown = 10_000;

/** Files and sockets that the process may have open. */
export function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return Number(line?.[1] ?? limitUnknown);
  } catch {
    return limitUnknown;
  }
}

/** Those that it has open; 0 where the system does not say. */
export async function openFiles(): Promise<number> {
  try {
    // Newer systems give the number as the folder's size; older ones must list it.
    const { size } = await stat('/proc/self/fd');
    return size > 0 ? size : (await readdir('/proc/self/fd')).length;
  } catch {
    return 0;
  }
}
