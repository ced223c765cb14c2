/** Replays the inputs that no snapshot contains, after a crash or a plain restart. */
import type { Journal } from '../../stores/index.js';
import { stepCell } from '../cell/index.js';
import type { Activation } from './activation.js';
import type { DocumentSets } from './document-sets.js';
import type { Effects, Observer } from './effects.js';
import { decodeLoggedInput } from './journal-codec.js';

export interface RecoverySummary {
  entries: number;
  /** Inputs that were stepped again. */
  replayed: number;
  /** Inputs that threw again, as they did before. */
  failed: number;
  cells: number;
  durationMs: number;
}

export interface RecoveryOptions {
  journal: Journal;
  documents: DocumentSets;
  effects: Effects;
  observer: Observer;
  /** Hands over the cell in memory; rejects when it cannot be read. */
  withCell(key: string, use: (activation: Activation) => void): Promise<void>;
  onStepped(activation: Activation): void;
  monotonicMs(): number;
}

/**
 * Steps every journalled input that its cell's snapshot does not have, with its original time and documents.
 * Rows are written again, which changes nothing; pushes and answers are not: browsers ask for what is pending
 * when they reconnect.
 */
export async function replayJournal(options: RecoveryOptions): Promise<RecoverySummary> {
  const { journal, documents, effects, observer } = options;
  const startedMs = options.monotonicMs();
  const summary: RecoverySummary = { entries: 0, replayed: 0, failed: 0, cells: 0, durationMs: 0 };
  const cells = new Set<string>();
  for await (const { seq, payload } of journal.replay()) {
    summary.entries++;
    const { cell: key, input, nowMs, documentsId } = decodeLoggedInput(payload);
    const named = await documents.load(documentsId);
    await options.withCell(key, (activation) => {
      if (seq <= activation.lastSeq) return;
      try {
        const made = stepCell(activation.cell, input, nowMs, named);
        activation.lastSeq = seq;
        activation.dirty = true;
        effects.performReplayed({ seq, effects: made });
        summary.replayed++;
        cells.add(key);
        options.onStepped(activation);
      } catch (error) {
        summary.failed++;
        observer.cellFailed(key, error);
      }
    });
  }
  summary.cells = cells.size;
  summary.durationMs = options.monotonicMs() - startedMs;
  return summary;
}
