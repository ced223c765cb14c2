/** The files of a journal: which segments there are, new ones, and names that survive a power cut. */
import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeSegmentHeader,
  firstSeqOf,
  journalDamaged,
  segmentHeaderBytes,
  segmentName,
} from './format.js';

export interface SegmentFile {
  path: string;
  firstSeq: number;
  bytes: number;
}

/**
 * The segments in `folder`, oldest first. Creates the folder, and removes segments that were never finished.
 */
export async function listSegments(folder: string): Promise<SegmentFile[]> {
  await mkdir(folder, { recursive: true });
  const segments: SegmentFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const firstSeq = firstSeqOf(name);
    if (firstSeq !== undefined) segments.push({ path, firstSeq, bytes: (await stat(path)).size });
    else if (name.endsWith('.new')) await rm(path);
  }
  return segments;
}

/**
 * Makes an empty segment. It gets its name only when its header is on disk, so no crash leaves half a header.
 */
export async function createSegment(
  folder: string,
  firstSeq: number,
): Promise<{ file: SegmentFile; salt: number }> {
  const path = join(folder, segmentName(firstSeq));
  const salt = randomInt(2 ** 32);
  const unfinished = `${path}.new`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(encodeSegmentHeader({ salt, firstSeq }));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
  await syncFolder(folder);
  return { file: { path, firstSeq, bytes: segmentHeaderBytes }, salt };
}

/** Cuts `file` to `bytes` and waits until the disk knows. */
export async function cutSegment(file: SegmentFile, bytes: number): Promise<void> {
  await truncate(file.path, bytes);
  const handle = await open(file.path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  file.bytes = bytes;
}

/** Throws when a segment between two others is missing: `nextSeq` is where the segment before `file` ends. */
export function checkFollows(file: SegmentFile, nextSeq: number): void {
  if (file.firstSeq === nextSeq) return;
  throw journalDamaged(file.path, 0, `entries ${nextSeq} to ${file.firstSeq - 1} before it are missing`);
}

/** A new or renamed file is safe only when its folder is written too. Folders cannot be opened on Windows. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
