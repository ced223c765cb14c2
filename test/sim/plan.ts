// What kind of world a seed gives: how many nodes on how many hosts, which faults, under which rules.
import { defaultClusterSettings, type ClusterSettings } from '../../src/cluster/settings.js';
import { fairWeather, type Weather } from './network.js';
import type { SeededRandom } from './random.js';

export interface Plan {
  nodeCount: number;
  hostCount: number;
  /**
   * `strict`: one failure at a time, the next when everything is replicated again; then nothing acknowledged
   * may be lost. `any`: whatever happens; then a loss must be said.
   */
  mode: 'strict' | 'any';
  /** Faults begin before the first view is formed. */
  early: boolean;
  /** More disks than a minority may be lost; an operator recovers the cluster. */
  ruin: boolean;
  /** Whether the failure detector notices a dead link between two nodes that others reach. */
  seesLinks: boolean;
  pauses: number;
  /** Probability that a process dies between two effects. */
  crashPoints: number;
  weather: Weather;
  faultsMs: number;
  clientCount: number;
  settings: ClusterSettings;
}

/** The defaults, shortened about twofold so that more happens in less time; the relations are the same. */
const settings: ClusterSettings = {
  ...defaultClusterSettings,
  leaseMs: 1_000,
  stableMs: 300,
  proposalMs: 600,
  hangMs: 8_000,
  silentMs: 3_000,
  suspectMs: 4_000,
  operatorMs: 8_000,
  partitionCount: 8,
};

const lossyWeather: Weather = { loss: 0.05, repeat: 0.05, delayMs: 5, slow: 0.05, slowMs: 400 };
const slowWeather: Weather = { loss: 0.01, repeat: 0.02, delayMs: 30, slow: 0.1, slowMs: 1_500 };

export function drawPlan(random: SeededRandom): Plan {
  const nodeCount = random.pick([1, 2, 3, 3, 3, 3, 3, 4, 5]);
  const mode = random.chance(0.5) ? 'strict' : 'any';
  return {
    nodeCount,
    hostCount: random.chance(0.8) ? nodeCount : Math.max(1, nodeCount - 1),
    mode,
    early: mode === 'any' && random.chance(0.4),
    ruin: mode === 'any' && random.chance(0.15),
    seesLinks: random.chance(0.7),
    pauses: random.chance(0.4) ? 0.0007 : 0,
    crashPoints: mode === 'any' ? random.pick([0, 0.0005, 0.002]) : 0,
    weather: random.pick([fairWeather, fairWeather, lossyWeather, slowWeather]),
    faultsMs: random.between(8_000, 18_000),
    clientCount: 2 + random.below(5),
    settings,
  };
}
