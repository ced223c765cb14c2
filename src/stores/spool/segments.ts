/** The segment files of a spool: which blocks they have, and how blocks come and go. */
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type SegmentFile, createSegment, cutSegment, listSegments, syncFolder } from '../journal/folder.js';
import { encodeSegmentHeader, isSound, peekBlockHeader, segmentHeaderBytes } from '../journal/format.js';
import { blocksOf } from '../journal/segment-reader.js';
import { RowFilter } from './row-filter.js';
import { encodeRowBlock, rowBlockHead, sealRowBlock } from './row-block.js';

const damagedSuffix = '.damaged';

export interface Block {
  seq: number;
  offset: number;
  size: number;
  count: number;
  sinceMs: number;
}

export interface Segment {
  file: SegmentFile;
  salt: number;
  /** Those not yet released, oldest first; never empty but while the segment is new. */
  blocks: Block[];
  /** Whose rows may be here; undefined, anybody's, for a segment found at the start. */
  filter: RowFilter | undefined;
  /** Takes no more blocks: what a failed write left after the last one could not be cut off. */
  isSealed: boolean;
}

export class SegmentFolder {
  readonly #folder: string;
  readonly #segmentBytesMax: number;
  readonly #onDamaged: (file: string, rows: number) => void;
  /** Oldest first. Blocks are appended to the last one. */
  segments: Segment[] = [];
  nextSeq = 1;

  constructor(folder: string, segmentBytesMax: number, onDamaged: (file: string, rows: number) => void) {
    this.#folder = folder;
    this.#segmentBytesMax = segmentBytesMax;
    this.#onDamaged = onDamaged;
  }

  /** Finds what an earlier process left. Tails are cut where they are torn; damage is set aside. */
  async open(): Promise<void> {
    for (const file of await listSegments(this.#folder)) {
      const segment: Segment = { file, salt: 0, blocks: [], filter: undefined, isSealed: false };
      try {
        await this.#load(segment);
      } catch {
        await this.#setAside(segment);
        continue;
      }
      if (segment.blocks.length > 0) this.segments.push(segment);
      else await rm(file.path, { force: true });
    }
  }

  async #load(segment: Segment): Promise<void> {
    let offset = segmentHeaderBytes;
    for await (const part of blocksOf(segment.file.path, true)) {
      if (part.kind === 'block') {
        const { firstSeq: seq } = peekBlockHeader(part.bytes);
        const size = part.bytes.length;
        segment.blocks.push({ seq, offset, size, ...rowBlockHead(part.bytes) });
        offset += size;
        this.nextSeq = Math.max(this.nextSeq, seq + 1);
      } else {
        segment.salt = part.summary.salt;
        if (part.summary.soundBytes < segment.file.bytes) {
          await cutSegment(segment.file, part.summary.soundBytes);
        }
      }
    }
  }

