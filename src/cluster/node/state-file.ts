/**
 * What a node must remember across restarts to vote safely: one small file, replaced as a whole. A promise is
 * answered only after its write has reached the disk.
 */
import { mkdirSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../base/index.js';
import type { KeptState } from '../view/index.js';

export interface StateFile {
  /** What was kept last; undefined on a fresh disk. */
  readonly kept: KeptState | undefined;
  /**
   * Writes `state`; a newer one that comes meanwhile is written in its place. Calls back for each, in
   * order.
   */
  keep(ticket: number, state: KeptState): void;
}

export interface StateFileOptions {
  file: string;
  onKept(ticket: number): void;
  onFailed(ticket: number, reason: string): void;
}

const format = 'beckon cluster state 1';

/** Throws `AppError` INTERNAL for a file that is damaged: a node that forgot its promises must not vote. */
export async function openStateFile(options: StateFileOptions): Promise<StateFile> {
  const { file } = options;
  mkdirSync(dirname(file), { recursive: true });
  const kept = await read(file);
  let waiting: { ticket: number; state: KeptState }[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const newest = batch.at(-1);
      if (newest === undefined) break;
      const failure = await write(file, newest.state).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      for (const { ticket } of batch) {
        if (failure === undefined) options.onKept(ticket);
        else options.onFailed(ticket, failure);
      }
    }
    writing = false;
  }

  return {
    kept,
    keep(ticket, state) {
      // A copy: the machine goes on changing what it handed out.
      waiting.push({ ticket, state: structuredClone(state) });
      if (!writing) void drain();
    },
  };
}

async function read(file: string): Promise<KeptState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('INTERNAL', `The cluster state ${file} cannot be read.`, { cause: error });
  }
  try {
    const { format: found, state } = JSON.parse(text) as { format: string; state: KeptState };
    if (found === format && typeof state.incarnation === 'string') return state;
  } catch (error) {
    throw new AppError('INTERNAL', `The cluster state ${file} is damaged.`, { cause: error });
  }
  throw new AppError('INTERNAL', `The cluster state ${file} is not of this version.`);
}

/** Writes beside the file and renames, so that a crash leaves the old or the new one. */
async function write(file: string, state: KeptState): Promise<void> {
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ format, state }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
