/**
 * Runs the cells of the partitions that this node serves: activation, turns, deadlines, snapshots, replay.
 * `command` is the one way in; routing decides which node's runtime it is.
 */
import { AppError, type Clock } from '../../base/index.js';
import { type EngagementResource, type PushHub, visitIdOf } from '../../model/index.js';
import type { OperationalStore, WriteBehind } from '../../stores/index.js';
import { answerQuery, type CellAnswers, type CellInput, type CellQuery } from '../cell/index.js';
import type { ActorInput, Address } from '../protocol/index.js';
import type { Activation, Done } from './activation.js';
import { createBacklog } from './backlog.js';
import type { CacheFigures, CacheName } from './cache.js';
import { type CacheSizes, createCells, createInteractionCache } from './cells.js';
import { createCheckpoints } from './checkpoints.js';
import { createDeadlines } from './deadlines.js';
import type { DocumentSets } from './document-sets.js';
import { createEffects, type Observer } from './effects.js';
import type { InputLog, LogEntry } from './input-log.js';
import { createReplay, type ReplayFigures } from './replay.js';
import { createQuarantine } from './quarantine.js';
import { createServices, type ServedPartition } from './services.js';
import { createTurns } from './turns.js';

export interface RuntimeOptions {
  store: OperationalStore;
  writeBehind: WriteBehind;
  log: InputLog;
  documents: DocumentSets;
  hub: PushHub;
  clock: Clock;
  observer: Observer;
  cacheSizes: CacheSizes;
  /** How long a cell stays in memory without an input. */
  idleMs: number;
  /** Bytes of log after which cells are written and the log is freed. */
  checkpointBytes: number;
  /** Takes what one cell says to another; default: every cell is on this node. */
  forward?(cell: string, input: CellInput): void;
}

export interface Runtime {
  /** Gives `input` to an actor. `done` is called once, when the input is stable or refused. */
  command(to: Address, input: ActorInput, done?: Done): void;
  /** The same for a cell whose key has just been minted, which no store can know. */
  commandFresh(to: Address, input: ActorInput, done?: Done): void;
  /** What `command` does, for what comes from another node. */
  deliver(cell: string, input: CellInput, fresh: boolean, done?: Done): void;
  /** Asks a cell; the answer contains only what is stable. Rejects with `AppError`. */
  query<Kind extends CellQuery['kind']>(
    cell: string,
    query: Extract<CellQuery, { kind: Kind }>,
  ): Promise<CellAnswers[Kind]>;
  /** An engagement by its id, from memory or the store. */
  interaction(interactionId: string): Promise<EngagementResource | undefined>;
  /** The inputs of the partition up to `seq` are stable. */
  stable(partition: number, seq: number): void;
  /**
   * This node serves the partition from now on; its log has these entries. Resolves when commands of it are
   * taken; its cells take the entries when they are read, all of them soon.
   */
  serve(partition: ServedPartition): Promise<void>;
  /** Another node serves the partition: its cells leave memory, what is held is refused. */
  cease(partition: number): void;
  /** Steps inputs that are in a log already, without answers: those of a history that was lost. */
  resubmit(entries: readonly LogEntry[]): void;
  /**
   * Takes cells out of memory without a snapshot and, when all that they were given is stable, does `work`;
   * what is meant for them meanwhile is refused with NOT_READY.
   */
  forgetWhile<Value>(keys: readonly string[], work: () => Promise<Value>): Promise<Value>;
  /** The partitions served here. */
  served(): number[];
  /** Writes the cells of these partitions, so that their logs become short. */
  checkpoint(partitions: readonly number[]): Promise<void>;
  /**
   * Replays the log of a node alone and resolves when every cell has its part; only before the first command.
   */
  recover(entries: AsyncIterable<LogEntry>): Promise<RecoverySummary>;
  /** Starts the timers. */
  start(): void;
  /** Writes every cell and frees the logs, so that the next start has nothing to replay. */
  stop(): Promise<void>;
  /** Nothing more becomes stable: what waits for it is refused, and `stop` does not wait for it. */
  abandon(): void;
  /** Ends the timers and nothing else: for a process that is about to end without a word. */
  halt(): void;
  figures(): RuntimeFigures;
}

export interface RecoverySummary extends ReplayFigures {
  entries: number;
  durationMs: number;
}

export interface RuntimeFigures {
  caches: Record<CacheName, CacheFigures>;
  /** Cells that want to be woken. */
  deadlines: number;
  /** Cells that have yet to take inputs of their log. */
  backlog: number;
  /** Inputs that were stepped again since the start. */
  replayed: number;
}

const wakeIntervalMs = 50;
const sweepIntervalMs = 1_000;

type Parts = ReturnType<typeof createParts>;

