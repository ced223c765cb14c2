/**
 * The times and bounds of the cluster's machines in one plain record, with the reason beside each default and
 * the relations between them checked once, at the start.
 */
import { assert } from '../base/index.js';

export interface ClusterSettings {
  /** How often a member renews its lease: ten times within it, so that a few lost datagrams do no harm. */
  heartbeatMs: number;
  /** How long a lease runs. Longer rides out longer stalls; a takeover waits a little more than this. */
  leaseMs: number;
  /** Bound of each clock's drift, as a fraction: ordinary hardware keeps 0.0002; virtual machines may not. */
  driftMax: number;
  /** How long a change of who is alive must last before a view follows it: one flicker costs no hand-off. */
  stableMs: number;
  /** A main loop that lags this long counts as dead, however lively its other threads are. */
  hangMs: number;
  /** The failure detector's probe interval. */
  swimIntervalMs: number;
  /** A round of agreement that takes longer is given up and tried again. */
  proposalMs: number;
  /**
   * A copy that leaves frames unanswered this long is reported; above the stalls that must not kill a node.
   */
  silentMs: number;
  /** How long a link that was reported dead counts as dead; doubles with each report, eightfold at most. */
  suspectMs: number;
  /** An operator's command that is not done by then is answered as failed. */
  operatorMs: number;
  /** Partitions of the cluster; agreed with the first view. */
  partitionCount: number;
  /** Requests of one node that wait for a partition without a server; more are refused as overloaded. */
  heldInputsMax: number;
  /** Copies that one node takes in at a time. */
  pullsMax: number;
  /** Bytes per second that one node sends to seed copies. */
  seedBytesPerSecond: number;
  /** Copies that one node fills at a time because their partition lacks one. */
  seedsMax: number;
  /** A message to another node carries about so many payload bytes at most. */
  frameBytesMax: number;
  /** Payload bytes of one partition that one copy may leave unacknowledged. */
  windowBytesMax: number;
  /** What was not answered is sent again after this time; doubles up to eightfold. */
  resendMs: number;
  /** A hand-off whose freeze takes longer is given up, and tried again later. */
  freezeMs: number;
  /**
   * Payload bytes that the store does not have yet, of one partition; more inputs are refused as
   * overloaded.
   */
  partitionLogBytesMax: number;
  /** The same of all partitions that a node serves. */
  logBytesMax: number;
  /** Bytes that a node holds for others; beyond it new copies are refused. */
  copyBytesMax: number;
  /** Bytes of journal that are still needed; more inputs of partitions without a copy are refused. */
  journalBytesMax: number;
  /** Below this the journal is not worth rewriting. */
  journalRewriteBytesMin: number;
  /** A record of whole copies carries about so many bytes at most. */
  journalRecordBytesMax: number;
}

export const defaultClusterSettings: ClusterSettings = {
  heartbeatMs: 200,
  leaseMs: 2_000,
  driftMax: 0.05,
  stableMs: 500,
  hangMs: 30_000,
  swimIntervalMs: 500,
  proposalMs: 1_000,
  silentMs: 15_000,
  suspectMs: 30_000,
  operatorMs: 15_000,
  partitionCount: 1_024,
  heldInputsMax: 10_000,
  pullsMax: 4,
  seedBytesPerSecond: 50_000_000,
  seedsMax: 32,
  frameBytesMax: 1_000_000,
  windowBytesMax: 4_000_000,
  resendMs: 250,
  freezeMs: 500,
  partitionLogBytesMax: 16_000_000,
  logBytesMax: 256_000_000,
  copyBytesMax: 1_024_000_000,
  journalBytesMax: 1_024_000_000,
  journalRewriteBytesMin: 16_000_000,
  journalRecordBytesMax: 4_000_000,
};

/** How long a successor waits, on its own clock, until no older lease can run on any other clock. */
export function takeoverWaitMs(terms: { leaseMs: number; driftMax: number }): number {
  return Math.ceil((terms.leaseMs * (1 + terms.driftMax)) / (1 - terms.driftMax));
}

/** What must hold between settings; each text begins with the setting that is to be changed. */
const relations: readonly [(settings: ClusterSettings) => boolean, string][] = [
  [(s) => s.driftMax < 0.5, 'driftMax must be below 0.5'],
  [(s) => s.leaseMs >= s.heartbeatMs * 4, 'leaseMs must be at least four times heartbeatMs'],
  [(s) => s.stableMs >= s.heartbeatMs, 'stableMs must be at least heartbeatMs'],
  [(s) => s.heartbeatMs <= s.proposalMs / 2, 'heartbeatMs must be at most half of proposalMs'],
  [(s) => s.leaseMs < s.silentMs / 2, 'leaseMs must be less than half of silentMs'],
  [(s) => s.hangMs > s.silentMs, 'hangMs must be more than silentMs'],
  [(s) => s.stableMs < s.suspectMs, 'stableMs must be less than suspectMs'],
  [(s) => s.resendMs * 8 < s.silentMs, 'resendMs must be less than an eighth of silentMs'],
  [(s) => s.partitionLogBytesMax <= s.logBytesMax, 'logBytesMax must be at least partitionLogBytesMax'],
  [(s) => s.logBytesMax <= s.journalBytesMax / 2, 'logBytesMax must be at most half of journalBytesMax'],
  [
    (s) => s.journalRewriteBytesMin <= s.journalBytesMax / 4,
    'journalRewriteBytesMin must be at most a quarter of journalBytesMax',
  ],
  [(s) => Number.isInteger(s.partitionCount), 'partitionCount must be an integer'],
];

/** What of two settings contradicts each other, with their names; undefined when nothing does. */
export function contradictionIn(settings: ClusterSettings): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isFinite(value) || value <= 0) return `${name} must be a positive number`;
  }
  return relations.find(([holds]) => !holds(settings))?.[1];
}

/** Throws `InvariantError` when two settings contradict each other. */
export function checkClusterSettings(settings: ClusterSettings): void {
  const contradiction = contradictionIn(settings);
  assert(contradiction === undefined, contradiction ?? '');
}
