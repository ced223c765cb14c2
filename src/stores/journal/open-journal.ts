/**
 * The journal over segment files. Entries gather in one buffer while the block before them is written and
 * synced; when that is done, all of them become the next block. So the slower the disk, the larger the
 * blocks, and one sync serves many entries.
 */
import { close, constants, fdatasync, open, write } from 'node:fs';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError, assert } from '../../base/index.js';
import { type Journal, type JournalEntry } from '../journal.js';
import { type SegmentFile, checkFollows, createSegment, cutSegment, listSegments } from './folder.js';
import { blockHeaderBytes, entriesOf, entryHeaderBytes, sealBlock } from './format.js';
import { blocksOf, summaryOf } from './segment-reader.js';

const openFile = promisify(open);
const closeFile = promisify(close);
const syncFile = promisify(fdatasync);

/**
 * Where the system can, each write reaches the disk before it returns: one trip to the thread pool for a
 * block in place of two.
 */
const writesThrough = typeof constants.O_DSYNC === 'number';
const openFlags = constants.O_WRONLY | (writesThrough ? constants.O_DSYNC : 0);

/**
 * Blocks begin at least so long apart, so that under load each carries many entries; after a pause none
 * waits.
 */
const gatherMs = 2;

/** A buffer that one burst grew is let go again above this size. */
const bufferBytesKeep = 1 << 20;
const bufferBytesStart = 1 << 16;

export interface JournalOptions {
  folder: string;
  /** A segment that would pass this size is closed and a new one begun; default 64 MB. */
  segmentBytesMax?: number;
  /** Bytes appended but not yet committed; over it `append` throws OVERLOADED. Default 32 MB. */
  pendingBytesMax?: number;
  /** After each group, with the highest committed number; never while `append` runs. */
  onCommitted: (seq: number) => void;
  /**
   * Once, when the disk refused: nothing appended after the last committed entry will ever be acknowledged.
   */
  onFailed: (error: AppError) => void;
}

