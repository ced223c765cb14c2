/**
 * Rows that a sink will never take, kept for whoever looks into it: lines of JSON in one bounded file a sink,
 * bytes in base64.
 */
import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RefusedRow, type Row } from '../operational-store.js';

const fileBytesMax = 8 * 1024 * 1024;

export class RefusedRows {
  readonly #file: string;
  readonly #older: string;
  #turn: Promise<void> = Promise.resolve();

  /**
   * Keeps them in `refused.jsonl` of `folder`; a full file becomes `refused.old.jsonl`, in place of the
   * last.
   */
  constructor(folder: string) {
    this.#file = join(folder, 'refused.jsonl');
    this.#older = join(folder, 'refused.old.jsonl');
  }

  /** Never throws: what the disk does not take has been logged. */
  keep({ row, error }: RefusedRow, nowMs: number): void {
    const reason = error instanceof Error ? error.message : String(error);
    const line = `${JSON.stringify({ at: nowMs, reason, row }, bytesAsText)}\n`;
    this.#next(async () => {
      const size = await stat(this.#file).then(
        (found) => found.size,
        () => 0,
      );
      if (size + line.length > fileBytesMax) await rename(this.#file, this.#older);
      await appendFile(this.#file, line, { mode: 0o600 });
    });
  }

  /** Takes out the rows that `keep` does not want. */
  async scrub(keep: (row: Row) => boolean): Promise<void> {
    this.#next(async () => {
      for (const file of [this.#file, this.#older]) await scrubFile(file, keep);
    });
    await this.#turn;
  }

  #next(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(() => undefined);
  }
}

async function scrubFile(file: string, keep: (row: Row) => boolean): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text === '') return;
  const lines = text
    .split('\n')
    .filter((line) => line !== '' && keep((JSON.parse(line) as { row: Row }).row));
  if (lines.length === 0) await rm(file, { force: true });
  else await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
}

function bytesAsText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
