import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppError } from '../../../../src/base/index.js';
import { lockDataFolder } from '../../../../src/stores/data-folder-lock.js';
import { type Journal } from '../../../../src/stores/journal.js';
import { type JournalOptions, openJournal } from '../../../../src/stores/journal/index.js';
import { buildChild } from '../build-child.js';

// Every test waits for a real disk, which others may keep busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let folder: string;
let committed: number[];
let failures: AppError[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beckon-journal-'));
  committed = [];
  failures = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(options: Partial<JournalOptions> = {}): Promise<Journal> {
  return openJournal({
    folder,
    onCommitted: (seq) => committed.push(seq),
    onFailed: (error) => failures.push(error),
    ...options,
  });
}

/** Entry `seq` of these tests; a different size and content for each. */
function payloadOf(seq: number): Uint8Array {
  return new Uint8Array(((seq * 37) % 200) + 50).fill(seq % 251);
}

function appendUpTo(journal: Journal, seq: number): void {
  while (journal.nextSeq <= seq) journal.append(payloadOf(journal.nextSeq));
}

async function commit(journal: Journal): Promise<void> {
  await vi.waitFor(() => expect(journal.committedSeq).toBe(journal.nextSeq - 1), {
    interval: 1,
    timeout: 10_000,
  });
}

/** One block for each number, so that block borders are known. */
async function appendOneByOne(journal: Journal, upTo: number): Promise<void> {
  while (journal.nextSeq <= upTo) {
    appendUpTo(journal, journal.nextSeq);
    await commit(journal);
  }
}

async function replayed(journal: Journal): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq, payload } of journal.replay()) {
    // Thousands of entries: the runner compares bytes one by one, which is for those that differ.
    const wanted = payloadOf(seq);
    if (Buffer.compare(payload, wanted) !== 0) expect(new Uint8Array(payload)).toEqual(wanted);
    seqs.push(seq);
  }
  return seqs;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

async function segmentPaths(): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.journal'))
    .map((name) => join(folder, name));
}

describe('the journal', () => {
  it('numbers entries from 1, commits them in groups and replays them in order', async () => {
    const journal = await start();
    expect(await replayed(journal)).toEqual([]);
    expect(journal.append(payloadOf(1))).toBe(1);
    appendUpTo(journal, 50);
    expect(committed).toEqual([]);
    await commit(journal);
    expect(committed).toEqual([50]);
    appendUpTo(journal, 60);
    await journal.close();
    expect(committed).toEqual([50, 60]);

    const again = await start();
    expect([again.nextSeq, again.committedSeq]).toEqual([61, 60]);
    expect(await replayed(again)).toEqual(range(1, 60));
    appendUpTo(again, 61);
    await again.close();
    const third = await start();
    expect(await replayed(third)).toEqual(range(1, 61));
    await third.close();
  });

  it('copies bytes at append', async () => {
    const journal = await start();
    const payload = payloadOf(1);
    journal.append(payload);
    payload.fill(99);
    await journal.close();
    const again = await start();
    expect(await replayed(again)).toEqual([1]);
    await again.close();
  });

  it('takes empty entries and entries larger than a segment', async () => {
    const journal = await start({ segmentBytesMax: 1_000 });
    const payloads = [new Uint8Array(0), new Uint8Array(300_000).fill(3), new Uint8Array(0)];
    for (const payload of payloads) {
      journal.append(payload);
      await commit(journal);
    }
    await journal.close();
    const again = await start();
    const found: number[] = [];
    for await (const entry of again.replay()) found.push(entry.payload.length);
    expect(found).toEqual([0, 300_000, 0]);
    await again.close();
  });

  it('rolls over to new segments and frees those that are not needed', async () => {
    const journal = await start({ segmentBytesMax: 2_000 });
    await appendOneByOne(journal, 100);
    const all = await segmentPaths();
    expect(all.length).toBeGreaterThan(3);
    const bytesBefore = journal.bytes;

    await journal.release(0);
    expect(await segmentPaths()).toEqual(all);
    await journal.release(40);
    expect(journal.bytes).toBeLessThan(bytesBefore);
    const sizes = await Promise.all((await segmentPaths()).map(async (path) => (await stat(path)).size));
    expect(journal.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    await journal.close();

    const again = await start({ segmentBytesMax: 2_000 });
    const kept = await replayed(again);
    expect(kept[0]).toBeLessThanOrEqual(41);
    expect(kept[0]).toBeGreaterThan(1);
    expect(kept).toEqual(range(kept[0]!, 100));
    await again.release(100);
    expect((await segmentPaths()).length).toBe(1);
    await again.close();

    const third = await start();
    expect(third.nextSeq).toBe(101);
    await third.close();
  });

  it('leaves nothing on disk of what was released after a rotation, also while it is written', async () => {
    const journal = await start();
    await appendOneByOne(journal, 10);
    expect(journal.firstSeq).toBe(1);
    await journal.rotate();
    await journal.rotate();
    await journal.release(10);
    expect([journal.firstSeq, (await segmentPaths()).length]).toEqual([11, 1]);
    for (let seq = 11; seq <= 60; seq++) journal.append(payloadOf(seq));
    await journal.rotate();
    await commit(journal);
    await journal.close();
    await expect(journal.rotate()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const again = await start();
    expect(await replayed(again)).toEqual(range(11, 60));
    await again.close();
  });

  it('refuses more than may wait for the disk, and takes more when it has been written', async () => {
    const journal = await start({ pendingBytesMax: 10_000 });
    const payload = new Uint8Array(1_000);
    let taken = 0;
    expect(() => {
      for (; taken < 100; taken++) journal.append(payload);
    }).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
    expect(taken).toBe(9);
    expect(() => journal.append(new Uint8Array(10_000))).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
    await commit(journal);
    expect(journal.append(payload)).toBe(10);
    await journal.close();
    expect(committed.at(-1)).toBe(10);
  });

  it('refuses after close, and to replay after an append', async () => {
    const journal = await start();
    journal.append(payloadOf(1));
    await expect(replayed(journal)).rejects.toThrow('before its first append');
    await journal.close();
    await journal.close();
    expect(() => journal.append(payloadOf(2))).toThrow('closed');
  });

  it('says once that the disk failed, and acknowledges nothing after', async () => {
    const journal = await start({ segmentBytesMax: 1_000 });
    await appendOneByOne(journal, 3);
    // The next segment cannot be made where its folder is gone.
    await rm(folder, { recursive: true });
    appendUpTo(journal, 30);
    await vi.waitFor(() => expect(failures.length).toBe(1), { timeout: 10_000 });
    expect(failures[0]).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { code: 'ENOENT' } });
    expect(() => journal.append(payloadOf(31))).toThrow('cannot be written');
    await journal.close();
    expect([committed.at(-1), failures.length]).toEqual([3, 1]);
  });
});

