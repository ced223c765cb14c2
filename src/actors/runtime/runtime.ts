/**
 * Runs the cells of this node: activation, turns, deadlines, snapshots, recovery. `command` is the one way
 * in; routing decides which node's runtime it is.
 */
import { AppError, type Clock } from '../../base/index.js';
import type { EngagementResource, PushHub } from '../../model/index.js';
import type { Journal, OperationalStore, WriteBehind } from '../../stores/index.js';
import { answerQuery, type CellAnswers, type CellInput, type CellQuery } from '../cell/index.js';
import type { ActorInput, Address } from '../protocol/index.js';
import type { Activation, Done } from './activation.js';
import type { CacheFigures, CacheName } from './cache.js';
import { type CacheSizes, createCells, createInteractionCache } from './cells.js';
import { createCheckpoints } from './checkpoints.js';
import { createDeadlines } from './deadlines.js';
import type { DocumentSets } from './document-sets.js';
import { createEffects, type Observer } from './effects.js';
import { type RecoverySummary, replayJournal } from './recovery.js';
import { createQuarantine } from './quarantine.js';
import { createTurns } from './turns.js';

export interface RuntimeOptions {
  store: OperationalStore;
  writeBehind: WriteBehind;
  journal: Journal;
  documents: DocumentSets;
  hub: PushHub;
  clock: Clock;
  observer: Observer;
  cacheSizes: CacheSizes;
  /** How long a cell stays in memory without an input. */
  idleMs: number;
  /** Bytes of journal after which cells are written and the journal is freed. */
  checkpointBytes: number;
}

export interface Runtime {
  /** Gives `input` to an actor. `done` is called once, when the input is stable or refused. */
  command(to: Address, input: ActorInput, done?: Done): void;
  /** The same for a cell whose key has just been minted, which no store can know. */
  commandFresh(to: Address, input: ActorInput, done?: Done): void;
  /** Asks a cell; the answer contains only what is stable. Rejects with `AppError`. */
  query<Kind extends CellQuery['kind']>(
    cell: string,
    query: Extract<CellQuery, { kind: Kind }>,
  ): Promise<CellAnswers[Kind]>;
  /** An engagement by its id, from memory or the store. */
  interaction(interactionId: string): Promise<EngagementResource | undefined>;
  /** The journal has committed everything up to `seq`. */
  committed(seq: number): void;
  /** Replays the journal; only before the first command. */
  recover(): Promise<RecoverySummary>;
  /** Starts the timers. */
  start(): void;
  /** Writes every cell and frees the journal, so that the next start has nothing to replay. */
  stop(): Promise<void>;
  /** Ends the timers and nothing else: for a process that is about to end without a word. */
  halt(): void;
  figures(): RuntimeFigures;
}

export interface RuntimeFigures {
  caches: Record<CacheName, CacheFigures>;
  /** Cells that want to be woken. */
  deadlines: number;
  journal: { nextSeq: number; committedSeq: number };
}

const wakeIntervalMs = 50;
const sweepIntervalMs = 1_000;

