// What kind of world a seed gives: how many nodes on how many hosts, which faults, under which rules.
import { defaultClusterSettings, type ClusterSettings } from '../../src/cluster/settings.js';
import { fairWeather, type Weather } from './network.js';
import type { SeededRandom } from './random.js';

/**
 * Where a world's faults crowd: everywhere; the first view; votes on views; leases and clocks at their edges;
 * copies and hand-offs; a node alone with its journal.
 */
export type Focus = 'mixed' | 'formation' | 'ballots' | 'leases' | 'copies' | 'journal';

export interface Plan {
  focus: Focus;
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
  /** Clocks run at the bound of their drift, or anywhere within it. */
  drifts: 'any' | 'extreme';
  /** Kinds of faults that do not happen in this world, so that others come together more often. */
  without: ReadonlySet<string>;
  weather: Weather;
  faultsMs: number;
  clientCount: number;
  /** Buffers are small: what happens at their bounds happens often. */
  isTight: boolean;
  settings: ClusterSettings;
}

/** The defaults, shortened about twofold so that more happens in less time; the relations are the same. */
const roomySettings: ClusterSettings = {
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

/** Bounds so narrow that a few dozen inputs reach each of them. */
const tightSettings: ClusterSettings = {
  ...roomySettings,
  pullsMax: 1,
  seedsMax: 2,
  seedBytesPerSecond: 2_000,
  frameBytesMax: 24,
  windowBytesMax: 60,
  partitionLogBytesMax: 300,
  logBytesMax: 1_200,
  copyBytesMax: 2_400,
  journalBytesMax: 6_000,
  journalRewriteBytesMin: 1_000,
  journalRecordBytesMax: 200,
};

const lossyWeather: Weather = { loss: 0.05, repeat: 0.05, delayMs: 5, slow: 0.05, slowMs: 400 };
const slowWeather: Weather = { loss: 0.01, repeat: 0.02, delayMs: 30, slow: 0.1, slowMs: 1_500 };

const foci: readonly Focus[] = [
  'mixed',
  'mixed',
  'mixed',
  'ballots',
  'leases',
  'copies',
  'copies',
  'journal',
];
/** Where the view machines run alone: what they can break is decided in the first views and votes. */
const viewFoci: readonly Focus[] = ['mixed', 'formation', 'formation', 'ballots', 'ballots', 'leases'];

export function drawPlan(random: SeededRandom, viewsOnly: boolean, faultNames: readonly string[]): Plan {
  const focus = random.pick(viewsOnly ? viewFoci : foci);
  const nodeCount =
    focus === 'journal'
      ? random.pick([1, 2, 3])
      : focus === 'mixed'
        ? random.pick([1, 2, 3, 3, 3, 3, 3, 4, 5])
        : random.pick([3, 3, 3, 4, 5, 5]);
  const mode = random.chance(0.5) ? 'strict' : 'any';
  const isEarly = focus === 'formation' || (mode === 'any' && random.chance(0.4));
  const plan = {
    focus,
    nodeCount,
    hostCount: random.chance(0.8) ? nodeCount : Math.max(1, nodeCount - 1),
    mode: isEarly ? 'any' : mode,
    early: isEarly,
    ruin: !isEarly && mode === 'any' && random.chance(0.15),
    seesLinks: random.chance(0.7),
    pauses: random.chance(0.4) ? 0.0007 : 0,
    crashPoints: mode === 'any' ? random.pick([0, 0.0005, 0.002]) : 0,
    drifts: focus === 'leases' ? 'extreme' : 'any',
    without: new Set(faultNames.filter(() => random.chance(0.3))),
    weather: random.pick([fairWeather, fairWeather, lossyWeather, slowWeather]),
    faultsMs: focus === 'formation' ? random.between(3_000, 6_000) : random.between(5_000, 10_000),
    clientCount: 2 + random.below(5),
  } satisfies Omit<Plan, 'isTight' | 'settings'>;
  const isTight = random.chance(0.3);
  const settings = isTight ? tightSettings : roomySettings;
  // While few copies are filled at a time, as of a thousand partitions, the others rest on the journal.
  const seedsMax = random.pick([1, 1, 2, settings.seedsMax]);
  return { ...plan, isTight, settings: { ...settings, seedsMax } };
}
