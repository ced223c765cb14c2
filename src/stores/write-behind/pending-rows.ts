/** Rows that wait for one write: the newest of each key, the snapshots of cells apart from the rest. */
import { type Row } from '../operational-store.js';

/** What a row costs beyond the text and bytes that `sizeOf` counts. */
const rowOverheadBytes = 200;

export class PendingRows {
  readonly #rows = new Map<string, Row>();
  readonly #snapshots = new Map<string, Row>();
  /** Visits of which there is a row here. */
  readonly #visits = new Set<string>();
  bytes = 0;
  /** The highest input whose rows are here. */
  lastSeq: number;
  /** When the first row came, monotonic milliseconds. */
  readonly sinceMs: number;

  constructor(lastSeq: number, sinceMs: number) {
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
    if (older !== undefined) this.bytes -= sizeOf(older);
    this.bytes += sizeOf(row);
    rows.set(key, row);
    const visitId = visitOf(row);
    if (visitId !== undefined) this.#visits.add(visitId);
  }

  concerns(visitId: string): boolean {
    return this.#visits.has(visitId);
  }

  /**
   * The rows in the order in which they must be written. Snapshots come last: an input that a stored snapshot
   * contains is not stepped again after a crash, so its rows must be stored by then.
   */
  inOrder(): Row[] {
    return [...this.#rows.values(), ...this.#snapshots.values()];
  }
}

function keyOf(row: Row): string {
  switch (row.entity) {
    case 'visit':
      return `v ${row.value.visitId}`;
    case 'page':
      return `p ${row.value.visitId} ${row.value.pageId}`;
    case 'events':
      return `${row.value.firstOrdinal} ${row.value.visitId}`;
    case 'identity':
      return `i ${row.value.identityId}`;
    case 'visitIdentity':
      return `t ${row.value.visitId} ${row.value.identityId}`;
    case 'engagement':
      return `e ${row.value.interactionId}`;
    case 'chat':
      return `c ${row.value.chatId}`;
    case 'document':
      return JSON.stringify([row.value.kind, row.value.name, row.value.version]);
    case 'cell':
      return row.value.key;
  }
}

function visitOf(row: Row): string | undefined {
  switch (row.entity) {
    case 'identity':
    case 'document':
      return undefined;
    case 'cell':
      return row.value.key.startsWith('visit/') ? row.value.key.slice('visit/'.length) : undefined;
    default:
      return row.value.visitId;
  }
}

function sizeOf(row: Row): number {
  switch (row.entity) {
    case 'events':
    case 'cell':
      return rowOverheadBytes + row.value.bytes.length;
    case 'page':
      return rowOverheadBytes + row.value.url.length + row.value.title.length;
    case 'document':
      return rowOverheadBytes + (row.value.value?.length ?? 0);
    case 'chat':
      return rowOverheadBytes + row.value.entries.length * rowOverheadBytes;
    default:
      return rowOverheadBytes;
  }
}
