/** What a row is the newest version of, which of two is newer, whom it is about, and what it weighs. */
import { type Row } from './operational-store.js';

/** What a row costs beyond the text and bytes that `sizeOf` counts. */
const rowOverheadBytes = 200;
const visitCell = 'visit/';

/** Of two rows with one key the later replaces the earlier. */
export function keyOf(row: Row): string {
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

/** The version of a row that is written at `nowMs`. */
export function versionOf({ version }: Row, nowMs: number): number {
  return version ?? nowMs * 1_000;
}

/** Whether `row` was made before `other`, which has the same key; one without a version is made now. */
export function isOlder(row: Row, other: Row): boolean {
  return (row.version ?? Infinity) < (other.version ?? Infinity);
}

/** The visit that a row belongs to. */
export function visitOf(row: Row): string | undefined {
  switch (row.entity) {
    case 'identity':
    case 'document':
      return undefined;
    case 'cell':
      return row.value.key.startsWith(visitCell) ? row.value.key.slice(visitCell.length) : undefined;
    default:
      return row.value.visitId;
  }
}

/** The identity that a row names. */
export function identityOf(row: Row): string | undefined {
  return row.entity === 'identity' || row.entity === 'visitIdentity' ? row.value.identityId : undefined;
}

/** Roughly the bytes that a row takes in memory. */
export function sizeOf(row: Row): number {
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
