/**
 * What requests to the deployment port may say beside the texts; everything else is refused by name.
 */
import { AppError } from '../../../base/index.js';

const versionsDefault = 100;
const versionsMax = 1_000;

/** How many versions are asked for: `limit` of the query, 1 to 1000. */
export function readLimit(query: unknown): number {
  const { limit } = query as { limit?: unknown };
  if (limit === undefined) return versionsDefault;
  const count = typeof limit === 'string' && /^[0-9]{1,6}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > versionsMax)
    throw new AppError('BAD_REQUEST', `limit must be a whole number from 1 to ${versionsMax}`, {
      field: 'limit',
    });
  return count;
}

/** The version of a body `{"version": n}`. */
export function readRollback(body: string): number {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new AppError('BAD_REQUEST', 'The body must be JSON: {"version": n}.');
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    throw new AppError('BAD_REQUEST', 'version must be a whole number from 1', { field: 'version' });
  return version;
}
