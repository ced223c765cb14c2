// The promises about partitions and inputs: one server at any instant, nothing acknowledged lost, nothing
// done twice, the order of each client kept; and a loss beyond the promise is said.
import type { MemberEffect } from '../../src/cluster/member/index.js';
import { leaseRuns, type SimNode, type SimProcess } from './node.js';
import { textOf, type AppliedInput, type Cells, type PartitionRun, type ServeOrder } from './cells.js';
import type { Client, SentInput } from './clients.js';
import type { Plan } from './plan.js';
import type { SimStore } from './store.js';
import { Violation } from './view-checks.js';

export interface PromiseChecks {
  sent(client: Client, input: SentInput): void;
  acknowledged(client: Client, input: SentInput, by: SimProcess): void;
  /** What a step has decided, at its instant. */
  decided(process: SimProcess, effects: readonly MemberEffect[]): void;
  doubted(partition: number, known: ReadonlySet<string>): void;
  loaded(process: SimProcess, run: PartitionRun, order: ServeOrder): void;
  resumed(process: SimProcess, run: PartitionRun, expected: string[]): void;
  /** At any instant. */
  check(nodes: readonly SimNode[]): void;
  /** When everything has come to rest. */
  checkEnd(nodes: readonly SimNode[], cells: Cells): void;
  readonly lostCount: number;
}

export function createPromiseChecks(plan: Plan, store: SimStore): PromiseChecks {
  const clients = new Map<string, Client>();
  const acknowledged = new Map<number, Set<string>>();
  /** Acknowledged inputs whose loss a server has said. */
  const lost = new Set<string>();
  const floors = new Map<string, number>();
  /** Partitions with inputs that were given again: their order against later ones is not promised. */
  const doubted = new Set<number>();

  const acknowledgedOf = (partition: number) => {
    let ids = acknowledged.get(partition);
    if (ids === undefined) acknowledged.set(partition, (ids = new Set()));
    return ids;
  };

  function checkOrder(who: string, partition: number, applied: readonly AppliedInput[]): void {
    if (doubted.has(partition)) return;
    const seen = new Map<string, Set<number>>();
    for (const { id } of applied) {
      const [name, number] = id.split('.') as [string, string];
      let numbers = seen.get(name);
      if (numbers === undefined) seen.set(name, (numbers = new Set()));
      for (let before = 1; before <= (floors.get(id) ?? 0); before++) {
        if (!numbers.has(before)) {
          throw new Violation(
            `order: at ${who} ${id} comes before ${name}.${before}, which was acknowledged first`,
          );
        }
      }
      numbers.add(Number(number));
    }
  }

  function checkTwice(who: string, applied: readonly AppliedInput[]): void {
    const seen = new Set<string>();
    for (const { id } of applied) {
      if (seen.has(id)) throw new Violation(`twice: ${who} has applied ${id} twice`);
      seen.add(id);
    }
  }

  function missingOf(partition: number, known: ReadonlySet<string>): string[] {
    return [...acknowledgedOf(partition)].filter((id) => !known.has(id) && !lost.has(id));
  }

  return {
    get lostCount() {
      return lost.size;
    },
    sent(client, input) {
      clients.set(client.name, client);
      floors.set(input.id, input.floor);
    },
    acknowledged(client, input) {
      acknowledgedOf(client.partition).add(input.id);
    },
    decided(process, effects) {
      if (effects.some(({ kind }) => kind === 'stable') && !leaseRuns(process)) {
        throw new Violation(`effects: ${process.self.name} releases some outside of its lease`);
      }
    },
    doubted(partition, known) {
      doubted.add(partition);
      const missing = missingOf(partition, known);
      if (missing.length > 0 && plan.mode === 'strict') {
        throw new Violation(
          `loss: partition ${partition} is served without ${missing.slice(0, 5).join(', ')}, ` +
            'but there was one failure at a time',
        );
      }
      for (const id of missing) lost.add(id);
    },
    loaded(process, run, order) {
      const who = `${process.self.name} in epoch ${run.epoch}`;
      const saved = store.peek(run.partition).seq;
      if (order.baseSeq > saved && order.baseSeq % 2 ** 32 !== 0) {
        throw new Violation(
          `base: ${who} begins partition ${run.partition} at ${order.baseSeq}, stored is ${saved}`,
        );
      }
      // A node that has slept through a newer epoch still knows only its own: it gives nothing away.
      const missing = leaseRuns(process) ? missingOf(run.partition, run.seen) : [];
      if (missing.length > 0) {
        throw new Violation(
          `loss: ${who} serves partition ${run.partition} without ${missing.slice(0, 5).join(', ')}, ` +
            'and does not say so',
        );
      }
      checkTwice(who, run.applied);
      checkOrder(who, run.partition, run.applied);
    },
    resumed(process, run, expected) {
      // As above: what others have done since is not in its log.
      if (!leaseRuns(process)) return;
      const own = run.applied.map(textOf);
      // Inputs that were given again stand in the log already, and are applied next.
      if (own.join() !== expected.slice(0, own.length).join()) {
        throw new Violation(
          `resumed: ${process.self.name} goes on with partition ${run.partition} ` +
            `as ${own.slice(-5).join()}, ` +
            `store and log say ${expected.slice(-5).join()}`,
        );
      }
    },
    check(nodes) {
      const servers = new Map<number, SimProcess>();
      for (const { process } of nodes) {
        const services = process?.machine.member?.partitions.services;
        if (process === undefined || services === undefined || !leaseRuns(process)) continue;
        for (const partition of services.keys()) {
          const other = servers.get(partition);
          if (other !== undefined) {
            throw new Violation(
              `two servers: ${other.self.name} and ${process.self.name} serve partition ${partition}`,
            );
          }
          servers.set(partition, process);
        }
      }
    },
    checkEnd(nodes, cells) {
      for (const { process } of nodes) {
        if (process === undefined) continue;
        for (const run of cells.runsOf(process).values()) {
          if (!run.active) continue;
          const who = `${process.self.name} at the end`;
          const missing = missingOf(run.partition, run.seen);
          if (missing.length > 0) throw new Violation(`loss: ${who} lacks ${missing.slice(0, 5).join(', ')}`);
          checkTwice(who, run.applied);
          checkOrder(who, run.partition, run.applied);
        }
      }
    },
  };
}
