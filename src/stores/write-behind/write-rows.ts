/** One attempt to write rows to a sink, which finds the rows that the sink will never take. */
import { AppError, errorTable } from '../../base/index.js';
import { type RefusedRow, type Row, type RowSink } from '../operational-store.js';

/** A sink that refuses each of more rows than this has a defect of its own; none of them is given up. */
const allRefusedMax = 16;

/**
 * Writes `rows` and returns those that the sink will never take; all others are written. Throws a retryable
 * `AppError` when the sink cannot take rows now.
 */
export async function writeRows(sink: RowSink, rows: readonly Row[]): Promise<RefusedRow[]> {
  const refused = await writeParts(sink, rows);
  const [first] = refused;
  if (first === undefined || refused.length < rows.length || rows.length <= allRefusedMax) return refused;
  const reason = first.error instanceof Error ? first.error.message : String(first.error);
  throw new AppError('STORE_UNAVAILABLE', `every one of ${rows.length} rows was refused: ${reason}`, {
    cause: first.error,
  });
}

/** Halves the rows until the one is alone that the sink refuses. */
async function writeParts(sink: RowSink, rows: readonly Row[]): Promise<RefusedRow[]> {
  try {
    return [...((await sink.write(rows)) ?? [])];
  } catch (error) {
    if (isRetryable(error)) throw error;
    if (rows.length <= 1) return rows.map((row) => ({ row, error }));
    const half = rows.length >> 1;
    const before = await writeParts(sink, rows.slice(0, half));
    return [...before, ...(await writeParts(sink, rows.slice(half)))];
  }
}

export function isRetryable(error: unknown): error is AppError {
  return error instanceof AppError && errorTable[error.code].retryable;
}
