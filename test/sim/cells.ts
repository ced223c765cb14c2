// The actors of the simulated cluster, as simple as they can be: a partition's cells apply each input once,
// by its id, and remember the order. An answer leaves when its input is stable.
import { createDocuments, type Documents } from './documents.js';
import { forEachEntry } from '../../src/cluster/replication/log.js';
import { inMainLoop, feed, flushSoon, leaseRuns, type NodeWorld, type SimProcess } from './node.js';
import type { SimStore, Snapshot } from './store.js';
import { Violation } from './view-checks.js';

export interface AppliedInput {
  seq: number;
  id: string;
  /** The set of documents that it was stepped with. */
  set: number;
}

/** A partition as one process serves it. */
export interface PartitionRun {
  readonly process: SimProcess;
  readonly partition: number;
  epoch: number;
  grant: number;
  /** Whether inputs are taken: a new view suspends that until the partition is served again. */
  active: boolean;
  /** Whether the snapshot has been read from the store; until then inputs wait in `early`. */
  loaded: boolean;
  early: AppliedInput[];
  applied: AppliedInput[];
  seen: Set<string>;
  stableSeq: number;
  savedSeq: number;
  saving: boolean;
  waiting: { seq: number; answer: () => void }[];
  doubtful: boolean;
}

export interface ServeOrder {
  partition: number;
  epoch: number;
  grant: number;
  baseSeq: number;
  entries: { seq: number; payload: Uint8Array }[];
  resumed: boolean;
  doubtful: boolean;
}

export interface CellHooks {
  /** A node serves and says that acknowledged inputs may be missing: `known` is what it can still find. */
  doubted(partition: number, known: ReadonlySet<string>): void;
  /**
   * A run has read its snapshot and replayed its log: it knows now everything it will ever know of the
   * past.
   */
  loaded(process: SimProcess, run: PartitionRun, order: ServeOrder): void;
  /** A run that goes on, beside what store and log would have given a new one. */
  resumed(process: SimProcess, run: PartitionRun, expected: string[]): void;
}

export interface Cells {
  readonly documents: Documents;
  runsOf(process: SimProcess): Map<number, PartitionRun>;
  serve(process: SimProcess, order: ServeOrder): void;
  cease(process: SimProcess, partition: number): void;
  suspend(process: SimProcess): void;
  stable(process: SimProcess, partition: number, seq: number): void;
  resubmit(
    process: SimProcess,
    partition: number,
    entries: readonly { seq: number; payload: Uint8Array }[],
  ): void;
  /** A client's input at what it takes for the server; `answer` is called once it is stable. */
  receive(process: SimProcess, partition: number, id: string, answer: (ok: boolean) => void): void;
  save(process: SimProcess, partition: number): void;
}

/** The client whose inputs are deployments. */
export const deployer = 'deploy';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** No input is longer. */
export const payloadBytesMax = 24;

export function encodeInput(id: string, set: number): Uint8Array {
  return encoder.encode(`${id}@${set}`);
}

function inputOf(seq: number, text: string): AppliedInput {
  const [id, set] = text.split('@') as [string, string];
  return { seq, id, set: Number(set) };
}

/** An input as snapshots and logs have it. */
export const textOf = ({ id, set }: AppliedInput): string => `${id}@${set}`;

/** Applies in order what `snapshot` lacks; each id once. */
export function replayed(
  snapshot: Snapshot,
  entries: readonly { seq: number; payload: Uint8Array }[],
): AppliedInput[] {
  const applied = snapshot.inputs.map((text) => inputOf(0, text));
  const seen = new Set(applied.map(({ id }) => id));
  for (const { seq, payload } of entries) {
    const input = inputOf(seq, decoder.decode(payload));
    if (seq <= snapshot.seq || seen.has(input.id)) continue;
    seen.add(input.id);
    applied.push(input);
  }
  return applied;
}

