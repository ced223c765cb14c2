// A log file that is begun anew when it has grown (option `log/segment`) and whose predecessors are removed
// in time (`log/expire`). Lines are written at once, so that none is lost when the process dies.
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export interface FileLimits {
  /** Bytes after which a new file is begun. */
  readonly bytesMax?: number;
  /** Age after which a new file is begun. */
  readonly ageMaxMs?: number;
  /** Finished files that are kept. */
  readonly keptMax?: number;
  /** Age after which a finished file is removed. */
  readonly keptMs?: number;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1_024, kb: 1_024, mb: 1_024 * 1_024 };

/** The limits that the options `segment` and `expire` state, as the catalogue allows them. */
export function fileLimits(segment: string, expire: string): FileLimits {
  const size = /^(\d+)\s*(kb|mb|hr)?$/i.exec(segment);
  const kept = /^(\d+)\s*(file|day)?/i.exec(expire);
  const unit = (size?.[2] ?? '').toLowerCase();
  const count = Number(size?.[1]);
  const keptCount = Number(kept?.[1]);
  return {
    ...(size === null
      ? {}
      : unit === 'hr'
        ? { ageMaxMs: count * 3_600_000 }
        : { bytesMax: count * (unitBytes[unit] ?? 1) }),
    ...(kept === null
      ? {}
      : kept[2]?.toLowerCase() === 'day'
        ? { keptMs: keptCount * 86_400_000 }
        : { keptMax: keptCount }),
  };
}

/** Writes lines to `file`; finished files are named `<file>.<when they were finished>`. */
export class LogFile {
  readonly #path: string;
  readonly #limits: FileLimits;
  readonly #nowMs: () => number;
  #descriptor: number;
  #bytes: number;
  #begunAtMs: number;

  /** Opens `file` to append, with its folder. Throws when that cannot be done. */
  constructor(file: string, limits: FileLimits, nowMs: () => number = Date.now) {
    this.#path = resolve(file);
    this.#limits = limits;
    this.#nowMs = nowMs;
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#descriptor = openSync(this.#path, 'a', 0o640);
    const { size, birthtimeMs } = statSync(this.#path);
    this.#bytes = size;
    this.#begunAtMs = size === 0 ? nowMs() : birthtimeMs;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#isFull(bytes.length)) this.#beginAnew();
    this.#bytes += writeSync(this.#descriptor, bytes);
  }

  #isFull(more: number): boolean {
    const { bytesMax = Infinity, ageMaxMs = Infinity } = this.#limits;
    if (this.#bytes === 0) return false;
    return this.#bytes + more > bytesMax || this.#nowMs() - this.#begunAtMs >= ageMaxMs;
  }

  #beginAnew(): void {
    closeSync(this.#descriptor);
    const stamp = new Date(this.#nowMs()).toISOString().replaceAll(/[-:]/g, '').replace('.', '_');
    renameSync(this.#path, this.#freeName(`${this.#path}.${stamp}`));
    this.#descriptor = openSync(this.#path, 'a', 0o640);
    this.#bytes = 0;
    this.#begunAtMs = this.#nowMs();
    this.#removeExpired();
  }

  /** Several files may be finished in one millisecond. */
  #freeName(wanted: string): string {
    const taken = new Set(this.#finished());
    let name = wanted;
    for (let index = 1; taken.has(name); index++) name = `${wanted}-${String(index).padStart(4, '0')}`;
    return name;
  }

  /** Finished files, oldest first. */
  #finished(): string[] {
    const prefix = `${basename(this.#path)}.`;
    return readdirSync(dirname(this.#path))
      .filter(
        (name) => name.startsWith(prefix) && /^\d{8}T\d{6}_\d{3}Z(-\d{4})?$/.test(name.slice(prefix.length)),
      )
      .sort()
      .map((name) => join(dirname(this.#path), name));
  }

  #removeExpired(): void {
    const { keptMax = Infinity, keptMs = Infinity } = this.#limits;
    const finished = this.#finished();
    for (const [index, path] of finished.entries()) {
      const isTooMany = index < finished.length - keptMax;
      if (isTooMany || this.#nowMs() - statSync(path).mtimeMs > keptMs) rmSync(path, { force: true });
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
