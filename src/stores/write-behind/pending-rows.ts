/** Rows that wait for one write: the newest of each key, the snapshots of cells apart from the rest. */
import { type Row } from '../operational-store.js';
import { isOlder, keyOf, sizeOf, visitOf } from '../row-keys.js';

export class PendingRows {
  readonly #rows = new Map<string, Row>();
  readonly #snapshots = new Map<string, Row>();
  /** Visits of which there is a row here. */
  readonly #visits = new Set<string>();
  bytes = 0;
  /** Its place among all that the queue ever gathered; they are written in this order. */
  readonly ordinal: number;
  /** The highest input whose rows are here. */
  lastSeq: number;
  /** When the first row came, epoch milliseconds. */
  readonly sinceMs: number;
  /** Takes no more rows: it is being written or spilled. */
  isSealed = false;
  /** The block of the spool with the last of these rows, when they are safe there. */
  spooledSeq: number | undefined;

  constructor(ordinal: number, lastSeq: number, sinceMs: number) {
    this.ordinal = ordinal;
    this.lastSeq = lastSeq;
    this.sinceMs = sinceMs;
  }

  get size(): number {
    return this.#rows.size + this.#snapshots.size;
  }

  add(row: Row): void {
    const rows = row.entity === 'cell' ? this.#snapshots : this.#rows;
    const key = keyOf(row);
    const older = rows.get(key);
    // Two visits of a person may bring what is known of them in another order than they learned it.
    if (older !== undefined && isOlder(row, older)) return;
    if (older !== undefined) this.bytes -= sizeOf(older);
    this.bytes += sizeOf(row);
    rows.set(key, row);
    const visitId = visitOf(row);
    if (visitId !== undefined) this.#visits.add(visitId);
  }

  concerns(visitId: string): boolean {
    return this.#visits.has(visitId);
  }

  /** Takes out the rows that `keep` does not want. */
  scrub(keep: (row: Row) => boolean): void {
    for (const rows of [this.#rows, this.#snapshots]) {
      for (const [key, row] of rows) {
        if (keep(row)) continue;
        rows.delete(key);
        this.bytes -= sizeOf(row);
      }
    }
  }

  /**
   * The rows in the order in which they must be written. Snapshots come last: an input that a stored snapshot
   * contains is not stepped again after a crash, so its rows must be stored by then.
   */
  inOrder(): Row[] {
    return [...this.#rows.values(), ...this.#snapshots.values()];
  }
}
