// What a loss that is said may be: no larger than it must. A full copy is let go of only for a newer one that
// is complete; what is lost has been on no member that could have told of it; and it is back once a process
// takes part again that has had it all the while.
import { isMember } from '../../src/cluster/identity.js';
import { forEachEntry } from '../../src/cluster/replication/log.js';
import type { Copy } from '../../src/cluster/replication/state.js';
import { idOf } from './cells.js';
import type { SimNode, SimProcess } from './node.js';
import { Violation } from './view-checks.js';

export interface LossChecks {
  /** After each step of a process. */
  moved(process: SimProcess): void;
  /** A server begins, and says that something is missing: of what was acknowledged, these inputs. */
  said(server: SimProcess, partition: number, missing: readonly string[]): void;
  /** When everything has come to rest: `known` is what the partition's server has. */
  checkEnd(partition: number, known: ReadonlySet<string>): void;
}

/** A process when it was looked at last: steps without effects are not looked at one by one. */
interface Looks {
  epoch: number;
  copies: (Copy | undefined)[];
}

export function createLossChecks(nodes: ReadonlyMap<string, SimNode>): LossChecks {
  /** The newest epoch in which a partition was seen with a server and a copy in sync. */
  const backed = new Map<number, number>();
  const seen = new Map<SimProcess, Looks>();
  /** Of inputs that were said to be lost, the processes that have them. */
  const holders = new Map<number, { id: string; process: SimProcess }[]>();

  function checkKept({ self, machine }: SimProcess, before: Looks): void {
    const { partitions, epoch } = machine.member!.partitions;
    for (const { index, copy } of partitions) {
      const gone = before.copies[index];
      if (gone === undefined || gone === copy || copy?.epoch === epoch) continue;
      if ((backed.get(index) ?? 0) >= before.epoch) continue;
      throw new Violation(
        `kept: ${self.name} lets go of its copy of partition ${index} of epoch ${gone.epoch} ` +
          `in epoch ${epoch}, before there is a newer one`,
      );
    }
  }

  return {
    moved(process) {
      const state = process.machine.member?.partitions;
      if (state === undefined) return;
      for (const service of state.services.values()) {
        if (service.copies.some(({ phase }) => phase === 'sync'))
          backed.set(service.partition, service.epoch);
      }
      const before = seen.get(process);
      if (before !== undefined) checkKept(process, before);
      const { epoch, partitions } = state;
      if (process.isUp) seen.set(process, { epoch, copies: partitions.map(({ copy }) => copy) });
      else seen.delete(process);
    },
    said(server, partition, missing) {
      if (missing.length === 0) return;
      const { view, epoch } = server.machine.member!.partitions;
      for (const { process } of nodes.values()) {
        const state = process?.machine.member?.partitions;
        const copy = state?.partitions[partition]?.copy;
        if (process === undefined || state === undefined || copy === undefined) continue;
        // A copy of this epoch is of the history that begins here: what it has, clients have given anew.
        if (copy.epoch === epoch) continue;
        const there = new Set<string>();
        forEachEntry(copy.log.segments, (_, payload) => there.add(idOf(payload)));
        const ids = missing.filter((id) => there.has(id));
        if (ids.length > 0 && state.epoch === epoch && view !== undefined && isMember(view, process.self)) {
          const some = ids.slice(0, 5).join(', ');
          throw new Violation(
            `loss: ${server.self.name} serves partition ${partition} without ${some}, ` +
              `which ${process.self.name} has`,
          );
        }
        const known = holders.get(partition) ?? [];
        known.push(...ids.map((id) => ({ id, process })));
        holders.set(partition, known);
      }
    },
    checkEnd(partition, known) {
      for (const { id, process } of holders.get(partition) ?? []) {
        if (!process.isUp || known.has(id)) continue;
        throw new Violation(
          `loss: ${id} of partition ${partition} is not given again, though ${process.self.name} has had it`,
        );
      }
    },
  };
}
