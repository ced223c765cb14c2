/** The node's own secret: made once, readable by its user alone, never logged. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../config/index.js';

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

/**
 * What this node signs with; the same on all nodes of a cluster, so that people may go from one to another.
 */
export async function secretOf({ nodes, options }: Configuration): Promise<Buffer> {
  const [key] = options.cluster.key;
  if (nodes.length === 1 || key === undefined) return nodeSecret(options.beckon.dataFolder);
  return Buffer.from(hkdfSync('sha256', key, 'beckon', 'session tokens', bytesCount));
}
