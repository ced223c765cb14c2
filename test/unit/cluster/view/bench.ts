// View machines joined by hand: messages wait until a test delivers or loses them, and time moves when it
// says so.
import type { NodeIdentity } from '../../../../src/cluster/identity.js';
import { defaultClusterSettings, type ClusterSettings } from '../../../../src/cluster/settings.js';
import {
  createViewState,
  newKeptState,
  stepView,
  type KeptState,
  type ViewEffect,
  type ViewInput,
  type ViewMessage,
  type ViewState,
} from '../../../../src/cluster/view/index.js';

export interface BenchNode {
  self: NodeIdentity;
  state: ViewState;
  disk: KeptState | undefined;
  effects: ViewEffect[];
}

export interface Bench {
  nowMs: number;
  nodes: Map<string, BenchNode>;
  settings: ClusterSettings;
  start(name: string): BenchNode;
  kill(name: string, wipe?: boolean): void;
  /** Moves time in ticks; every message arrives at once unless `isLost` says otherwise. */
  run(forMs: number, isLost?: (from: string, to: string, message: ViewMessage) => boolean): void;
  feed(name: string, input: ViewInput): ViewEffect[];
}

export function identity(name: string, incarnation = `${name}-1`, boot = `${name}-b1`): NodeIdentity {
  return { name, incarnation, boot, host: `host-${name}` };
}

export function createBench(names: readonly string[], given: Partial<ClusterSettings> = {}): Bench {
  const settings = { ...defaultClusterSettings, ...given };
  let boots = 0;
  let lost: (from: string, to: string, message: ViewMessage) => boolean = () => false;
  const bench: Bench = {
    nowMs: 1_000,
    nodes: new Map(),
    settings,
    start(name) {
      const before = disks.get(name);
      boots++;
      const self = identity(name, before?.incarnation ?? `${name}-i${boots}`, `${name}-b${boots}`);
      const kept = before ?? newKeptState(self.incarnation);
      const state = createViewState({ self, kept, settings, configured: names, nowMs: bench.nowMs });
      const node: BenchNode = { self, state, disk: before, effects: [] };
      bench.nodes.set(name, node);
      return node;
    },
    kill(name, wipe = false) {
      bench.nodes.delete(name);
      if (wipe) disks.delete(name);
    },
    feed(name, input) {
      const node = bench.nodes.get(name);
      if (node === undefined) return [];
      const effects = stepView(node.state, input, bench.nowMs);
      node.effects.push(...effects);
      for (const effect of effects) carryOut(node, effect);
      return effects;
    },
    run(forMs, isLost = () => false) {
      lost = isLost;
      for (const endMs = bench.nowMs + forMs; bench.nowMs < endMs; bench.nowMs += 50) {
        for (const name of [...bench.nodes.keys()]) {
          const peers = [...bench.nodes.values()].filter(({ self }) => self.name !== name);
          bench.feed(name, { kind: 'alive', peers: peers.map(({ self }) => self) });
          bench.feed(name, { kind: 'tick' });
        }
      }
    },
  };
  const disks = new Map<string, KeptState>();

  function carryOut(node: BenchNode, effect: ViewEffect): void {
    if (effect.kind === 'keepState') {
      disks.set(node.self.name, effect.state);
      bench.feed(node.self.name, { kind: 'stateKept', ticket: effect.ticket });
    } else if (effect.kind === 'send' && !lost(node.self.name, effect.to, effect.message)) {
      bench.feed(effect.to, { kind: 'peerMessage', from: node.self, message: effect.message });
    }
  }
  return bench;
}