/** The parts of a runtime, wired to each other. */
function createParts(options: RuntimeOptions) {
  const { writeBehind, log, documents, clock, observer } = options;
  const deadlines = createDeadlines();
  const quarantine = createQuarantine();
  const backlog = createBacklog();
  const interactions = createInteractionCache(options.cacheSizes);
  /** Cells that are being forgotten. */
  const held = new Set<string>();
  const forward = options.forward ?? ((cell: string, input: CellInput) => deliver(cell, input, false));

  const effects = createEffects({
    ...options,
    interactions,
    tell: (to, input, from) => forward(to.cell, { kind: 'deliver', to, input, from }),
    acknowledge: (sender, by, id) => forward(sender, { kind: 'tellsAcknowledged', by, id }),
  });
  const turns = createTurns({ ...options, effects, onStepped });
  const replay = createReplay({
    backlog,
    documents,
    effects,
    observer,
    enqueue: (rows) => turns.enqueue(rows),
    onStepped: (activation) => onStepped(activation, true),
  });
  const cells = createCells({
    ...options,
    sizes: options.cacheSizes,
    turns: () => turns,
    backlog,
    replay: () => replay,
  });
  const checkpoints = createCheckpoints({ cells, turns, log, backlog, writeBehind });
  const services = createServices({ ...options, cells, turns, backlog, deadlines, replay, withCell });

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
    if (held.size > 0 && held.has(key)) {
      done?.({ ok: false, error: new AppError('NOT_READY', 'What is kept of this visit is being erased.') });
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

  async function forgetWhile<Value>(keys: readonly string[], work: () => Promise<Value>): Promise<Value> {
    for (const key of keys) held.add(key);
    try {
      for (const key of keys) {
        // A cell that is being read would come after it was forgotten.
        await withCell(key, (activation) => cells.drop(activation)).catch(() => undefined);
        deadlines.set(key, null);
        const partition = log.partitionOf(key);
        await turns.whenStable(partition, log.lastSeq(partition)).catch(() => undefined);
      }
      for (const [id, { visitId }] of [...interactions.oldest()]) {
        if (held.has(`visit/${visitId}`)) interactions.delete(id);
      }
      return await work();
    } finally {
      for (const key of keys) held.delete(key);
    }
  }

  return {
    forgetWhile,
    deadlines,
    backlog,
    interactions,
    turns,
    replay,
    cells,
    checkpoints,
    services,
    deliver,
    withCell,
  };
}

/** The timers of a runtime: deadlines, idle cells, checkpoints. */
function createTimers(options: RuntimeOptions, parts: Parts): Pick<Runtime, 'start' | 'halt'> {
  const { log, clock, observer } = options;
  const { deadlines, cells, checkpoints, services, deliver } = parts;
  const timers: NodeJS.Timeout[] = [];

  function wakeDue(): void {
    for (const key of deadlines.takeDue(clock.nowMs())) deliver(key, { kind: 'wakeCell' }, false);
  }

  function checkpointWhenDue(): void {
    if (log.bytes <= options.checkpointBytes) return;
    checkpoints.run(services.served()).catch((error: unknown) => observer.cellFailed('checkpoint', error));
  }

  function halt(): void {
    for (const timer of timers.splice(0)) clearInterval(timer);
    services.halt();
  }

  return {
    start() {
      timers.push(setInterval(wakeDue, wakeIntervalMs));
      timers.push(
        setInterval(() => {
          cells.sweep(clock.nowMs() - options.idleMs);
          checkpointWhenDue();
        }, sweepIntervalMs),
      );
    },
    halt,
  };
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { store, writeBehind, log, clock } = options;
  const parts = createParts(options);
  const { interactions, turns, replay, cells, checkpoints, services, deliver, withCell } = parts;
  const { start, halt } = createTimers(options, parts);

  return {
    command: (to, input, done) => deliver(to.cell, { kind: 'deliver', to, input }, false, done),
    commandFresh: (to, input, done) => deliver(to.cell, { kind: 'deliver', to, input }, true, done),
    deliver,

    async query(cell, query) {
      const { answer, partition, lastSeq } = await withCell(cell, (activation) => ({
        answer: answerQuery(activation.cell, query, clock.nowMs()),
        partition: activation.partition,
        lastSeq: activation.lastSeq,
      }));
      await turns.whenStable(partition, lastSeq);
      return answer as never;
    },

    async interaction(interactionId) {
      const known = interactions.get(interactionId);
      if (known !== undefined) return known;
      const startedMs = clock.monotonicMs();
      await writeBehind.drained(visitIdOf(interactionId), 5_000);
      const read = await store.readEngagement(interactionId);
      interactions.loaded(clock.monotonicMs() - startedMs, read !== undefined);
      if (read !== undefined) interactions.set(interactionId, read);
      return read;
    },

    stable: (partition, seq) => turns.stable(partition, seq),
    serve: (partition) => services.serve(partition),
    cease: (partition) => services.cease(partition),
    resubmit: (entries) => services.resubmit(entries),
    forgetWhile: parts.forgetWhile,
    served: () => services.served(),
    checkpoint: (partitions) => checkpoints.run(partitions),

    async recover(entries) {
      const startedMs = clock.monotonicMs();
      const kept: LogEntry[] = [];
      // A copy, because the reader's bytes are a window into its segment.
      for await (const { seq, payload } of entries) kept.push({ seq, payload: Uint8Array.from(payload) });
      turns.stable(0, log.lastSeq(0));
      await services.serve({ partition: 0, entries: kept, resumed: false });
      await services.settled();
      return {
        entries: kept.length,
        ...replay.figures,
        durationMs: Math.round(clock.monotonicMs() - startedMs),
      };
    },

    start,
    halt,

    abandon() {
      for (const partition of services.served()) {
        if (turns.stableSeq(partition) < log.lastSeq(partition)) services.cease(partition);
      }
    },

    async stop() {
      halt();
      while (checkpoints.isRunning) await new Promise((resolve) => setTimeout(resolve, 10));
      await checkpoints.run(services.served());
    },

    figures: () => ({
      caches: {
        VisitProfileCache: cells.visits.figures(),
        EventsCache: cells.events.figures(),
        DroolsSessionCache: cells.sessions.figures(),
        IxnProfileCache: interactions.figures(),
      },
      deadlines: parts.deadlines.size,
      backlog: parts.backlog.size,
      replayed: replay.figures.replayed,
    }),
  };
}