export function createCells(world: NodeWorld, store: SimStore, hooks: CellHooks): Cells {
  const documents = createDocuments(world, store, (process, partition) => runsOf(process).has(partition));
  const runs = new Map<SimProcess, Map<number, PartitionRun>>();

  function runsOf(process: SimProcess): Map<number, PartitionRun> {
    const own = runs.get(process) ?? new Map<number, PartitionRun>();
    runs.set(process, own);
    return own;
  }

  function apply(run: PartitionRun, input: AppliedInput): void {
    if (run.seen.has(input.id)) return;
    documents.require(run.process, input.set);
    run.seen.add(input.id);
    run.applied.push(input);
  }

  /** Answers leave when their input is stable, and has been applied. */
  function answerStable(run: PartitionRun): void {
    // As with every effect: it is released within the lease, however long the cell took to load.
    if (!run.loaded || !run.active || !leaseRuns(run.process)) return;
    while (run.waiting.length > 0 && run.waiting[0]!.seq <= run.stableSeq) run.waiting.shift()!.answer();
  }

  /** Reads the snapshot as soon as the store answers. */
  function load(process: SimProcess, run: PartitionRun, order: ServeOrder): void {
    if (!process.isUp || runsOf(process).get(run.partition) !== run) return;
    const snapshot = store.read(run.partition);
    if (snapshot === undefined || !documents.refresh(process)) {
      world.scheduler.after(200, () => inMainLoop(world, process, () => load(process, run, order)));
      return;
    }
    run.applied = replayed(snapshot, order.entries);
    run.seen = new Set(run.applied.map(({ id }) => id));
    for (const { set } of run.applied) documents.require(process, set);
    run.savedSeq = snapshot.seq;
    run.loaded = true;
    hooks.loaded(process, run, order);
    for (const input of run.early) apply(run, input);
    run.early = [];
    answerStable(run);
  }

  /** The inputs that a run would have applied if it began now. */
  function expected(process: SimProcess, partition: number): string[] {
    const log = process.machine.member?.partitions.services.get(partition)?.log;
    const entries: { seq: number; payload: Uint8Array }[] = [];
    if (log !== undefined) forEachEntry(log.segments, (seq, payload) => entries.push({ seq, payload }));
    return replayed(store.peek(partition), entries).map(textOf);
  }

  function take(run: PartitionRun, input: AppliedInput): void {
    if (run.loaded) apply(run, input);
    else run.early.push(input);
  }

  /** A deployment is confirmed when its set is described. */
  function confirm(process: SimProcess, id: string, answer: (ok: boolean) => void): void {
    if (id.startsWith(deployer)) documents.publish(process, id, () => answer(true));
    else answer(true);
  }

  return {
    documents,
    runsOf,
    serve(process, order) {
      const { partition, epoch, grant, resumed, doubtful } = order;
      const before = runsOf(process).get(partition);
      if (resumed) {
        if (before === undefined)
          throw new Violation(`${process.self.name} goes on with ${partition} from nothing`);
        Object.assign(before, { epoch, grant, active: true });
        if (before.loaded) hooks.resumed(process, before, expected(process, partition));
        return;
      }
      const run: PartitionRun = {
        process,
        partition,
        epoch,
        grant,
        active: true,
        loaded: false,
        early: [],
        applied: [],
        seen: new Set(),
        stableSeq: 0,
        savedSeq: 0,
        saving: false,
        waiting: [],
        doubtful,
      };
      runsOf(process).set(partition, run);
      if (doubtful) {
        const known = replayed(store.peek(partition), order.entries);
        hooks.doubted(partition, new Set(known.map(({ id }) => id)));
      }
      load(process, run, order);
    },
    cease(process, partition) {
      runsOf(process).delete(partition);
    },
    suspend(process) {
      for (const run of runsOf(process).values()) run.active = false;
    },
    stable(process, partition, seq) {
      const run = runsOf(process).get(partition);
      if (run === undefined) return;
      run.stableSeq = Math.max(run.stableSeq, seq);
      answerStable(run);
    },
    resubmit(process, partition, entries) {
      const run = runsOf(process).get(partition);
      if (run === undefined) return;
      for (const { seq, payload } of entries) take(run, inputOf(seq, decoder.decode(payload)));
    },
    receive(process, partition, id, answer) {
      inMainLoop(world, process, () => {
        const run = runsOf(process).get(partition);
        const set = documents.currentOf(process);
        const outcome = process.machine.append(partition, encodeInput(id, set), process.localMs());
        if (!outcome.ok) {
          answer(false);
          return;
        }
        if (run === undefined)
          throw new Error(`${process.self.name} takes inputs of a partition it does not serve`);
        take(run, { seq: outcome.seq, id, set });
        run.waiting.push({ seq: outcome.seq, answer: () => confirm(process, id, answer) });
        flushSoon(world, process);
        world.onStep(process);
      });
    },
    save(process, partition) {
      const run = runsOf(process).get(partition);
      if (run === undefined || !run.loaded || run.saving || run.stableSeq <= run.savedSeq) return;
      const seq = run.stableSeq;
      const inputs = run.applied.filter((input) => input.seq <= seq).map(textOf);
      run.saving = true;
      store.write(partition, { seq, inputs }, (ok) => {
        run.saving = false;
        if (!ok || !process.isUp || runsOf(process).get(partition) !== run) return;
        run.savedSeq = seq;
        feed(world, process, { kind: 'released', partition, seq });
      });
    },
  };
}
