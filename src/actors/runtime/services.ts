/** Which partitions this node serves, and how their cells come into service and leave it. */
import type { OperationalStore } from '../../stores/index.js';
import type { Activation } from './activation.js';
import { type Backlog, decodeEntry, type LoggedEntry } from './backlog.js';
import type { Cells } from './cells.js';
import type { Deadlines } from './deadlines.js';
import type { Observer } from './effects.js';
import type { InputLog, LogEntry } from './input-log.js';
import type { Replay } from './replay.js';
import type { Turns } from './turns.js';

export interface ServedPartition {
  partition: number;
  /** What the log has beyond the store, in order. */
  entries: readonly LogEntry[];
  /** This node has served it until now and the cells in memory are as its log says. */
  resumed: boolean;
}

export interface Services {
  serve(partition: ServedPartition): Promise<void>;
  cease(partition: number): void;
  /** Steps inputs that are in the log already, in this order, without answers. */
  resubmit(entries: readonly LogEntry[]): void;
  served(): number[];
  /** Resolves when every cell has taken what its log had for it. */
  settled(): Promise<void>;
  halt(): void;
}

export interface ServicesOptions {
  cells: Cells;
  turns: Turns;
  log: InputLog;
  backlog: Backlog;
  store: OperationalStore;
  deadlines: Deadlines;
  observer: Observer;
  replay: Replay;
  withCell(key: string, use: (activation: Activation) => void): Promise<void>;
}

/** Cells read at once to take their entries. */
const readsAtOnceMax = 64;
/** A cell that could not be read is tried again after this. */
const retryMs = 500;
/** Partitions that come together share one look at the stored deadlines. */
const deadlinesDelayMs = 200;

const isDocument = (cell: string): boolean => cell.startsWith('document/');

export function createServices(options: ServicesOptions): Services {
  const { cells, turns, log, backlog, observer } = options;
  /** Partitions served, each with what tells its service from a later one. */
  const served = new Map<number, symbol>();
  const timers = new Set<NodeJS.Timeout>();
  /** Partitions whose stored deadlines have yet to be read. */
  let undated = new Set<number>();
  let unswept = false;
  let halted = false;
  let catchingUp: Promise<void> | undefined;

  function later(delayMs: number, act: () => void): void {
    if (halted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  }

  /** Cells of partitions that have ceased go before any of them can come back. */
  function sweep(): void {
    if (!unswept) return;
    unswept = false;
    cells.dropUnserved();
    for (const cell of [...backlog.keys()]) {
      if (!served.has(log.partitionOf(cell))) backlog.settled(cell);
    }
  }

  async function serve({ partition, entries, resumed }: ServedPartition): Promise<void> {
    sweep();
    const service = Symbol(`partition ${partition}`);
    served.set(partition, service);
    cells.setServed(partition, true);
    if (resumed) return;
    const logged = entries.map(decodeEntry);
    const ordered = logged.filter(({ cell }) => isDocument(cell));
    backlog.add(logged.filter(({ cell }) => !isDocument(cell)));
    // What is in the log is stable by the time this node may serve, or becomes so before anything after it.
    await replayDocuments(ordered, () => served.get(partition) === service && isRunning());
    if (served.get(partition) !== service) return;
    undated.add(partition);
    later(deadlinesDelayMs, () => void readDeadlines());
    catchingUp ??= catchUp().finally(() => (catchingUp = undefined));
  }

  /**
   * Documents make numbered sets, so their inputs are taken in the order of the log, over all their cells.
   * While the store is away they wait for it.
   */
  async function replayDocuments(entries: readonly LoggedEntry[], isServed: () => boolean): Promise<void> {
    for (const entry of entries) {
      if (isServed()) backlog.add([entry]);
      while (isServed() && backlog.has(entry.cell)) {
        try {
          await options.withCell(entry.cell, await options.replay.prepare(entry.cell));
        } catch {
          // The observer has been told why.
          await new Promise<void>((resolve) => setTimeout(resolve, retryMs));
        }
      }
    }
  }

  /** A call, because it changes while others are awaited. */
  function isRunning(): boolean {
    return !halted;
  }

  /** Reads every cell of the backlog, so that its timers run and its rows are written. */
  async function catchUp(): Promise<void> {
    const reading = new Set<Promise<void>>();
    while (backlog.size > 0 && isRunning()) {
      const before = backlog.size;
      for (const cell of backlog.keys()) {
        if (!isRunning()) break;
        const read = options.withCell(cell, () => undefined).catch(() => undefined);
        const ended: Promise<void> = read.then(() => void reading.delete(ended));
        reading.add(ended);
        if (reading.size >= readsAtOnceMax) await Promise.race(reading);
      }
      await Promise.all(reading);
      if (backlog.size >= before) await new Promise<void>((resolve) => later(retryMs, resolve));
    }
  }

  /** Cells in the store that want to be woken and are not in memory. */
  async function readDeadlines(): Promise<void> {
    if (undated.size === 0 || halted) return;
    const wanted = undated;
    undated = new Set();
    try {
      for await (const { key, deadlineMs } of options.store.readDeadlines()) {
        const partition = log.partitionOf(key);
        if (!wanted.has(partition) || !served.has(partition)) continue;
        if (cells.peek(key) === undefined) options.deadlines.set(key, deadlineMs);
      }
    } catch (error) {
      observer.loadFailed('deadlines', error);
      for (const partition of wanted) undated.add(partition);
      later(retryMs, () => void readDeadlines());
    }
  }

  return {
    serve,

    cease(partition) {
      if (!served.delete(partition)) return;
      cells.setServed(partition, false);
      turns.cease(partition);
      undated.delete(partition);
      if (unswept) return;
      unswept = true;
      later(0, sweep);
    },

    resubmit(entries) {
      for (const entry of entries.map(decodeEntry)) {
        options
          .withCell(entry.cell, (activation) => options.replay.again(activation, entry))
          .catch((error: unknown) => {
            observer.loadFailed(entry.cell, error);
          });
      }
    },

    served: () => [...served.keys()],

    async settled() {
      await catchingUp;
      await readDeadlines();
    },

    halt() {
      halted = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
