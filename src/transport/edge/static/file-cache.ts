/**
 * Files in memory, plain and compressed, bounded by bytes. A file is looked at again after a second, so
 * that a changed folder shows without a restart and a busy file costs no system call.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { contentTypeOf } from './content-types.js';

export type Encoding = 'br' | 'gzip' | 'identity';

export interface CachedFile {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Without the quotes; an encoding adds its name. */
  readonly tag: string;
  readonly isCompressible: boolean;
  /** Null when the file is too large to keep: it is read as the client takes it. */
  readonly bytes: Buffer | null;
}

const freshMs = 1_000;
/** Compression of less than this saves no packet. */
const compressedBytesMin = 1_024;
/** Entries for paths that name no file; a scanner must not fill the memory. */
const missesMax = 1_000;
const brotliQuality = 6;

const compress = {
  br: async (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: async (bytes: Buffer) => promisify(gzip)(bytes),
};

interface Entry {
  file: CachedFile;
  checkedMs: number;
}

export class FileCache {
  readonly #fileBytesMax: number;
  readonly #entries: LRUCache<string, Entry>;
  readonly #misses = new LRUCache<string, number>({ max: missesMax });
  readonly #encoded: LRUCache<string, Buffer>;
  readonly #encoding = new Map<string, Promise<Buffer>>();

  /** Half of `memoryBytesMax` for plain files, half for compressed ones. */
  constructor(memoryBytesMax: number) {
    const half = Math.max(1, Math.floor(memoryBytesMax / 2));
    this.#fileBytesMax = Math.floor(half / 4);
    this.#entries = new LRUCache({
      maxSize: half,
      sizeCalculation: (entry) => 512 + (entry.file.bytes?.length ?? 0),
    });
    this.#encoded = new LRUCache({ maxSize: half, sizeCalculation: (bytes) => 128 + bytes.length });
  }

  /** The regular file at `path`, if it really lies under `root` (both absolute, `root` resolved). */
  async find(root: string, path: string, nowMs: number): Promise<CachedFile | undefined> {
    const missedMs = this.#misses.get(path);
    if (missedMs !== undefined && nowMs - missedMs < freshMs) return undefined;
    const entry = this.#entries.get(path);
    if (entry !== undefined && nowMs - entry.checkedMs < freshMs) return entry.file;
    const file = await this.#look(root, path, entry?.file ?? null);
    if (file === undefined) {
      this.#entries.delete(path);
      this.#misses.set(path, nowMs);
    } else this.#entries.set(path, { file, checkedMs: nowMs });
    return file;
  }

  /** `known` is what was there last time; it is kept while size and time are the same. */
  async #look(root: string, path: string, known: CachedFile | null): Promise<CachedFile | undefined> {
    try {
      const real = await realpath(path);
      if (!real.startsWith(root + sep)) return undefined;
      const { size, mtimeMs, isFile } = await statOf(real);
      if (!isFile) return undefined;
      return known?.size === size && known.modifiedMs === mtimeMs
        ? known
        : await this.#load(real, size, mtimeMs);
    } catch (error) {
      if (!isAbsence(error)) throw error;
      return undefined;
    }
  }

  /** The compressed bytes of a file in memory, made once however many ask. */
  async encoded(file: CachedFile, encoding: 'br' | 'gzip'): Promise<Buffer> {
    const key = `${encoding}:${file.tag}:${file.path}`;
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const underway = this.#encoding.get(key);
    if (underway !== undefined) return underway;
    const making = this.#prepared(file, encoding).finally(() => this.#encoding.delete(key));
    this.#encoding.set(key, making);
    const bytes = await making;
    this.#encoded.set(key, bytes);
    return bytes;
  }

  /** A build may have left the compressed file beside the plain one, not older than it. */
  async #prepared(file: CachedFile, encoding: 'br' | 'gzip'): Promise<Buffer> {
    const beside = `${file.path}.${encoding === 'br' ? 'br' : 'gz'}`;
    try {
      const { mtimeMs, isFile } = await statOf(beside);
      if (isFile && mtimeMs >= file.modifiedMs) return await readFile(beside);
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    return compress[encoding](file.bytes ?? Buffer.alloc(0));
  }

  async #load(path: string, size: number, modifiedMs: number): Promise<CachedFile> {
    const { type, compressible } = contentTypeOf(path);
    const bytes = size <= this.#fileBytesMax ? await readFile(path) : null;
    const about = bytes ?? `${size}:${modifiedMs}`;
    return {
      path,
      type,
      size: bytes?.length ?? size,
      modifiedMs,
      tag: createHash('sha256').update(about).digest('base64url').slice(0, 20),
      isCompressible: compressible && bytes !== null && bytes.length >= compressedBytesMin,
      bytes,
    };
  }
}

async function statOf(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EINVAL'].includes(code);
}
