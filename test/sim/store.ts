// The store of the simulated cluster: one snapshot of each partition's cells, written on condition that it is
// newer. It may be down or slow.
import type { SeededRandom } from './random.js';
import type { Scheduler } from './scheduler.js';

/** The inputs of a partition that its cells have applied, oldest first, and up to which number of the log. */
export interface Snapshot {
  seq: number;
  inputs: readonly string[];
}

export interface SimStore {
  downUntilMs: number;
  slowMs: number;
  /** Undefined while the store is down. */
  read(partition: number): Snapshot | undefined;
  /** Calls `done` when it is written, or with false when the store is down. It lands even if nobody waits. */
  write(partition: number, snapshot: Snapshot, done: (ok: boolean) => void): void;
  /** The deployment that made each set of documents, from set 1 on; undefined while the store is down. */
  readSets(): readonly string[] | undefined;
  /** Describes a set whose number is still free; `done` when that is so, or was tried. */
  writeSet(set: number, deployment: string, done: () => void): void;
  /** What an all-seeing observer finds. */
  peek(partition: number): Snapshot;
  peekSets(): readonly string[];
}

const nothing: Snapshot = { seq: 0, inputs: [] };

export function createStore(scheduler: Scheduler, random: SeededRandom): SimStore {
  const snapshots = new Map<number, Snapshot>();
  const sets: string[] = [];
  const peek = (partition: number) => snapshots.get(partition) ?? nothing;
  const store: SimStore = {
    downUntilMs: 0,
    slowMs: 10,
    peek,
    peekSets: () => sets,
    readSets: () => (scheduler.nowMs < store.downUntilMs ? undefined : [...sets]),
    writeSet(set, deployment, done) {
      scheduler.after(random.fraction() * store.slowMs, () => {
        if (scheduler.nowMs >= store.downUntilMs && sets.length === set - 1) sets.push(deployment);
        done();
      });
    },
    read: (partition) => (scheduler.nowMs < store.downUntilMs ? undefined : peek(partition)),
    write(partition, snapshot, done) {
      scheduler.after(random.fraction() * store.slowMs, () => {
        if (scheduler.nowMs < store.downUntilMs) {
          done(false);
          return;
        }
        if (snapshot.seq > peek(partition).seq) snapshots.set(partition, snapshot);
        done(true);
      });
    },
  };
  return store;
}
