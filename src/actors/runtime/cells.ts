/**
 * Which cells are in memory: read from the store when first needed, written as a snapshot when they leave.
 * The visit's event log and rule session are caches of their own, so that a warm visit can drop them and keep
 * its profile.
 */
import { AppError, type Clock } from '../../base/index.js';
import type { EngagementResource } from '../../model/index.js';
import type { OperationalStore, WriteBehind } from '../../stores/index.js';
import { type CellState, initialCell, isBlank } from '../cell/index.js';
import { visitIdOfCell } from '../protocol/index.js';
import { initialVisit, restoreRules, restoreLog, reviveVisit, visitBounds } from '../visit/index.js';
import type { Activation } from './activation.js';
import type { Backlog } from './backlog.js';
import { type CountedCache, createCountedCache } from './cache.js';
import type { DocumentSets } from './document-sets.js';
import type { Observer } from './effects.js';
import { decodeCell, encodeCell } from './snapshot-codec.js';
import type { InputLog } from './input-log.js';
import type { Replay } from './replay.js';
import type { Turns } from './turns.js';

export interface CacheSizes {
  visitsMax: number;
  eventsMax: number;
  sessionsMax: number;
  interactionsMax: number;
}

/** Uses of one cell that may wait while it is read; one more is refused. */
const mailboxLengthMax = 1_000;
/** Idle cells written per sweep, so that a sweep stays short. */
const sweepMax = 500;
/**
 * How long a cell that is read waits for its own rows to be written; while the store is away it is refused.
 */
const drainMs = 5_000;

type Use = (activation: Activation | undefined, error?: AppError) => void;

export interface Cells {
  /**
   * Calls `use` with the cell, at once when it is in memory. `fresh` says that its key has just been minted.
   */
  withCell(key: string, fresh: boolean, use: Use): void;
  peek(key: string): Activation | undefined;
  /** Takes a cell out without a snapshot. */
  drop(activation: Activation): void;
  /** From now on cells of the partition can be had; `served` false refuses them. */
  setServed(partition: number, served: boolean): void;
  /** Takes out, without snapshots, all cells whose partitions are not served. */
  dropUnserved(): void;
  /** Cells without input since `beforeMs` leave memory. */
  sweep(beforeMs: number): void;
  /** Dirty cells, longest dirty first. */
  dirtyCells(): Activation[];
  markDirty(activation: Activation): void;
  /** Writes the snapshot of a dirty cell when its last input is stable. */
  keep(activation: Activation): void;
  readonly visits: CountedCache<Activation>;
  readonly events: CountedCache<Activation>;
  readonly sessions: CountedCache<Activation>;
}

export interface CellsOptions {
  store: OperationalStore;
  writeBehind: WriteBehind;
  documents: DocumentSets;
  clock: Clock;
  observer: Observer;
  sizes: CacheSizes;
  turns: () => Turns;
  log: InputLog;
  backlog: Backlog;
  replay: () => Replay;
}

/** Which partitions are served, and which service of a partition it is. */
function createGate(partitions: number) {
  const open = new Uint8Array(partitions);
  /** Rises when a partition ceases, so that a read begun before is not taken for one of a later service. */
  const services = new Uint32Array(partitions);
  return {
    isOpen: (partition: number): boolean => open[partition] === 1,
    service: (partition: number): number => services[partition] ?? 0,
    set(partition: number, isServed: boolean): void {
      open[partition] = isServed ? 1 : 0;
      if (!isServed) services[partition] = (services[partition] ?? 0) + 1;
    },
  };
}

/** The cache of engagement profiles that have left their cells. */
export function createInteractionCache(sizes: CacheSizes): CountedCache<EngagementResource> {
  return createCountedCache<EngagementResource>(sizes.interactionsMax, () => undefined);
}

function forgetLog({ cell }: Activation): void {
  if (cell.visit === null) return;
  cell.visit.log = null;
  cell.visit.logBytes = 0;
}

function forgetSession({ cell }: Activation): void {
  if (cell.visit !== null) cell.visit.session = null;
}

