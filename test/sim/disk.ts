// A node's disk: the state file and the journal. What was not fsynced before a crash may or may not be there.
import type { JournalRecord } from '../../src/cluster/replication/index.js';
import type { KeptState } from '../../src/cluster/view/index.js';
import { clonePlain } from './clone.js';
import type { SeededRandom } from './random.js';

export interface JournalEntry {
  position: number;
  record: JournalRecord;
}

export interface Disk {
  kept: KeptState | undefined;
  journal: JournalEntry[];
  /** Handed to the disk and not yet fsynced. */
  pendingState: { ticket: number; state: KeptState } | undefined;
  pendingJournal: JournalEntry[];
  /** How long one fsync takes at most. */
  slowMs: number;
  /** Probability that writing the state file fails. */
  failing: number;
}

export function createDisk(): Disk {
  return { kept: undefined, journal: [], pendingState: undefined, pendingJournal: [], slowMs: 3, failing: 0 };
}

/**
 * The process dies: a write under way has reached the platter or not, the journal up to some record; with
 * `all` lost, nothing that was not fsynced is there.
 */
export function crashDisk(disk: Disk, random: SeededRandom, lost: 'some' | 'all'): void {
  const isThere = lost === 'some' && random.chance(0.5);
  if (disk.pendingState !== undefined && isThere) disk.kept = disk.pendingState.state;
  disk.pendingState = undefined;
  const count = lost === 'all' ? 0 : random.below(disk.pendingJournal.length + 1);
  disk.journal.push(...disk.pendingJournal.slice(0, count));
  disk.pendingJournal = [];
}

export function wipeDisk(disk: Disk): void {
  Object.assign(disk, { kept: undefined, journal: [], pendingState: undefined, pendingJournal: [] });
}

export function writeState(disk: Disk, ticket: number, state: KeptState): void {
  disk.pendingState = { ticket, state: clonePlain(state) };
}

/** Fsyncs the newest state; returns its ticket. */
export function syncState(disk: Disk): number {
  const written = disk.pendingState;
  disk.pendingState = undefined;
  if (written !== undefined) disk.kept = written.state;
  return written?.ticket ?? 0;
}

export function writeJournal(disk: Disk, entry: JournalEntry): void {
  disk.pendingJournal.push(clonePlain(entry));
}

/** Fsyncs the journal up to a position. */
export function syncJournal(disk: Disk, position: number): void {
  disk.journal.push(...disk.pendingJournal.filter((entry) => entry.position <= position));
  disk.pendingJournal = disk.pendingJournal.filter((entry) => entry.position > position);
}

export function freeJournal(disk: Disk, position: number): void {
  disk.journal = disk.journal.filter((entry) => entry.position > position);
}
