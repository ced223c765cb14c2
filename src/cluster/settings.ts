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

/** Throws `InvariantError` when two settings contradict each other. */
export function checkClusterSettings(settings: ClusterSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    assert(Number.isFinite(value) && value > 0, `${name} must be a positive number`);
  }
  assert(settings.driftMax < 0.5, 'driftMax must be below 0.5');
  assert(settings.heartbeatMs * 4 <= settings.leaseMs, 'leaseMs must be at least four times heartbeatMs');
  assert(settings.stableMs >= settings.heartbeatMs, 'stableMs must be at least heartbeatMs');
  assert(settings.proposalMs >= settings.heartbeatMs * 2, 'proposalMs must be at least twice heartbeatMs');
  assert(settings.silentMs > settings.leaseMs * 2, 'silentMs must be more than twice leaseMs');
  assert(settings.hangMs > settings.silentMs, 'hangMs must be more than silentMs');
  assert(settings.suspectMs > settings.stableMs, 'suspectMs must be more than stableMs');
  assert(settings.resendMs * 8 < settings.silentMs, 'silentMs must be more than eight times resendMs');
  assert(settings.partitionLogBytesMax <= settings.logBytesMax, 'logBytesMax is below one partition’s');
  assert(settings.logBytesMax <= settings.journalBytesMax / 2, 'journalBytesMax must be twice logBytesMax');
  assert(
    settings.journalRewriteBytesMin <= settings.journalBytesMax / 4,
    'journalBytesMax must be four times journalRewriteBytesMin',
  );
  assert(Number.isInteger(settings.partitionCount), 'partitionCount must be an integer');
}