  async #setAside(segment: Segment): Promise<void> {
    this.segments = this.segments.filter((other) => other !== segment);
    const damaged = segment.file.path + damagedSuffix;
    await rename(segment.file.path, damaged);
    this.#onDamaged(
      damaged,
      segment.blocks.reduce((sum, { count }) => sum + count, 0),
    );
  }

  async removeDamaged(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(damagedSuffix)) await rm(join(this.#folder, name), { force: true });
    }
  }

  /** Writes blocks to the last segment, all or none, and waits for the disk. `ids` is whom they are about. */
  async append(blocks: readonly Buffer[], ids: readonly string[]): Promise<void> {
    const size = blocks.reduce((sum, block) => sum + block.length, 0);
    const segment = await this.#segmentFor(size);
    const added: Block[] = [];
    let offset = segment.file.bytes;
    for (const block of blocks) {
      const seq = this.nextSeq + added.length;
      sealRowBlock(block, segment.salt, seq);
      added.push({ seq, offset, size: block.length, ...rowBlockHead(block) });
      offset += block.length;
    }
    try {
      await writeAt(segment.file.path, blocks, segment.file.bytes);
    } catch (error) {
      await this.#undo(segment);
      throw error;
    }
    segment.file.bytes = offset;
    segment.blocks.push(...added);
    for (const id of ids) segment.filter?.add(id);
    this.nextSeq += added.length;
  }

  async #segmentFor(size: number): Promise<Segment> {
    const last = this.segments.at(-1);
    const hasRoom = last !== undefined && last.file.bytes + size <= this.#segmentBytesMax;
    if (hasRoom && !last.isSealed) return last;
    const { file, salt } = await createSegment(this.#folder, this.nextSeq);
    const segment: Segment = { file, salt, blocks: [], filter: new RowFilter(), isSealed: false };
    this.segments.push(segment);
    return segment;
  }

  /** A write that failed half-way leaves nothing: what follows it later must follow the last sound block. */
  async #undo(segment: Segment): Promise<void> {
    if (segment.blocks.length > 0) {
      await cutSegment(segment.file, segment.file.bytes).catch(() => (segment.isSealed = true));
      return;
    }
    this.segments = this.segments.filter((other) => other !== segment);
    await rm(segment.file.path, { force: true });
  }

  /** A block's bytes; undefined, and the segment is set aside, when they are not what was written. */
  async readBlock(segment: Segment, { offset, size }: Block): Promise<Buffer | undefined> {
    const bytes = Buffer.allocUnsafe(size);
    const handle = await open(segment.file.path, 'r');
    let filled = 0;
    try {
      while (filled < size) {
        const { bytesRead } = await handle.read(bytes, filled, size - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } finally {
      await handle.close();
    }
    if (filled === size && isSound(bytes, segment.salt)) return bytes;
    await this.#setAside(segment);
    return undefined;
  }

  /** Forgets blocks up to `seq`, oldest first, and removes the segments that have no others. */
  async release(seq: number): Promise<void> {
    let removed = false;
    for (const segment of [...this.segments]) {
      const kept = segment.blocks.findIndex((block) => block.seq > seq);
      if (kept !== -1) {
        segment.blocks.splice(0, kept);
        break;
      }
      await rm(segment.file.path, { force: true });
      this.segments.shift();
      removed = true;
    }
    // Were the last segment still there after a power cut, its old rows would overwrite newer ones.
    if (removed && this.segments.length === 0) await syncFolder(this.#folder);
  }

  /** Writes a segment anew with what `change` makes of each block; undefined leaves a block as it is. */
  async rewrite(
    segment: Segment,
    change: (block: Buffer, sinceMs: number) => Buffer | undefined,
  ): Promise<void> {
    const [first] = segment.blocks;
    if (first === undefined) return;
    const parts: Buffer[] = [encodeSegmentHeader({ salt: segment.salt, firstSeq: segment.file.firstSeq })];
    const blocks: Block[] = [];
    let offset = segmentHeaderBytes;
    // Blocks of a segment are numbered without a gap, so those already released stay as empty ones.
    for (let seq = segment.file.firstSeq; seq < first.seq; seq++) {
      const empty = emptyBlock(segment.salt, seq);
      parts.push(empty);
      offset += empty.length;
    }
    for (const block of segment.blocks) {
      const bytes = await this.readBlock(segment, block);
      if (bytes === undefined) return;
      const changed = change(bytes, block.sinceMs);
      if (changed !== undefined) sealRowBlock(changed, segment.salt, block.seq);
      const kept = changed ?? bytes;
      parts.push(kept);
      blocks.push({ ...block, offset, size: kept.length, ...rowBlockHead(kept) });
      offset += kept.length;
    }
    await replaceFile(segment.file.path, Buffer.concat(parts));
    segment.file.bytes = offset;
    segment.blocks = blocks;
  }
}

function emptyBlock(salt: number, seq: number): Buffer {
  const block = encodeRowBlock([], 0);
  sealRowBlock(block, salt, seq);
  return block;
}

async function writeAt(path: string, blocks: readonly Buffer[], position: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    let offset = position;
    for (const block of blocks) {
      let written = 0;
      while (written < block.length) {
        const { bytesWritten } = await handle.write(block, written, block.length - written, offset + written);
        written += bytesWritten;
      }
      offset += block.length;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  const unfinished = `${path}.new`;
  await writeFile(unfinished, bytes, { mode: 0o600, flush: true });
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}
