/** How a search that found more than one answer holds goes on, the same in every index. */
import { AppError } from '../../base/index.js';
import type { Found, IndexDocument } from '../search-index.js';

/** Where a search goes on: after the document with this date and id. */
export interface Cursor {
  atMs: number | null;
  id: string;
}

/** The answer to a search for `limit` documents; one that has as many may not be the last. */
export function foundPage(total: number, documents: IndexDocument[], limit: number): Found {
  const last = documents.at(-1);
  if (last === undefined || documents.length < limit) return { total, documents };
  const atMs = (last['@timestamp'] as number | undefined) ?? null;
  return { total, documents, next: writeCursor({ atMs, id: last.id }) };
}

function writeCursor({ atMs, id }: Cursor): string {
  return Buffer.from(JSON.stringify([atMs, id])).toString('base64url');
}

/** Throws `AppError` BAD_REQUEST for a text that is not `next` of an answer. */
export function readCursor(text: string): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(value) && value.length === 2) {
      const [atMs, id] = value as [unknown, unknown];
      if ((atMs === null || Number.isSafeInteger(atMs)) && typeof id === 'string') {
        return { atMs: atMs as number | null, id };
      }
    }
  } catch {
    // Not ours, as what follows says.
  }
  throw new AppError('BAD_REQUEST', 'after must be `next` of an answer before', { field: 'after' });
}
