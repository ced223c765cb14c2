/**
 * Reads a segment block by block, and tells a torn tail, which a crash leaves, from damage, which it does
 * not.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { assert } from '../../base/index.js';
import {
  type BlockHeader,
  type SegmentHeader,
  blockHeaderBytes,
  decodeSegmentHeader,
  firstSeqOf,
  isSound,
  journalDamaged,
  peekBlockHeader,
  segmentHeaderBytes,
} from './format.js';

/** How many bytes the search for a later block looks at in one read. */
const searchBytes = 1 << 20;

export interface SegmentSummary {
  salt: number;
  /** Where the sound blocks end: the file's size, unless its tail is torn. */
  soundBytes: number;
  /** The number after the last sound block's last entry. */
  nextSeq: number;
}

export type SegmentPart = { kind: 'block'; bytes: Buffer } | { kind: 'end'; summary: SegmentSummary };

/** Where the segment ends, without its content; throws like `blocksOf`. */
export async function summaryOf(file: string, isLast: boolean): Promise<SegmentSummary> {
  let summary: SegmentSummary | undefined;
  for await (const part of blocksOf(file, isLast)) if (part.kind === 'end') summary = part.summary;
  assert(summary !== undefined, 'a segment that was read to its end has a summary');
  return summary;
}

/**
 * The blocks of a segment in order, then its summary. With `isLast`, an unsound block with no sound one after
 * it is a torn tail and ends the segment: blocks are written one after the other, each only when the one
 * before is committed, so a later sound block proves that this one was sound once. Throws `AppError`
 * INTERNAL, which names file and offset, for every other damage.
 */
export async function* blocksOf(file: string, isLast: boolean): AsyncGenerator<SegmentPart> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { salt, firstSeq } = await readHeader(handle, file);
    let offset = segmentHeaderBytes;
    let nextSeq = firstSeq;
    while (offset < size) {
      const bytes = await readBlock(handle, offset, size, salt);
      if (bytes === undefined) {
        if (isLast && !(await hasBlockAfter(handle, offset + 1, size, salt, nextSeq))) break;
        throw journalDamaged(file, offset, 'a block is broken, and more follows it');
      }
      const block = peekBlockHeader(bytes);
      if (block.firstSeq !== nextSeq) {
        throw journalDamaged(file, offset, `entry ${block.firstSeq} stands where ${nextSeq} belongs`);
      }
      yield { kind: 'block', bytes };
      offset += bytes.length;
      nextSeq += block.count;
    }
    yield { kind: 'end', summary: { salt, soundBytes: offset, nextSeq } };
  } finally {
    await handle.close();
  }
}

async function readHeader(handle: FileHandle, file: string): Promise<SegmentHeader> {
  const header = decodeSegmentHeader(await readBytes(handle, 0, segmentHeaderBytes));
  if (header === undefined) throw journalDamaged(file, 0, 'its header is not one of a journal segment');
  if (header.firstSeq !== firstSeqOf(basename(file))) {
    throw journalDamaged(file, 0, `its first entry is ${header.firstSeq}, which its name does not say`);
  }
  return header;
}

/** The block at `offset`, or undefined when there is no sound one. */
async function readBlock(
  handle: FileHandle,
  offset: number,
  size: number,
  salt: number,
): Promise<Buffer | undefined> {
  if (offset + blockHeaderBytes > size) return undefined;
  const header = peekBlockHeader(await readBytes(handle, offset, blockHeaderBytes));
  const end = offset + blockHeaderBytes + header.bodySize;
  if (end > size || !isPlausible(header)) return undefined;
  const block = await readBytes(handle, offset, end - offset);
  return isSound(block, salt) ? block : undefined;
}

function isPlausible({ bodySize, firstSeq, count }: BlockHeader): boolean {
  return count > 0 && bodySize >= count * 4 && Number.isSafeInteger(firstSeq) && firstSeq > 0;
}

/** Whether a sound block with an entry after `afterSeq` begins at `from` or later. */
async function hasBlockAfter(
  handle: FileHandle,
  from: number,
  size: number,
  salt: number,
  afterSeq: number,
): Promise<boolean> {
  for (let start = from; start + blockHeaderBytes <= size; start += searchBytes) {
    const window = await readBytes(handle, start, Math.min(searchBytes + blockHeaderBytes, size - start));
    for (let index = 0; index < searchBytes && index + blockHeaderBytes <= window.length; index++) {
      const header = peekBlockHeader(window, index);
      if (!isPlausible(header) || header.firstSeq <= afterSeq || header.firstSeq > afterSeq + size) continue;
      if ((await readBlock(handle, start + index, size, salt)) !== undefined) return true;
    }
  }
  return false;
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