export function createRuntime(options: RuntimeOptions): Runtime {
  const { store, writeBehind, journal, documents, clock, observer } = options;
  const deadlines = createDeadlines();
  const quarantine = createQuarantine();
  const interactions = createInteractionCache(options.cacheSizes);
  const timers: NodeJS.Timeout[] = [];
  let recovering = false;

  const effects = createEffects({
    ...options,
    interactions,
    tell: (to, input, from) => deliver(to.cell, { kind: 'deliver', to, input, from }, false),
    acknowledge: (sender, by, id) => deliver(sender, { kind: 'tellsAcknowledged', by, id }, false),
  });
  const turns = createTurns({ ...options, effects, onStepped });
  const cells = createCells({
    ...options,
    sizes: options.cacheSizes,
    turns: () => turns,
    isRecovering: () => recovering,
  });
  const checkpoints = createCheckpoints({ cells, turns, writeBehind, journal });

  function onStepped(activation: Activation, ok: boolean, error?: unknown): void {
    if (!ok) {
      cells.drop(activation);
      quarantine.failed(activation.key, clock.nowMs());
      observer.cellFailed(activation.key, error);
      return;
    }
    cells.markDirty(activation);
    deadlines.set(activation.key, activation.cell.deadlineMs);
  }

  function deliver(key: string, input: CellInput, fresh: boolean, done?: Done): void {
    if (quarantine.holds(key, clock.nowMs())) {
      done?.({ ok: false, error: new AppError('INTERNAL', 'This visit is out of order for a minute.') });
      return;
    }
    cells.withCell(key, fresh, (activation, error) => {
      if (activation !== undefined) turns.run(activation, input, done);
      else done?.({ ok: false, error: error ?? new AppError('INTERNAL', 'The cell is not there.') });
    });
  }

  /** Resolves with what `use` makes of the cell; `use` runs while the cell is surely in memory. */
  function withCell<Value>(key: string, use: (activation: Activation) => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      cells.withCell(key, false, (activation, error) => {
        if (activation !== undefined) resolve(use(activation));
        else reject(error ?? new AppError('INTERNAL', 'The cell is not there.'));
      });
    });
  }

  function wakeDue(): void {
    for (const key of deadlines.takeDue(clock.nowMs())) deliver(key, { kind: 'wakeCell' }, false);
  }

  function halt(): void {
    for (const timer of timers.splice(0)) clearInterval(timer);
  }

  return {
    command: (to, input, done) => deliver(to.cell, { kind: 'deliver', to, input }, false, done),
    commandFresh: (to, input, done) => deliver(to.cell, { kind: 'deliver', to, input }, true, done),

    async query(cell, query) {
      const { answer, lastSeq } = await withCell(cell, (activation) => ({
        answer: answerQuery(activation.cell, query, clock.nowMs()),
        lastSeq: activation.lastSeq,
      }));
      await turns.whenCommitted(lastSeq);
      return answer as never;
    },

    async interaction(interactionId) {
      const known = interactions.get(interactionId);
      if (known !== undefined) return known;
      const startedMs = clock.monotonicMs();
      await writeBehind.drained();
      const read = await store.readEngagement(interactionId);
      interactions.loaded(clock.monotonicMs() - startedMs, read !== undefined);
      if (read !== undefined) interactions.set(interactionId, read);
      return read;
    },

    committed: (seq) => turns.committed(seq),

    async recover() {
      recovering = true;
      const onReplayed = (activation: Activation): void => onStepped(activation, true);
      const monotonicMs = (): number => clock.monotonicMs();
      const summary = await replayJournal({
        journal,
        documents,
        effects,
        observer,
        withCell,
        onStepped: onReplayed,
        monotonicMs,
      });
      recovering = false;
      for await (const { key, deadlineMs } of store.readDeadlines()) {
        if (cells.peek(key) === undefined) deadlines.set(key, deadlineMs);
      }
      return summary;
    },

    start() {
      timers.push(setInterval(wakeDue, wakeIntervalMs));
      timers.push(
        setInterval(() => {
          cells.sweep(clock.nowMs() - options.idleMs);
          if (journal.bytes > options.checkpointBytes) {
            checkpoints.run().catch((error: unknown) => observer.cellFailed('checkpoint', error));
          }
        }, sweepIntervalMs),
      );
    },

    halt,

    async stop() {
      halt();
      while (checkpoints.isRunning) await new Promise((resolve) => setTimeout(resolve, 10));
      await checkpoints.run();
    },

    figures: () => ({
      caches: {
        VisitProfileCache: cells.visits.figures(),
        EventsCache: cells.events.figures(),
        DroolsSessionCache: cells.sessions.figures(),
        IxnProfileCache: interactions.figures(),
      },
      deadlines: deadlines.size,
      journal: { nextSeq: turns.lastSeq + 1, committedSeq: turns.committedSeq },
    }),
  };
}
