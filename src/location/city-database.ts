/**
 * A city database in MaxMind's file format, in memory. The file is looked at now and then: a new one takes
 * the place of the old without a restart, and one that cannot be read changes nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Reader, type Response } from 'maxmind';

export interface CityDatabase {
  /** The record of an address; null when it has none, or no database could be read so far. */
  find(address: string): unknown;
  close(): void;
}

/** What an operator should know of the file. `problem` is worth a warning. */
export interface FileNotice {
  readonly kind: 'loaded' | 'problem';
  readonly message: string;
}

export interface CityDatabaseOptions {
  path: string;
  onNotice(notice: FileNotice): void;
  /** How often the file is looked at, in ms. */
  lookMs?: number;
}

const defaultLookMs = 10_000;
/** Starts the metadata, in the last 128 KiB (MaxMind DB specification 2.0, "Database Metadata"). */
const metadataMark = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');
const metadataBytesMax = 128 * 1024;
/** An IPv4 address written as one of IPv6. */
const mappedStart = '::ffff:';
/** Zeros between the search tree and the data. */
const separatorBytes = 16;

/** Resolves when the file has been read, or was found to be absent or damaged; it may come later. */
export async function openCityDatabase(options: CityDatabaseOptions): Promise<CityDatabase> {
  const database = new WatchedDatabase(options);
  await database.start();
  return database;
}

class WatchedDatabase implements CityDatabase {
  readonly #path: string;
  readonly #lookMs: number;
  readonly #onNotice: (notice: FileNotice) => void;
  #reader: Reader<Response> | null = null;
  /** Of the file that was read last, damaged or not; none of it when it is absent. */
  #readMark: string | null = null;
  /** Of the last look. A file is read when two looks agree, so that a copy under way is left alone. */
  #seenMark: string | null = null;
  #isFaulty = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ path, onNotice, lookMs = defaultLookMs }: CityDatabaseOptions) {
    this.#path = path;
    this.#onNotice = onNotice;
    this.#lookMs = lookMs;
  }

  async start(): Promise<void> {
    this.#seenMark = await markOf(this.#path);
    if (this.#seenMark === null) {
      this.#problem('is absent: addresses are not located until it is there');
    } else await this.#read(this.#seenMark);
    this.#lookLater();
  }

  find(address: string): unknown {
    if (this.#reader === null || isIP(address) === 0) return null;
    if (address.startsWith(mappedStart) && address.includes('.')) {
      return this.find(address.slice(mappedStart.length));
    }
    // A database of IPv4 alone would read an IPv6 address as some other one.
    if (address.includes(':') && this.#reader.metadata.ipVersion === 4) return null;
    try {
      return this.#reader.get(address);
    } catch (error) {
      if (!this.#isFaulty) this.#problem(`has a damaged record: ${reasonOf(error)}`);
      this.#isFaulty = true;
      return null;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#reader = null;
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookLater()), this.#lookMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const mark = await markOf(this.#path);
    const isSettled = mark === this.#seenMark;
    this.#seenMark = mark;
    if (isSettled && mark !== null && mark !== this.#readMark) await this.#read(mark);
  }

  async #read(mark: string): Promise<void> {
    this.#readMark = mark;
    try {
      const reader = readerOf(await readFile(this.#path));
      if (this.#isClosed) return;
      this.#reader = reader;
      this.#isFaulty = false;
      const { databaseType, buildEpoch } = reader.metadata;
      const built = `${databaseType} of ${buildEpoch.toISOString().slice(0, 10)}`;
      this.#onNotice({ kind: 'loaded', message: `The city database ${this.#path} is in use: ${built}.` });
      if (!/city|enterprise/i.test(databaseType)) {
        this.#problem(
          `is a ${databaseType}, not a city database: a place is told as far as its records know`,
        );
      }
    } catch (error) {
      const outcome =
        this.#reader === null ? 'addresses are not located' : 'the one read before stays in use';
      this.#problem(`cannot be used (${reasonOf(error)}): ${outcome}`);
    }
  }

  #problem(what: string): void {
    this.#onNotice({ kind: 'problem', message: `The city database ${this.#path} ${what}.` });
  }
}

/** Changes with the file; null when there is none that can be looked at. */
async function markOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    return null;
  }
}

/** Throws when the bytes are no whole database. */
function readerOf(bytes: Buffer): Reader<Response> {
  const mark = bytes.lastIndexOf(metadataMark);
  if (mark < 0 || bytes.length - mark > metadataBytesMax) {
    throw new Error('it has no metadata at its end, so it is no MaxMind database or not all of it');
  }
  const reader = new Reader<Response>(bytes);
  const { binaryFormatMajorVersion, searchTreeSize, buildEpoch } = reader.metadata;
  if (binaryFormatMajorVersion !== 2) throw new Error(`its format is version ${binaryFormatMajorVersion}`);
  const separator = bytes.subarray(searchTreeSize, searchTreeSize + separatorBytes);
  const isWhole = searchTreeSize + separatorBytes <= mark && separator.every((byte) => byte === 0);
  if (!isWhole || Number.isNaN(buildEpoch.getTime())) {
    throw new Error('its parts are not where its metadata say');
  }
  return reader;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