/**
 * Opens the journal in `folder`, which it creates when there is none. A torn tail, which no one was told was
 * committed, is cut. Throws `AppError` INTERNAL with file and offset for other damage.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const segments = await listSegments(options.folder);
  const last = segments.at(-1);
  if (last === undefined) {
    const { file, salt } = await createSegment(options.folder, 1);
    return SegmentedJournal.open(options, [file], salt, 1);
  }
  const { salt, soundBytes, nextSeq } = await summaryOf(last.path, true);
  if (soundBytes < last.bytes) await cutSegment(last, soundBytes);
  return SegmentedJournal.open(options, segments, salt, nextSeq);
}

class SegmentedJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #segmentBytesMax: number;
  readonly #pendingBytesMax: number;
  /** Oldest first; the last one is being written. */
  readonly #segments: SegmentFile[];
  #file: number;
  #salt: number;
  #nextSeq: number;
  #committedSeq: number;
  /** When the last block began to be written, of the monotonic clock. */
  #blockBegunMs = -Infinity;
  /** The block that gathers: room for its header, then entries up to `#gatheredBytes`. */
  #gathering = Buffer.allocUnsafe(bufferBytesStart);
  #gatheredBytes = blockHeaderBytes;
  #gatheredCount = 0;
  /** The buffer of the block on its way to the disk, or one to gather in next. */
  #spare = Buffer.allocUnsafe(bufferBytesStart);
  #bytesInFlight = 0;
  #flushing: Promise<void> | undefined;
  #refusal: AppError | undefined;
  #appended = false;
  /** Who waits for a new segment. */
  #rotations: (() => void)[] = [];

  private constructor(
    options: JournalOptions,
    segments: SegmentFile[],
    file: number,
    salt: number,
    nextSeq: number,
  ) {
    this.#options = options;
    this.#segmentBytesMax = options.segmentBytesMax ?? 64 * 1024 * 1024;
    this.#pendingBytesMax = options.pendingBytesMax ?? 32 * 1024 * 1024;
    this.#segments = segments;
    this.#file = file;
    this.#salt = salt;
    this.#nextSeq = nextSeq;
    this.#committedSeq = nextSeq - 1;
  }

  static async open(
    options: JournalOptions,
    segments: SegmentFile[],
    salt: number,
    nextSeq: number,
  ): Promise<SegmentedJournal> {
    const last = segments.at(-1);
    assert(last !== undefined, 'an open journal has a segment');
    const file = await openFile(last.path, openFlags);
    return new SegmentedJournal(options, segments, file, salt, nextSeq);
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  get committedSeq(): number {
    return this.#committedSeq;
  }

  get firstSeq(): number {
    return this.#segments[0]?.firstSeq ?? this.#nextSeq;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  append(payload: Uint8Array): number {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#makeRoom(entryHeaderBytes + payload.length);
    this.#gathering.writeUInt32LE(payload.length, this.#gatheredBytes);
    this.#gathering.set(payload, this.#gatheredBytes + entryHeaderBytes);
    this.#gatheredBytes += entryHeaderBytes + payload.length;
    this.#gatheredCount++;
    this.#appended = true;
    this.#flushing ??= this.#flushAll();
    return this.#nextSeq++;
  }

  #makeRoom(entryBytes: number): void {
    if (blockHeaderBytes + entryBytes > this.#pendingBytesMax) {
      throw new AppError('TOO_LARGE', `an entry of ${entryBytes} bytes is more than the journal takes`);
    }
    const needed = this.#gatheredBytes + entryBytes;
    if (needed + this.#bytesInFlight > this.#pendingBytesMax) {
      throw new AppError('OVERLOADED', 'the disk is slower than the visits: too much waits to be written');
    }
    if (needed <= this.#gathering.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#gathering.length * 2));
    this.#gathering.copy(larger, 0, 0, this.#gatheredBytes);
    this.#gathering = larger;
  }

  /** Writes block after block until nothing waits. Runs once at a time. */
  async #flushAll(): Promise<void> {
    // All that one turn of the event loop receives goes into one block.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#gatheredCount > 0 || this.#rotations.length > 0) {
      let count: number;
      try {
        const rotations = this.#rotations.splice(0);
        if (rotations.length > 0) await this.#beginSegment();
        for (const rotated of rotations) rotated();
        if (this.#gatheredCount === 0) continue;
        await this.#gather();
        count = this.#gatheredCount;
        await this.#flushOne();
      } catch (error) {
        this.#fail(error);
        break;
      }
      this.#committedSeq += count;
      this.#options.onCommitted(this.#committedSeq);
    }
    this.#flushing = undefined;
  }

  /** Waits until `gatherMs` have passed since the last block began. */
  async #gather(): Promise<void> {
    const waitMs = this.#blockBegunMs + gatherMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#blockBegunMs = performance.now();
  }

  async #flushOne(): Promise<void> {
    const count = this.#gatheredCount;
    const buffer = this.#gathering;
    const block = buffer.subarray(0, this.#gatheredBytes);
    this.#gathering = this.#spare;
    this.#spare = buffer;
    this.#gatheredBytes = blockHeaderBytes;
    this.#gatheredCount = 0;
    this.#bytesInFlight = block.length;

    const segment = await this.#segmentFor(block.length);
    sealBlock(block, this.#salt, this.#committedSeq + 1, count);
    await writeAll(this.#file, block, segment.bytes);
    if (!writesThrough) await syncFile(this.#file);
    segment.bytes += block.length;
    this.#bytesInFlight = 0;
    if (buffer.length > bufferBytesKeep) this.#spare = Buffer.allocUnsafe(bufferBytesStart);
  }

  /** The segment that a block of `blockBytes` belongs into; a new one when the present one is full. */
  async #segmentFor(blockBytes: number): Promise<SegmentFile> {
    const present = this.#segments.at(-1);
    assert(present !== undefined, 'an open journal has a segment');
    const firstSeq = this.#committedSeq + 1;
    if (present.bytes + blockBytes <= this.#segmentBytesMax || present.firstSeq === firstSeq) return present;
    return this.#beginSegment();
  }

  /** Closes the segment that is being written and begins another; the same one when it is empty. */
  async #beginSegment(): Promise<SegmentFile> {
    const present = this.#segments.at(-1);
    const firstSeq = this.#committedSeq + 1;
    if (present?.firstSeq === firstSeq) return present;
    const { file, salt } = await createSegment(this.#options.folder, firstSeq);
    const opened = await openFile(file.path, openFlags);
    await closeFile(this.#file);
    this.#file = opened;
    this.#salt = salt;
    this.#segments.push(file);
    return file;
  }

  /**
   * After a failed write or sync nobody knows what the disk holds: only opening the journal anew finds out.
   */
  #fail(cause: unknown): void {
    const what = cause instanceof Error ? cause.message : String(cause);
    this.#refusal = new AppError('STORE_UNAVAILABLE', `the journal cannot be written: ${what}`, { cause });
    this.#gatheredCount = 0;
    this.#options.onFailed(this.#refusal);
  }

  async *replay(): AsyncGenerator<JournalEntry> {
    assert(!this.#appended, 'a journal is replayed before its first append');
    let nextSeq: number | undefined;
    for (const segment of [...this.#segments]) {
      if (nextSeq !== undefined) checkFollows(segment, nextSeq);
      for await (const part of blocksOf(segment.path, false)) {
        if (part.kind === 'block') yield* entriesOf(part.bytes);
        else nextSeq = part.summary.nextSeq;
      }
    }
  }

  async rotate(): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const rotated = new Promise<void>((resolve) => this.#rotations.push(resolve));
    this.#flushing ??= this.#flushAll();
    await Promise.race([rotated, this.#flushing]);
    // The refusal may have come meanwhile, which the compiler cannot see.
    const refusal = this.#refusal as AppError | undefined;
    if (refusal !== undefined) throw refusal;
  }

  async release(seq: number): Promise<void> {
    const free = this.#segments.findIndex((_, index) => {
      const next = this.#segments[index + 1];
      return next === undefined || next.firstSeq > seq + 1;
    });
    // Oldest first, so that a crash half-way leaves no gap.
    for (const segment of this.#segments.splice(0, free)) await rm(segment.path, { force: true });
  }

  async close(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    if (this.#file < 0) return;
    this.#refusal ??= new AppError('STORE_UNAVAILABLE', 'the journal is closed');
    const file = this.#file;
    this.#file = -1;
    await closeFile(file);
  }
}

async function writeAll(file: number, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await writeSome(file, bytes, written, position + written);
  }
}

function writeSome(file: number, bytes: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, offset, bytes.length - offset, position, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
