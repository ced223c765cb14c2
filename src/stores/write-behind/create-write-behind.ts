/** The write-behind of a node: what the actors want kept, handed to the queue of every sink. */
import { join } from 'node:path';
import { type AppError } from '../../base/index.js';
import { type RefusedRow, type Row, type RowSink } from '../operational-store.js';
import { openSpool, type Spool, type SpoolOptions } from '../spool/index.js';
import { type SinkDefinition, type WriteBehind } from '../write-behind.js';
import { RefusedRows } from './refused-rows.js';
import { SinkQueue } from './sink-queue.js';

export interface WriteBehindOptions {
  /** The operational store, which gets every row. */
  store: RowSink;
  /** Who else gets rows; a slow one holds up no other. */
  others?: readonly SinkDefinition[];
  /**
   * Where each sink has its spool and its refused rows, in a folder of its name; without one rows wait in
   * memory alone.
   */
  spool?: Omit<SpoolOptions, 'onDamaged'>;
  /** At this many rows in memory, or `bytesMax`, a queue is full; defaults 100,000 and 128 MB. */
  rowsMax?: number;
  bytesMax?: number;
  /** How long rows gather before they are written; default 200. */
  flushIntervalMs?: number;
  /** Rows of one write to a sink, which are written all or none; default 2,000. */
  writeRowsMax?: number;
  /** Pauses between attempts double from the first to the last; defaults 100 and 5,000. */
  retryMinMs?: number;
  retryMaxMs?: number;
  /** A write failed; it will be tried again. */
  onFailure?: (error: AppError, sink: string) => void;
  /** The spool took no more; rows gather in memory, and it will be tried again. */
  onSpoolFull?: (error: AppError, sink: string) => void;
  /** A row that the sink will never take was left out, so that it holds up no other. */
  onRefused: (refused: RefusedRow, sink: string) => void;
  /** A file of the spool is not as it was written; `rows` rows of it, renamed, were left out. */
  onDamaged?: (file: string, rows: number, sink: string) => void;
}

const ignore = (): void => undefined;

/** The name of the operational store among the sinks. */
const storeName = 'store';

/** Opens the spools, finds what earlier processes left in them, and begins to write it. */
export async function createWriteBehind(options: WriteBehindOptions): Promise<WriteBehind> {
  const definitions: readonly Required<SinkDefinition>[] = [
    { name: storeName, sink: options.store, takes: () => true },
    ...(options.others ?? []).map((definition) => ({ takes: isHistory, ...definition })),
  ];
  const queues = new Map<string, SinkQueue>();
  for (const definition of definitions) {
    queues.set(definition.name, await openQueue(definition, options));
  }
  return writeBehindOf(queues);
}

function isHistory({ entity }: Row): boolean {
  return entity !== 'cell' && entity !== 'document';
}

async function openQueue(sink: Required<SinkDefinition>, options: WriteBehindOptions): Promise<SinkQueue> {
  const { name } = sink;
  const { onFailure = ignore, onSpoolFull = ignore, onDamaged = ignore } = options;
  let damaged = 0;
  let spool: Spool | undefined;
  let refusedRows: RefusedRows | undefined;
  if (options.spool !== undefined) {
    const folder = join(options.spool.folder, name);
    refusedRows = new RefusedRows(folder);
    spool = await openSpool({
      ...options.spool,
      folder,
      onDamaged(file, rows) {
        damaged++;
        onDamaged(file, rows, name);
      },
    });
  }
  return new SinkQueue({
    sink,
    spool,
    rowsMax: options.rowsMax ?? 100_000,
    bytesMax: options.bytesMax ?? 128 * 1024 * 1024,
    flushIntervalMs: options.flushIntervalMs ?? 200,
    writeRowsMax: options.writeRowsMax ?? 2_000,
    retryMinMs: options.retryMinMs ?? 100,
    retryMaxMs: options.retryMaxMs ?? 5_000,
    damaged: () => damaged,
    onFailure: (error) => onFailure(error, name),
    onSpoolFull: (error) => onSpoolFull(error, name),
    onRefused(refused) {
      refusedRows?.keep(refused, Date.now());
      options.onRefused(refused, name);
    },
    scrubRefused: async (keep) => refusedRows?.scrub(keep),
  });
}

function writeBehindOf(queues: ReadonlyMap<string, SinkQueue>): WriteBehind {
  const all = [...queues.values()];
  const store = queues.get(storeName) as SinkQueue;
  const sinks = Object.fromEntries(queues);
  return {
    enqueue(rows, seq) {
      for (const queue of all) queue.enqueue(rows, seq);
    },
    get isFull() {
      return all.some(({ isFull }) => isFull);
    },
    get fullReason() {
      const [name, full] = [...queues].find(([, { isFull }]) => isFull) ?? [];
      if (full === undefined) return undefined;
      const spool = full.isSpoolFull ? ', and its spool has no room' : '';
      return `The ${name} does not keep up${spool}.`;
    },
    sinks,
    get isStoreAway() {
      return store.lastError !== undefined;
    },
    get persistedSeq() {
      return Math.min(...all.map(({ persistedSeq }) => persistedSeq));
    },
    drained: (visitId, timeoutMs) => store.drained(visitId, timeoutMs),
    async secured(timeoutMs) {
      const secured = await Promise.all(all.map((queue) => queue.secured(timeoutMs)));
      return secured.every(Boolean);
    },
    async erase(target, timeoutMs, leavesStore = false) {
      await Promise.all(all.map((queue) => queue.erase(target, timeoutMs, queue === store)));
      if (!leavesStore) await store.erase(target, timeoutMs);
    },
    async close(timeoutMs) {
      const written = await Promise.all(all.map((queue) => queue.close(timeoutMs)));
      return written.every(Boolean);
    },
  };
}
