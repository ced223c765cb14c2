/**
 * Turns: an input goes to the journal and is stepped at once; its effects wait here until the journal has
 * committed it. Whatever throws inside a machine ends that cell alone. Bound: the journal's own, which
 * refuses with OVERLOADED.
 */
import { AppError, type Clock } from '../../base/index.js';
import type { Journal, Row, WriteBehind } from '../../stores/index.js';
import { type CellEffect, type CellInput, stepCell } from '../cell/index.js';
import type { Activation, Done } from './activation.js';
import type { DocumentSets } from './document-sets.js';
import type { Effects } from './effects.js';
import { encodeLoggedInput } from './journal-codec.js';

export interface Turns {
  /**
   * Steps `input` now; `done` is called when it is stable and its effects are done, or when it is refused.
   */
  run(activation: Activation, input: CellInput, done: Done | undefined): void;
  /** The journal has committed everything up to `seq`. */
  committed(seq: number): void;
  readonly committedSeq: number;
  /** The number of the last input given to the journal. */
  readonly lastSeq: number;
  /** Resolves when input `seq` is stable and the effects before it are done. */
  whenCommitted(seq: number): Promise<void>;
  /** Gives rows to the write-behind queue once input `seq` is stable. */
  keepWhenCommitted(seq: number, rows: Row[]): void;
}

export interface TurnsOptions {
  journal: Journal;
  writeBehind: WriteBehind;
  documents: DocumentSets;
  clock: Clock;
  effects: Effects;
  /** A step changed the cell (and its deadline); false `ok` when it threw and the cell must go. */
  onStepped(activation: Activation, ok: boolean, error?: unknown): void;
}

type Held = { seq: number; release: () => void };

export function createTurns(options: TurnsOptions): Turns {
  const { journal, writeBehind, documents, clock, effects } = options;
  let held: Held[] = [];
  let head = 0;
  let committedSeq = journal.nextSeq - 1;

  function hold(seq: number, release: () => void): void {
    if (seq <= committedSeq && head === held.length) release();
    else held.push({ seq, release });
  }

  function append(activation: Activation, input: CellInput, nowMs: number): number | AppError {
    try {
      const logged = { documentsId: documents.current.id, nowMs, cell: activation.key, input };
      return journal.append(encodeLoggedInput(logged));
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
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
        done?.({
          ok: false,
          error: new AppError('INTERNAL', 'The request could not be processed.', { cause: error }),
        });
        return;
      }
      activation.lastSeq = seq;
      activation.dirty = true;
      activation.lastUsedMs = nowMs;
      const { key } = activation;
      hold(seq, () => effects.perform({ seq, cell: key, effects: made, done }));
      options.onStepped(activation, true);
    },

    committed(seq) {
      committedSeq = seq;
      while (head < held.length) {
        const next = held[head] as Held;
        if (next.seq > committedSeq) break;
        head++;
        next.release();
      }
      if (head === held.length) {
        held = [];
        head = 0;
      } else if (head > 4_096) {
        held = held.slice(head);
        head = 0;
      }
    },

    get committedSeq() {
      return committedSeq;
    },

    get lastSeq() {
      return journal.nextSeq - 1;
    },

    whenCommitted(seq) {
      return new Promise((resolve) => hold(seq, resolve));
    },

    keepWhenCommitted(seq, rows) {
      hold(seq, () => writeBehind.enqueue(rows, seq));
    },
  };
}
