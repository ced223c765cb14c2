/**
 * Steps again what a log holds and no snapshot contains: after a crash, and when a partition comes to this
 * node.
 */
import { stepCell } from '../cell/index.js';
import type { Documents } from '../protocol/index.js';
import type { Row } from '../../stores/index.js';
import type { Activation } from './activation.js';
import type { Backlog, LoggedEntry } from './backlog.js';
import type { DocumentSets } from './document-sets.js';
import type { Effects, Observer } from './effects.js';

export interface ReplayFigures {
  /** Inputs that were stepped again. */
  replayed: number;
  /** Inputs that threw again, as they did before. */
  failed: number;
  /** Cells that had inputs to take. */
  cells: number;
}

export interface Replay {
  /**
   * Loads the documents that the cell's entries name, and gives the function that steps them. Rows are
   * written again, which changes nothing; pushes and answers are not: browsers ask for what is pending when
   * they reconnect. Rejects when a document set cannot be had.
   */
  prepare(cell: string): Promise<(activation: Activation) => void>;
  /** Steps one entry on a cell in memory; with the present documents when those it names are not loaded. */
  again(activation: Activation, entry: LoggedEntry): void;
  readonly figures: ReplayFigures;
}

export interface ReplayOptions {
  backlog: Backlog;
  documents: DocumentSets;
  effects: Effects;
  observer: Observer;
  enqueue(rows: readonly Row[]): void;
  onStepped(activation: Activation): void;
}

export function createReplay(options: ReplayOptions): Replay {
  const { backlog, documents, effects, observer } = options;
  const figures: ReplayFigures = { replayed: 0, failed: 0, cells: 0 };

  function step(activation: Activation, entry: LoggedEntry, named: Documents): void {
    if (entry.seq <= activation.lastSeq) return;
    try {
      const made = stepCell(activation.cell, entry.input, entry.nowMs, named);
      activation.lastSeq = entry.seq;
      activation.dirty = true;
      const { rowVersion: version = 0 } = activation.cell;
      effects.performReplayed({ effects: made, version, enqueue: (rows) => options.enqueue(rows) });
      figures.replayed++;
    } catch (error) {
      figures.failed++;
      observer.cellFailed(activation.key, error);
    }
  }

  return {
    figures,
    again(activation, entry) {
      step(activation, entry, documents.loaded(entry.documentsId) ?? documents.current);
      options.onStepped(activation);
    },
    async prepare(cell) {
      if (!backlog.has(cell)) return () => undefined;
      const sets = new Map<number, Documents>();
      for (const { documentsId } of backlog.of(cell)) {
        if (!sets.has(documentsId)) sets.set(documentsId, await documents.load(documentsId));
      }
      return (activation) => {
        for (const entry of backlog.of(cell)) {
          step(activation, entry, sets.get(entry.documentsId) ?? documents.current);
        }
        if (!backlog.has(cell)) return;
        backlog.settled(cell);
        figures.cells++;
        options.onStepped(activation);
      };
    },
  };
}
