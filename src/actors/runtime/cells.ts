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
import {
  initialVisit,
  restoreRules,
  restoreLog,
  reviveVisit,
  visitBounds,
  type VisitState,
} from '../visit/index.js';
import type { Activation } from './activation.js';
import { type CountedCache, createCountedCache } from './cache.js';
import type { DocumentSets } from './document-sets.js';
import type { Observer } from './effects.js';
import { decodeCell, encodeCell } from './snapshot-codec.js';
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

type Use = (activation: Activation | undefined, error?: AppError) => void;

export interface Cells {
  /**
   * Calls `use` with the cell, at once when it is in memory. `fresh` says that its key has just been minted.
   */
  withCell(key: string, fresh: boolean, use: Use): void;
  peek(key: string): Activation | undefined;
  /** Takes a cell out without a snapshot. */
  drop(activation: Activation): void;
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
  /** The journal is being replayed: the store may hold events that their visit has not taken again yet. */
  isRecovering: () => boolean;
}

/** The cache of engagement profiles that have left their cells. */
export function createInteractionCache(sizes: CacheSizes): CountedCache<EngagementResource> {
  return createCountedCache<EngagementResource>(sizes.interactionsMax, () => undefined);
}

export function createCells(options: CellsOptions): Cells {
  const { store, writeBehind, documents, clock, observer, sizes, turns } = options;
  const loading = new Map<string, Use[]>();
  const dirty = new Map<string, Activation>();
  const visits = createCountedCache<Activation>(sizes.visitsMax, leave);
  const events = createCountedCache<Activation>(sizes.eventsMax, forgetLog);
  const sessions = createCountedCache<Activation>(sizes.sessionsMax, forgetSession);

  function forgetLog({ cell }: Activation): void {
    if (cell.visit === null) return;
    cell.visit.log = null;
    cell.visit.logBytes = 0;
  }

  function forgetSession({ cell }: Activation): void {
    if (cell.visit !== null) cell.visit.session = null;
  }

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
    const { key, lastSeq: seq, cell } = activation;
    const value = { key, seq, deadlineMs: cell.deadlineMs, bytes: encodeCell(cell) };
    turns().keepWhenCommitted(seq, [{ entity: 'cell', value }]);
  }

  function markDirty(activation: Activation): void {
    if (!dirty.has(activation.key)) dirty.set(activation.key, activation);
  }

  function withCell(key: string, fresh: boolean, use: Use): void {
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
      const activation = { key, cell: initialCell(key), lastSeq: 0, dirty: false, lastUsedMs: clock.nowMs() };
      visits.set(key, activation);
      use(activation);
      if (activation.cell.visit !== null) touch(activation);
    } else {
      loading.set(key, [use]);
      void load(key, found);
    }
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

  async function load(key: string, known: Activation | undefined): Promise<void> {
    const startedMs = clock.monotonicMs();
    const cache = known === undefined ? visits : events;
    try {
      const activation = known ?? (await read(key));
      const { visit } = activation.cell;
      if (visit !== null) await readLog(visit);
      cache.loaded(clock.monotonicMs() - startedMs, true);
      if (!isBlank(activation.cell)) visits.set(key, activation);
      hand(key, activation);
    } catch (error) {
      cache.loaded(clock.monotonicMs() - startedMs, false);
      observer.loadFailed(key, error);
      const failure = new AppError('STORE_UNAVAILABLE', 'The visit could not be read now.', { cause: error });
      const waiting = loading.get(key) ?? [];
      loading.delete(key);
      for (const use of waiting) use(undefined, failure);
    }
  }

  /**
   * Hands a cell that has just been read to those who wait; a blank one stays only if one of them fills it.
   */
  function hand(key: string, activation: Activation): void {
    const waiting = loading.get(key) ?? [];
    loading.delete(key);
    touch(activation);
    for (const use of waiting) use(activation);
    if (isBlank(activation.cell)) drop(activation);
    else if (visits.peek(key) === undefined) visits.set(key, activation);
  }

  /** Reads only after what is on its way has been written, so that a cell that has just left is found. */
  async function read(key: string): Promise<Activation> {
    const visitID = visitIdOfCell(key);
    await turns().whenCommitted(turns().lastSeq);
    await writeBehind.drained(visitID);
    const snapshot = await store.readCell(key);
    const cell = snapshot === undefined ? initialCell(key) : decodeCell(key, snapshot.bytes);
    if (snapshot === undefined && visitID !== undefined && !options.isRecovering()) {
      await revive(cell, visitID);
    }
    return { key, cell, lastSeq: snapshot?.seq ?? 0, dirty: false, lastUsedMs: clock.nowMs() };
  }

  /** A visit whose cell was dropped before its first snapshot is known by its row. */
  async function revive(cell: CellState, visitID: string): Promise<void> {
    const kept = await store.readVisit(visitID);
    if (kept === undefined) return;
    cell.visit = initialVisit(visitID);
    reviveVisit(cell.visit, kept);
  }

  async function readLog(visit: VisitState): Promise<void> {
    await turns().whenCommitted(turns().lastSeq);
    await writeBehind.drained(visit.visitID);
    const from = Math.max(0, visit.eventCount - visitBounds.rebuildEventsMax);
    const segments = await store.readEvents(visit.visitID, from);
    const known = options.isRecovering()
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

  return {
    withCell,
    peek: (key) => visits.peek(key),
    drop,
    sweep(beforeMs) {
      let left = sweepMax;
      const idle: Activation[] = [];
      for (const [, activation] of visits.oldest()) {
        if (activation.lastUsedMs >= beforeMs || left-- === 0) break;
        if (activation.lastSeq <= turns().committedSeq) idle.push(activation);
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
