/**
 * Rows that wait on disk for a sink that is away: a queue over segment files of the journal's form. What was
 * appended is there after a crash; a torn tail, which nobody was told was safe, is cut.
 */
import { statfs } from 'node:fs/promises';
import { AppError } from '../../base/index.js';
import { type Row } from '../operational-store.js';
import { identityOf, sizeOf, visitOf } from '../row-keys.js';
import { encodeRowBlock, rowsOfBlock } from './row-block.js';
import { type Segment, SegmentFolder } from './segments.js';

/** Rows of one block: what is read, and written to the sink, at once. */
const blockRowsMax = 1_000;
const blockBytesMax = 1 << 20;

export interface SpoolOptions {
  folder: string;
  /** At this size nothing more is taken; default 10 GB. */
  bytesMax?: number;
  /** Bytes that stay free on the disk, for the journal above all; default 512 MB. */
  freeBytesMin?: number;
  /** Default 16 MB. */
  segmentBytesMax?: number;
  /** Free bytes of the disk; for tests. */
  freeBytes?: () => Promise<number>;
  /** A segment's bytes are not what was written. It was renamed to `….damaged`, with the rows left in it. */
  onDamaged: (file: string, rows: number) => void;
}

export interface SpooledRows {
  rows: Row[];
  /** The number of the last block that they came from. */
  lastSeq: number;
}

export interface Spool {
  readonly isEmpty: boolean;
  readonly bytes: number;
  readonly rowCount: number;
  /** When the oldest row was taken, epoch milliseconds; undefined when there is none. */
  readonly sinceMs: number | undefined;
  /** The number of the last block; blocks count upwards. */
  readonly lastSeq: number;
  /** Whether the last append found no room. */
  readonly isFull: boolean;
  /**
   * Appends rows that were taken from `sinceMs` on, and resolves with the number of their last block when
   * they are on disk. Throws `AppError` STORE_UNAVAILABLE, having kept none, when the disk is full or
   * refuses.
   */
  append(rows: readonly Row[], sinceMs: number): Promise<number>;
  /** The oldest rows, `rowsMax` or a little more; they stay until they are released. */
  read(rowsMax: number): Promise<SpooledRows | undefined>;
  /** Forgets the rows up to block `seq`; when the last are gone, the disk knows before this resolves. */
  release(seq: number): Promise<void>;
  /** The last block that may have a row of the visit; undefined when there is surely none. */
  lastSeqOf(visitId: string): number | undefined;
  /**
   * Rewrites every segment that may have rows of these without the rows that `keep` does not want, and
   * removes what was set aside as damaged: nobody can tell whose rows are in there.
   */
  scrub(ids: readonly string[], keep: (row: Row) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens the spool in `folder`, which it creates when there is none. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const spool = new SegmentedSpool(options);
  await spool.open();
  return spool;
}

class SegmentedSpool implements Spool {
  readonly #folder: SegmentFolder;
  readonly #bytesMax: number;
  readonly #freeBytesMin: number;
  readonly #freeBytes: () => Promise<number>;
  /** One thing at a time: appending, reading, releasing and scrubbing all move the same files. */
  #turn: Promise<unknown> = Promise.resolve();
  isFull = false;

  constructor(options: SpoolOptions) {
    this.#folder = new SegmentFolder(options.folder, options.segmentBytesMax ?? 1 << 24, options.onDamaged);
    this.#bytesMax = options.bytesMax ?? 10 * 2 ** 30;
    this.#freeBytesMin = options.freeBytesMin ?? 512 * 2 ** 20;
    this.#freeBytes = options.freeBytes ?? (() => freeBytesOf(options.folder));
  }

  open(): Promise<void> {
    return this.#folder.open();
  }

  get isEmpty(): boolean {
    return this.#folder.segments.length === 0;
  }

  get bytes(): number {
    return this.#folder.segments.reduce((sum, { file }) => sum + file.bytes, 0);
  }

  get rowCount(): number {
    return this.#folder.segments.reduce(
      (sum, { blocks }) => sum + blocks.reduce((rows, { count }) => rows + count, 0),
      0,
    );
  }

  get sinceMs(): number | undefined {
    return this.#folder.segments[0]?.blocks[0]?.sinceMs;
  }

  get lastSeq(): number {
    return this.#folder.nextSeq - 1;
  }

  append(rows: readonly Row[], sinceMs: number): Promise<number> {
    return this.#alone(async () => {
      const blocks = inBlocks(rows).map((part) => encodeRowBlock(part, sinceMs));
      try {
        await this.#checkRoom(blocks.reduce((sum, block) => sum + block.length, 0));
        await this.#folder.append(blocks, rows.flatMap(idsOf));
      } catch (error) {
        this.isFull = true;
        throw toAppError(error, 'the spool cannot be written');
      }
      this.isFull = false;
      return this.lastSeq;
    });
  }

  async #checkRoom(bytes: number): Promise<void> {
    if (this.bytes + bytes > this.#bytesMax) {
      throw new AppError('STORE_UNAVAILABLE', `the spool has its ${this.#bytesMax} bytes`);
    }
    const free = await this.#freeBytes();
    if (free - bytes < this.#freeBytesMin) {
      throw new AppError('STORE_UNAVAILABLE', `the disk has only ${free} bytes free`);
    }
  }

  read(rowsMax: number): Promise<SpooledRows | undefined> {
    return this.#alone(async () => {
      try {
        const rows: Row[] = [];
        let lastSeq = 0;
        for (const segment of [...this.#folder.segments]) {
          for (const block of [...segment.blocks]) {
            if (lastSeq > 0 && rows.length + block.count > rowsMax) return { rows, lastSeq };
            const bytes = await this.#folder.readBlock(segment, block);
            if (bytes === undefined) break;
            rows.push(...rowsOfBlock(bytes));
            lastSeq = block.seq;
          }
        }
        return lastSeq === 0 ? undefined : { rows, lastSeq };
      } catch (error) {
        throw toAppError(error, 'the spool cannot be read');
      }
    });
  }

  release(seq: number): Promise<void> {
    return this.#alone(() => this.#folder.release(seq));
  }

  lastSeqOf(visitId: string): number | undefined {
    const segment = this.#folder.segments.findLast(({ filter }) => filter?.mayHave(visitId) ?? true);
    return segment?.blocks.at(-1)?.seq;
  }

  scrub(ids: readonly string[], keep: (row: Row) => boolean): Promise<void> {
    return this.#alone(async () => {
      await this.#folder.removeDamaged();
      const concerned = (segment: Segment): boolean =>
        segment.filter === undefined || ids.some((id) => segment.filter?.mayHave(id) === true);
      for (const segment of this.#folder.segments.filter(concerned)) {
        await this.#folder.rewrite(segment, (block, sinceMs) => {
          const rows = rowsOfBlock(block);
          const kept = rows.filter(keep);
          return kept.length === rows.length ? undefined : encodeRowBlock(kept, sinceMs);
        });
      }
    });
  }

  async close(): Promise<void> {
    await this.#turn;
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function inBlocks(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  let part: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    part.push(row);
    bytes += sizeOf(row);
    if (part.length < blockRowsMax && bytes < blockBytesMax) continue;
    parts.push(part);
    part = [];
    bytes = 0;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function idsOf(row: Row): string[] {
  return [visitOf(row), identityOf(row)].filter((id) => id !== undefined);
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function toAppError(error: unknown, what: string): AppError {
  if (error instanceof AppError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('STORE_UNAVAILABLE', `${what}: ${reason}`, { cause: error });
}