describe('a journal after a crash', () => {
  it('cuts the last block wherever the disk stopped, and goes on from there', async () => {
    const journal = await start();
    await appendOneByOne(journal, 3);
    const borders = [journal.bytes];
    appendUpTo(journal, 6);
    await journal.close();
    borders.push(journal.bytes);
    const [path] = await segmentPaths();
    const whole = await readFile(path!);
    const salvage = join(folder, 'salvage');
    await cp(path!, salvage);
    for (let size = borders[0]!; size < borders[1]!; size++) {
      await writeFile(path!, whole.subarray(0, size));
      const again = await start();
      expect([again.nextSeq, (await stat(path!)).size]).toEqual([4, borders[0]]);
      await again.close();
    }
    const again = await start();
    appendUpTo(again, 5);
    await again.close();
    const third = await start();
    expect(await replayed(third)).toEqual(range(1, 5));
    await third.close();
  });

  it('cuts a last block of which any byte is wrong', async () => {
    const journal = await start();
    await appendOneByOne(journal, 2);
    const border = journal.bytes;
    appendUpTo(journal, 3);
    await journal.close();
    const [path] = await segmentPaths();
    const whole = await readFile(path!);
    for (let offset = border; offset < whole.length; offset++) {
      const damaged = Buffer.from(whole);
      damaged[offset]! ^= 0x10;
      await writeFile(path!, damaged);
      const again = await start();
      expect(again.nextSeq).toBe(3);
      await again.close();
    }
  });

  it('names file and offset when any byte of an earlier block or of the header is wrong', async () => {
    const journal = await start();
    await appendOneByOne(journal, 2);
    const border = journal.bytes;
    appendUpTo(journal, 3);
    await journal.close();
    const [path] = await segmentPaths();
    const whole = await readFile(path!);
    for (let offset = 0; offset < border; offset++) {
      const damaged = Buffer.from(whole);
      damaged[offset]! ^= 0x10;
      await writeFile(path!, damaged);
      await expect(start()).rejects.toThrow(
        /journal file .*0000000000000001\.journal is damaged at offset \d+/,
      );
    }
  });

  it('finds damage in, a cut of, and the lack of an older segment', async () => {
    const journal = await start({ segmentBytesMax: 1_000 });
    await appendOneByOne(journal, 40);
    await journal.close();
    const paths = await segmentPaths();
    expect(paths.length).toBeGreaterThan(2);
    const middle = paths[1]!;
    const whole = await readFile(middle);

    const damaged = Buffer.from(whole);
    damaged[whole.length - 1]! ^= 1;
    await writeFile(middle, damaged);
    const wrong = await start();
    await expect(replayed(wrong)).rejects.toThrow(/damaged at offset/);
    await wrong.close();

    await truncate(middle, whole.length - 5);
    const short = await start();
    await expect(replayed(short)).rejects.toThrow(/damaged at offset/);
    await short.close();

    await rm(middle);
    const gap = await start();
    await expect(replayed(gap)).rejects.toThrow(/entries \d+ to \d+ before it are missing/);
    await gap.close();
  });

  it('removes a segment that was never finished', async () => {
    const journal = await start();
    appendUpTo(journal, 2);
    await journal.close();
    await writeFile(join(folder, '0000000000000003.journal.new'), 'half a head');
    const again = await start();
    expect(await replayed(again)).toEqual([1, 2]);
    await again.close();
    expect((await readdir(folder)).length).toBe(1);
  });
});

describe('a process killed while it writes', () => {
  /** Starts the writer and kills it after `lines` commits; what it said was committed last. */
  async function runUntilKilled(script: string, lines: number): Promise<number> {
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      return await killAfter(child, lines);
    } finally {
      child.kill('SIGKILL');
    }
  }

  async function killAfter(child: ChildProcess, lines: number): Promise<number> {
    let seen = 0;
    let last = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      last = Number(line);
      if (++seen === 2) expect(() => lockDataFolder(folder)).toThrow(`in use by process ${child.pid}`);
      if (seen === lines) child.kill('SIGKILL');
    }
    return last;
  }

  it('loses nothing that it was told was committed, and leaves no lock', async () => {
    const script = await buildChild(new URL('writer-child.ts', import.meta.url), 'journal-writer');
    for (const lines of [5, 17, 40]) {
      const last = await runUntilKilled(script, lines);
      expect(last).toBeGreaterThan(0);
      const lock = lockDataFolder(folder);
      const journal = await start();
      const seqs = await replayed(journal);
      expect(seqs).toEqual(range(1, seqs.length));
      expect(seqs.length).toBeGreaterThanOrEqual(last);
      await journal.close();
      lock.release();
    }
  });
});
