// The promises of the view machine, held at every step: one view per epoch, epochs only rise, and no lease
// of an older epoch runs once a successor may begin.
import { type Admission, sameBoot, type View } from '../../src/cluster/identity.js';
import {
  currentView,
  epochOf,
  holdsLease,
  olderHolders,
  takeoverAtMs,
  type ViewState,
} from '../../src/cluster/view/index.js';
import type { SimNode, SimProcess } from './node.js';

/** A promise was broken: the world ends here. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface ViewChecks {
  installed(process: SimProcess, view: View): void;
  /** At any instant. */
  check(nodes: readonly SimNode[]): void;
  /** The newest view that any node has learned. */
  readonly newest: View | undefined;
  /** An operator's recovery begins a new cluster, beside which the old one counts no more. */
  allowRecovery(): void;
}

export function createViewChecks(): ViewChecks {
  const decided = new Map<string, string>();
  const epochs = new Map<SimProcess, number>();
  const clusters = new Set<string>();
  let clustersMax = 1;
  let newest: View | undefined;

  return {
    get newest() {
      return newest;
    },
    allowRecovery() {
      clustersMax++;
    },
    installed(process, view) {
      const key = `${view.clusterId} ${view.epoch}`;
      const text = JSON.stringify(view);
      const other = decided.get(key);
      if (other !== undefined && other !== text) {
        throw new Violation(`agreement: epoch ${view.epoch} is both ${other} and ${text}`);
      }
      decided.set(key, text);
      clusters.add(view.clusterId);
      if (clusters.size > clustersMax)
        throw new Violation(`agreement: ${clusters.size} clusters were formed`);
      if (view.epoch <= (epochs.get(process) ?? 0)) {
        throw new Violation(`${process.self.name} goes back to epoch ${view.epoch}`);
      }
      epochs.set(process, view.epoch);
      if (view.epoch > (newest?.epoch ?? 0)) newest = view;
    },
    check(nodes) {
      const holders: { process: SimProcess; epoch: number; mayBegin: boolean }[] = [];
      for (const { process } of nodes) {
        if (process === undefined) continue;
        const { view } = process.machine;
        const nowMs = process.localMs();
        if (!holdsLease(view, nowMs)) continue;
        const current = currentView(view);
        if (!current?.members.some((member) => sameBoot(member, process.self))) {
          throw new Violation(`lease: ${process.self.name} holds one outside of its view`);
        }
        const mayBegin = nowMs >= takeoverAtMs(view) || needsNoWait(view, nodes);
        holders.push({ process, epoch: epochOf(view), mayBegin });
      }
      for (const one of holders) {
        for (const other of holders) {
          if (one.mayBegin && other.epoch < one.epoch) {
            throw new Violation(
              `lease: ${one.process.self.name} may take over in epoch ${one.epoch} while ` +
                `${other.process.self.name} holds a lease of epoch ${other.epoch}`,
            );
          }
        }
      }
    },
  };
}

/** Whether everybody who may hold an older lease, as far as this node knows, has come to its epoch. */
function needsNoWait(view: ViewState, nodes: readonly SimNode[]): boolean {
  const present = new Map(nodes.map((node) => [node.name, node.process]));
  const isHere = ({ name, incarnation }: Admission) => {
    const process = present.get(name);
    const member = currentView(view)?.members.find((one) => one.name === name);
    if (process === undefined || member?.incarnation !== incarnation) return false;
    return sameBoot(member, process.self) && epochOf(process.machine.view) >= epochOf(view);
  };
  return olderHolders(view)?.every(isHere) === true;
}

/**
 * Why the view machines have not settled; undefined when they have: one view, everybody in it, with a
 * lease.
 */
export function whyViewsUnsettled(nodes: readonly SimNode[]): string | undefined {
  let common: View | undefined;
  for (const { name, process } of nodes) {
    if (process === undefined) return `${name} is down`;
    const { view } = process.machine;
    const current = currentView(view);
    if (current === undefined) return `${name} has no view`;
    common ??= current;
    if (current.epoch !== common.epoch || current.clusterId !== common.clusterId) {
      return `${name} is in epoch ${current.epoch}, another in ${common.epoch}`;
    }
    if (!current.members.some((member) => sameBoot(member, process.self)))
      return `${name} is not in the view`;
    if (!holdsLease(view, process.localMs())) return `${name} has no lease`;
  }
  return undefined;
}
