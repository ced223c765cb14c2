// Deployments of rules: each makes a numbered set of documents, which is in the store before it is confirmed
// and before any input is stepped with it, and which the server of the documents tells the other nodes. An
// input names the set that it was stepped with, for ever: whoever replays it must find that set.
import type { NodeWorld, SimProcess } from './node.js';
import type { SimStore } from './store.js';
import { Violation } from './view-checks.js';

export interface Documents {
  /** The set that a process steps its next input with. */
  currentOf(process: SimProcess): number;
  /** Before a process serves, or replays: what the store knows; false while the store is down. */
  refresh(process: SimProcess): boolean;
  /** Throws when a process is to step an input with a set that it can not find. */
  require(process: SimProcess, set: number): void;
  /** Describes the set that a deployment makes, then calls `done`; never, when the process ends first. */
  publish(process: SimProcess, deployment: string, done: () => void): void;
  /** Undefined when all processes have the newest set. */
  whyUnsettled(): string | undefined;
}

/** All documents live in one partition, so that their versions rise in one order. */
export const documentsPartition = 0;
const stampMs = 1_000;
const retryMs = 200;

export function createDocuments(
  world: NodeWorld,
  store: SimStore,
  serves: (process: SimProcess, partition: number) => boolean,
): Documents {
  const current = new Map<SimProcess, number>();
  const currentOf = (process: SimProcess) => current.get(process) ?? 0;
  const follow = (process: SimProcess, set: number) => {
    if (set > currentOf(process)) current.set(process, set);
  };
  const processes = () => [...world.nodes.values()].flatMap(({ process }) => process ?? []);

  /** A message of the server of the documents; it may be lost, and the next one says it again. */
  function tell(from: SimProcess): void {
    const set = currentOf(from);
    for (const to of processes()) {
      if (to === from) continue;
      world.network.send(from.self.name, to.self.name, () => {
        if (to.isUp) follow(to, set);
      });
    }
  }

  function refresh(process: SimProcess): boolean {
    const sets = store.readSets();
    if (sets === undefined) return false;
    follow(process, sets.length);
    return true;
  }

  function publish(process: SimProcess, deployment: string, done: () => void): void {
    if (!process.isUp) return;
    const again = () => world.scheduler.after(retryMs, () => publish(process, deployment, done));
    const sets = store.readSets();
    if (sets === undefined) {
      again();
      return;
    }
    const known = sets.indexOf(deployment) + 1;
    if (known > 0) {
      follow(process, known);
      tell(process);
      done();
      return;
    }
    // On condition that nobody has used the number: a server of before may still be writing.
    store.writeSet(sets.length + 1, deployment, again);
  }

  const stamp = () => {
    for (const process of processes()) if (serves(process, documentsPartition)) tell(process);
    world.scheduler.after(stampMs, stamp);
  };
  world.scheduler.after(stampMs, stamp);

  return {
    currentOf,
    refresh,
    require(process, set) {
      if (set > currentOf(process)) {
        throw new Violation(
          `documents: ${process.self.name} is to step an input with set ${set}, unknown to it`,
        );
      }
    },
    publish,
    whyUnsettled() {
      const newest = store.peekSets().length;
      const behind = processes().find((process) => currentOf(process) < newest);
      return behind && `${behind.self.name} has documents ${currentOf(behind)} of ${newest}`;
    },
  };
}
