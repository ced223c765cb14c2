/** The node's own secret: made once, readable by its user alone, never logged. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const bytesCount = 32;

/** The secret in `folder`, made when there is none. */
export async function nodeSecret(folder: string): Promise<Buffer> {
  const file = join(folder, 'secret.key');
  const kept = await readFile(file).catch(() => undefined);
  if (kept?.length === bytesCount) return kept;
  const made = randomBytes(bytesCount);
  await writeFile(file, made, { mode: 0o600 });
  return made;
}
