/** Checkpoints: writes the cells that the journal's entries have changed, then frees those entries. */
import type { Journal, WriteBehind } from '../../stores/index.js';
import type { Cells } from './cells.js';
import type { Turns } from './turns.js';

export interface Checkpoints {
  readonly isRunning: boolean;
  /** Writes the cells that are dirty now and frees the journal up to here; nothing while one is under way. */
  run(): Promise<void>;
}

export interface CheckpointsOptions {
  cells: Cells;
  turns: Turns;
  writeBehind: WriteBehind;
  journal: Journal;
}

/** Cells written between two turns of the event loop. */
const sliceCells = 256;

export function createCheckpoints({ cells, turns, writeBehind, journal }: CheckpointsOptions): Checkpoints {
  let isRunning = false;

  async function write(): Promise<void> {
    const boundary = journal.nextSeq - 1;
    const dirty = cells.dirtyCells();
    for (let index = 0; index < dirty.length; index += sliceCells) {
      for (const activation of dirty.slice(index, index + sliceCells)) cells.keep(activation);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await turns.whenCommitted(boundary);
    await writeBehind.drained();
    await journal.release(boundary);
  }

  return {
    get isRunning() {
      return isRunning;
    },
    async run() {
      if (isRunning) return;
      isRunning = true;
      try {
        await write();
      } finally {
        isRunning = false;
      }
    },
  };
}
