/**
 * Erases some visits and identities from everything that one node has: live cells, rows on their way, the
 * spools, the store and the search index, and the journal. In a cluster every node does it for the same
 * target.
 */
import type { Runtime } from '../actors/runtime/index.js';
import { AppError } from '../base/index.js';
import type { ErasureTarget, Journal, WriteBehind } from '../stores/index.js';

export interface EraseOnNodeOptions {
  runtime: Pick<Runtime, 'forgetWhile' | 'checkpoint'>;
  writeBehind: Pick<WriteBehind, 'erase' | 'sinks'>;
  journal: Pick<Journal, 'rotate' | 'committedSeq' | 'firstSeq'>;
  /** The partitions that this node serves. */
  partitions: () => readonly number[];
  /** How long stores may take, milliseconds. */
  timeoutMs: number;
  monotonicMs: () => number;
}

export interface NodeErasure {
  /** What was reached, in an operator's words. */
  reached: string[];
}

const pauseMs = 50;

/**
 * Resolves when nothing of `target` is left on this node, or with `leavesStore` nothing but in the
 * operational store. Throws `AppError` STORE_UNAVAILABLE when a store cannot be reached in time; what is
 * erased by then stays so, and asking again goes on, because the store that knows what belongs to whom goes
 * last.
 */
export async function eraseOnNode(
  target: ErasureTarget,
  options: EraseOnNodeOptions,
  leavesStore = false,
): Promise<NodeErasure> {
  const { runtime, writeBehind, journal, timeoutMs } = options;
  const cells = target.visitIds.map((visitId) => `visit/${visitId}`);
  await runtime.forgetWhile(cells, async () => {
    await writeBehind.erase(target, timeoutMs, leavesStore);
    // A restart would step the inputs again that the journal still has.
    const lastSeq = journal.committedSeq;
    await journal.rotate();
    await untilReleased(lastSeq, options);
  });
  return { reached: ['memory', 'spool', ...Object.keys(writeBehind.sinks), 'journal'] };
}

/** Checkpoints until the journal has no entry up to `seq`: one that is under way may end before it. */
async function untilReleased(seq: number, options: EraseOnNodeOptions): Promise<void> {
  const { runtime, journal, timeoutMs, monotonicMs } = options;
  const untilMs = monotonicMs() + timeoutMs;
  while (journal.firstSeq <= seq) {
    if (monotonicMs() > untilMs) {
      throw new AppError('STORE_UNAVAILABLE', 'The journal cannot be freed now; ask again.');
    }
    await runtime.checkpoint(options.partitions());
    if (journal.firstSeq <= seq) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
