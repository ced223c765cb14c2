/** Rows of one write as the worker takes them: grouped by table, flat, their bytes one after the other. */
import { type Row } from '../operational-store.js';
import { type Retention } from '../retention.js';
import { versionOf } from '../row-keys.js';
import { type RowGroup } from './protocol.js';
import { type Table, tables } from './tables.js';

export interface FlatRows {
  groups: RowGroup[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** Rows of one table keep their order, so that of two with one key the later wins. */
export function flatten(rows: readonly Row[], retention: Retention, nowMs: number): FlatRows {
  const groups = new Map<Row['entity'], RowGroup>();
  const pieces = new Map<Row['entity'], Uint8Array[]>();
  let size = 0;
  for (const row of rows) {
    const table = tables[row.entity] as Table;
    let group = groups.get(row.entity);
    if (group === undefined) {
      group = { entity: row.entity, count: 0, values: [] };
      groups.set(row.entity, group);
      pieces.set(row.entity, []);
    }
    group.count++;
    for (const column of table.columnsOf(row.value)) {
      if (column instanceof Uint8Array) {
        group.values.push(column.length);
        pieces.get(row.entity)?.push(column);
        size += column.length;
      } else {
        group.values.push(storable(column));
      }
    }
    if (table.versioned) group.values.push(versionOf(row, nowMs));
    group.values.push(expiryOf(table, row.value, retention, nowMs));
  }
  return { groups: [...groups.values()], bytes: joined([...pieces.values()].flat(), size) };
}

/**
 * SQLite's library cuts a text at NUL when it reads it; what is no character anyway becomes the sign for
 * that.
 */
export function storable<Value extends string | number | null>(value: Value): Value | string {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

function expiryOf(table: Table, value: Row['value'], retention: Retention, nowMs: number): number | null {
  const name = typeof table.retention === 'function' ? table.retention(value) : table.retention;
  if (name === undefined) return null;
  const seconds = retention[name] ?? retention.all ?? 0;
  return seconds === 0 ? null : nowMs + seconds * 1_000;
}

function joined(pieces: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