export function createCells(options: CellsOptions): Cells {
  const { store, writeBehind, documents, clock, observer, sizes, turns } = options;
  const loading = new Map<string, Use[]>();
  const dirty = new Map<string, Activation>();
  const gate = createGate(options.log.partitions);
  const visits = createCountedCache<Activation>(sizes.visitsMax, leave);
  const events = createCountedCache<Activation>(sizes.eventsMax, forgetLog);
  const sessions = createCountedCache<Activation>(sizes.sessionsMax, forgetSession);

  function leave(activation: Activation): void {
    events.delete(activation.key);
    sessions.delete(activation.key);
    keep(activation);
  }

  function keep(activation: Activation): void {
    dirty.delete(activation.key);
    if (!activation.dirty) return;
    activation.dirty = false;
    if (isBlank(activation.cell)) return;
    const { key, lastSeq: seq, cell, partition } = activation;
    const value = { key, seq, deadlineMs: cell.deadlineMs, bytes: encodeCell(cell) };
    turns().keepWhenStable(partition, seq, [{ entity: 'cell', value }]);
  }

  function markDirty(activation: Activation): void {
    if (!dirty.has(activation.key)) dirty.set(activation.key, activation);
  }

  function withCell(key: string, fresh: boolean, use: Use): void {
    const partition = options.log.partitionOf(key);
    if (!gate.isOpen(partition)) {
      use(undefined, new AppError('NOT_READY', 'The visit is not served by this node now.'));
      return;
    }
    const waiting = loading.get(key);
    if (waiting !== undefined) {
      if (waiting.length < mailboxLengthMax) waiting.push(use);
      else use(undefined, new AppError('OVERLOADED', 'Too many requests wait for this visit.'));
      return;
    }
    const found = visits.get(key);
    if (found !== undefined && hasLog(found)) {
      touch(found);
      use(found);
    } else if (fresh) {
      const activation = newActivation(key, partition, initialCell(key), 0);
      visits.set(key, activation);
      use(activation);
      if (activation.cell.visit !== null) touch(activation);
    } else {
      loading.set(key, [use]);
      void load(key, partition, found);
    }
  }

  function newActivation(key: string, partition: number, cell: CellState, lastSeq: number): Activation {
    return { key, partition, cell, lastSeq, dirty: false, lastUsedMs: clock.nowMs() };
  }

  function hasLog({ cell }: Activation): boolean {
    return cell.visit?.log !== null;
  }

  /** Marks a visit's log and session as used; a session that has gone is built again from the log. */
  function touch(activation: Activation): void {
    const { key, cell } = activation;
    if (cell.visit === null) return;
    if (events.get(key) === undefined) events.set(key, activation);
    if (sessions.get(key) !== undefined) return;
    if (cell.visit.session === null && cell.visit.eventCount > 0) {
      const startedMs = clock.monotonicMs();
      restoreRules(cell.visit, documents.current);
      sessions.loaded(clock.monotonicMs() - startedMs, true);
    }
    sessions.set(key, activation);
  }

  async function load(key: string, partition: number, known: Activation | undefined): Promise<void> {
    const startedMs = clock.monotonicMs();
    const cache = known === undefined ? visits : events;
    const service = gate.service(partition);
    try {
      const activation = known ?? (await read(key, partition));
      await readLogOf(activation);
      const replayed = await options.replay().prepare(key);
      if (service !== gate.service(partition))
        throw new AppError('NOT_READY', 'The visit has moved to another node.');
      cache.loaded(clock.monotonicMs() - startedMs, true);
      if (!isBlank(activation.cell)) visits.set(key, activation);
      hand(key, activation, replayed);
    } catch (error) {
      cache.loaded(clock.monotonicMs() - startedMs, false);
      refuseWaiting(key, error);
    }
  }

  function refuseWaiting(key: string, error: unknown): void {
    const moved = error instanceof AppError && error.code === 'NOT_READY';
    if (!moved) observer.loadFailed(key, error);
    const failure = moved
      ? error
      : new AppError('STORE_UNAVAILABLE', 'The visit could not be read now.', { cause: error });
    const waiting = loading.get(key) ?? [];
    loading.delete(key);
    for (const use of waiting) use(undefined, failure);
  }

  /**
   * Hands a cell that has just been read to those who wait; a blank one stays only if one of them fills it.
   */
  function hand(key: string, activation: Activation, replay: (activation: Activation) => void): void {
    const waiting = loading.get(key) ?? [];
    loading.delete(key);
    touch(activation);
    replay(activation);
    for (const use of waiting) use(activation);
    if (isBlank(activation.cell)) drop(activation);
    else if (visits.peek(key) === undefined) visits.set(key, activation);
  }

  /** Reads only after what is on its way has been written, so that a cell that has just left is found. */
  async function read(key: string, partition: number): Promise<Activation> {
    const visitID = visitIdOfCell(key);
    await turns().whenStable(partition, options.log.lastSeq(partition));
    await writeBehind.drained(visitID, drainMs);
    const snapshot = await store.readCell(key);
    const cell = snapshot === undefined ? initialCell(key) : decodeCell(key, snapshot.bytes);
    if (snapshot === undefined && visitID !== undefined && !options.backlog.has(key)) {
      await revive(cell, visitID);
    }
    return newActivation(key, partition, cell, snapshot?.seq ?? 0);
  }

  /** A visit whose cell was dropped before its first snapshot is known by its row. */
  async function revive(cell: CellState, visitID: string): Promise<void> {
    const kept = await store.readVisit(visitID);
    if (kept === undefined) return;
    cell.visit = initialVisit(visitID);
    reviveVisit(cell.visit, kept);
  }

  async function readLogOf({ key, partition, cell: { visit } }: Activation): Promise<void> {
    if (visit === null) return;
    await turns().whenStable(partition, options.log.lastSeq(partition));
    await writeBehind.drained(visit.visitID, drainMs);
    const from = Math.max(0, visit.eventCount - visitBounds.rebuildEventsMax);
    const segments = await store.readEvents(visit.visitID, from);
    // The store may hold events that the visit has yet to take again from the log.
    const known = options.backlog.has(key)
      ? segments.filter((segment) => segment.firstOrdinal < visit.eventCount)
      : segments;
    restoreLog(visit, known);
  }

  function drop(activation: Activation): void {
    const { key } = activation;
    visits.delete(key);
    events.delete(key);
    sessions.delete(key);
    dirty.delete(key);
  }

  function dropUnserved(): void {
    const gone: Activation[] = [];
    for (const [, activation] of visits.oldest())
      if (!gate.isOpen(activation.partition)) gone.push(activation);
    for (const activation of gone) drop(activation);
  }

  return {
    withCell,
    setServed: gate.set,
    dropUnserved,
    peek: (key) => visits.peek(key),
    drop,
    sweep(beforeMs) {
      // What left memory now could not come back until the store does.
      if (writeBehind.isStoreAway) return;
      let left = sweepMax;
      const idle: Activation[] = [];
      for (const [, activation] of visits.oldest()) {
        if (activation.lastUsedMs >= beforeMs || left-- === 0) break;
        if (activation.lastSeq <= turns().stableSeq(activation.partition)) idle.push(activation);
      }
      for (const activation of idle) {
        visits.delete(activation.key);
        leave(activation);
      }
    },
    dirtyCells: () => [...dirty.values()],
    markDirty,
    keep,
    visits,
    events,
    sessions,
  };
}
