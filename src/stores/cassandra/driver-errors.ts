/** What the driver's errors mean to who asked for a row. */
import cassandra from 'cassandra-driver';
import { AppError } from '../../base/index.js';

const { responseErrorCodes } = cassandra.types;

/** Answers by which the database refuses the request itself, and would again. */
const refusals: ReadonlySet<number> = new Set([
  responseErrorCodes.syntaxError,
  responseErrorCodes.invalid,
  responseErrorCodes.configError,
  responseErrorCodes.protocolError,
]);

/**
 * STORE_UNAVAILABLE when the same request may succeed later, OVERLOADED while too many are under way,
 * INTERNAL when the request can never succeed. A missing table or right is the operator's to mend, and then
 * the request succeeds: rows must not be given up for it.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = reasonOf(error);
  if (error instanceof cassandra.errors.ResponseError) {
    const refused = refusals.has(error.code) && !isUnknownTable(error);
    return new AppError(refused ? 'INTERNAL' : 'STORE_UNAVAILABLE', message, { cause: error });
  }
  if (error instanceof cassandra.errors.BusyConnectionError) {
    return new AppError('OVERLOADED', message, { cause: error });
  }
  // What cannot be encoded never leaves this process.
  const isOurs = error instanceof TypeError || error instanceof RangeError;
  return new AppError(isOurs ? 'INTERNAL' : 'STORE_UNAVAILABLE', message, { cause: error });
}

/** Whether the database does not know the table, or not yet. */
export function isUnknownTable(error: unknown): boolean {
  return error instanceof cassandra.errors.ResponseError && /does not exist|unconfigured/.test(error.message);
}

/** In one line, with what each host said. */
export function reasonOf(error: unknown): string {
  if (error instanceof cassandra.errors.NoHostAvailableError) {
    const told = Object.entries((error.innerErrors ?? {}) as Record<string, unknown>);
    if (told.length === 0) return 'no node of Cassandra is connected';
    return told.map(([host, inner]) => `${host}: ${reasonOf(inner)}`).join('; ');
  }
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const known = typeof code === 'string' && !error.message.includes(code) ? ` (${code})` : '';
  return `${error.message.split('\n')[0] ?? ''}${known}`;
}
