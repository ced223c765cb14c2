/**
 * Turns: an input goes to the log of its partition and is stepped at once; its effects wait here until the
 * log calls it stable. Whatever throws inside a machine ends that cell alone. Bound: the log's own, which
 * refuses with OVERLOADED.
 */
import { AppError, type Clock } from '../../base/index.js';
import type { Row, WriteBehind } from '../../stores/index.js';
import { type CellEffect, type CellInput, stepCell } from '../cell/index.js';
import type { Activation, Done } from './activation.js';
import type { DocumentSets } from './document-sets.js';
import type { Effects } from './effects.js';
import type { InputLog } from './input-log.js';
import { encodeLoggedInput } from './journal-codec.js';

export interface Turns {
  /**
   * Steps `input` now; `done` is called when it is stable and its effects are done, or when it is refused.
   */
  run(activation: Activation, input: CellInput, done: Done | undefined): void;
  /** The inputs of the partition up to `seq` are stable. */
  stable(partition: number, seq: number): void;
  stableSeq(partition: number): number;
  /**
   * Resolves when input `seq` is stable and the effects before it are done; rejects when it never will be.
   */
  whenStable(partition: number, seq: number): Promise<void>;
  /** Gives rows to the write-behind queue once input `seq` is stable. */
  keepWhenStable(partition: number, seq: number, rows: Row[]): void;
  /** The partition is served elsewhere: what is held is refused, and nothing of it is written. */
  cease(partition: number): void;
  /** Gives rows to the write-behind queue, in the order of the calls. */
  enqueue(rows: readonly Row[]): void;
}

export interface TurnsOptions {
  log: InputLog;
  writeBehind: WriteBehind;
  documents: DocumentSets;
  clock: Clock;
  effects: Effects;
  /** A step changed the cell (and its deadline); false `ok` when it threw and the cell must go. */
  onStepped(activation: Activation, ok: boolean, error?: unknown): void;
}

interface Held {
  seq: number;
  release(): void;
  refuse(error: AppError): void;
}

/** What waits in one partition, in order. */
class HeldQueue {
  stableSeq = 0;
  #items: Held[] = [];
  #head = 0;

  hold(item: Held): void {
    if (item.seq <= this.stableSeq && this.#head === this.#items.length) item.release();
    else this.#items.push(item);
  }

  stable(seq: number): void {
    this.stableSeq = Math.max(this.stableSeq, seq);
    while (this.#head < this.#items.length) {
      const next = this.#items[this.#head] as Held;
      if (next.seq > this.stableSeq) break;
      this.#head++;
      next.release();
    }
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 4_096) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  refuseAll(error: AppError): void {
    const waiting = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    for (const item of waiting) item.refuse(error);
  }
}

export function createTurns(options: TurnsOptions): Turns {
  const { log, writeBehind, documents, clock, effects } = options;
  const queues = Array.from({ length: log.partitions }, () => new HeldQueue());
  let keptSeq = 0;

  function queueOf(partition: number): HeldQueue {
    return queues[partition] as HeldQueue;
  }

  function append(activation: Activation, input: CellInput, nowMs: number): number | AppError {
    try {
      const logged = { documentsId: documents.current.id, nowMs, cell: activation.key, input };
      return log.append(activation.partition, encodeLoggedInput(logged));
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  function enqueue(rows: readonly Row[]): void {
    writeBehind.enqueue(rows, ++keptSeq);
  }

  return {
    run(activation, input, done) {
      const nowMs = clock.nowMs();
      const seq = append(activation, input, nowMs);
      if (seq instanceof AppError) {
        done?.({ ok: false, error: seq });
        return;
      }
      let made: CellEffect[];
      try {
        made = stepCell(activation.cell, input, nowMs, documents.current);
      } catch (error) {
        options.onStepped(activation, false, error);
        const failure = new AppError('INTERNAL', 'The request could not be processed.', { cause: error });
        done?.({ ok: false, error: failure });
        return;
      }
      activation.lastSeq = seq;
      activation.dirty = true;
      activation.lastUsedMs = nowMs;
      const { key, cell } = activation;
      const { rowVersion: version = 0 } = cell;
      queueOf(activation.partition).hold({
        seq,
        release: () => effects.perform({ cell: key, effects: made, version, done, enqueue }),
        refuse: (error) => done?.({ ok: false, error }),
      });
      options.onStepped(activation, true);
    },

    stable: (partition, seq) => queueOf(partition).stable(seq),
    stableSeq: (partition) => queueOf(partition).stableSeq,

    whenStable(partition, seq) {
      return new Promise((resolve, reject) => {
        queueOf(partition).hold({ seq, release: resolve, refuse: reject });
      });
    },

    keepWhenStable(partition, seq, rows) {
      queueOf(partition).hold({ seq, release: () => enqueue(rows), refuse: () => undefined });
    },

    cease(partition) {
      queueOf(partition).refuseAll(new AppError('INTERRUPTED', 'The visit has moved to another node.'));
    },

    enqueue,
  };
}
