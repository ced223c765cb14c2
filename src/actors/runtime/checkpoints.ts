/** Checkpoints: writes the cells that the logs' entries have changed, then frees those entries. */
import type { WriteBehind } from '../../stores/index.js';
import type { Backlog } from './backlog.js';
import type { Cells } from './cells.js';
import type { InputLog } from './input-log.js';
import type { Turns } from './turns.js';

export interface Checkpoints {
  readonly isRunning: boolean;
  /**
   * Writes the cells that are dirty now and frees the logs of the partitions up to here; nothing while one is
   * under way.
   */
  run(partitions: readonly number[]): Promise<void>;
}

export interface CheckpointsOptions {
  cells: Cells;
  turns: Turns;
  log: InputLog;
  backlog: Backlog;
  writeBehind: WriteBehind;
}

/** Cells written between two turns of the event loop. */
const sliceCells = 256;
/** How long rows may take to reach a store or the disk; the next checkpoint tries again. */
const securingMs = 10_000;

export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { cells, turns, log, backlog, writeBehind } = options;
  let isRunning = false;

  async function write(partitions: readonly number[]): Promise<void> {
    // Entries of a cell that has not been read yet are in no snapshot.
    const behind = new Set<number>();
    for (const cell of backlog.keys()) behind.add(log.partitionOf(cell));
    const wanted = new Set(partitions.filter((partition) => !behind.has(partition)));
    const boundaries = [...wanted].map((partition) => ({ partition, seq: log.lastSeq(partition) }));
    const dirty = cells.dirtyCells().filter(({ partition }) => wanted.has(partition));
    for (let index = 0; index < dirty.length; index += sliceCells) {
      for (const activation of dirty.slice(index, index + sliceCells)) cells.keep(activation);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const stable: typeof boundaries = [];
    for (const boundary of boundaries) {
      const { partition, seq } = boundary;
      // A partition that moves away meanwhile is freed by whoever serves it next.
      await turns.whenStable(partition, seq).then(
        () => stable.push(boundary),
        () => undefined,
      );
    }
    // While the store is away, or the disk has no room either, the log keeps what it has.
    const isSafe = log.isLocal === true ? writeBehind.secured(securingMs) : isDrained(writeBehind);
    if (!(await isSafe)) return;
    for (const { partition, seq } of stable) await log.release(partition, seq);
  }

  return {
    get isRunning() {
      return isRunning;
    },
    async run(partitions) {
      if (isRunning) return;
      isRunning = true;
      try {
        await write(partitions);
      } finally {
        isRunning = false;
      }
    },
  };
}

async function isDrained(writeBehind: WriteBehind): Promise<boolean> {
  return writeBehind.drained(undefined, securingMs).then(
    () => true,
    () => false,
  );
}
