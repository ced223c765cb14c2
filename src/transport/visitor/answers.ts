/** How the visitor's doors answer: one form for errors, one for JSON. */
import { AppError } from '../../base/index.js';
import type { Headers, Respond } from '../edge/index.js';
import { parseJson } from './json-body.js';

/** Seconds after which a refused browser may try again. */
const retryAfterSeconds = '1';

export function respondJson(respond: Respond, value: unknown, headers?: Headers): void {
  respond(200, JSON.stringify(value), headers);
}

export function respondError(respond: Respond, error: unknown): void {
  const known = error instanceof AppError ? error : new AppError('INTERNAL', 'The server has a defect.');
  const isTemporary = known.status === 503 || known.status === 429;
  const headers = isTemporary ? { 'retry-after': retryAfterSeconds } : undefined;
  respond(known.status, JSON.stringify(known.toBody()), headers);
}

/** Parses a JSON object body; throws BAD_REQUEST. */
export function jsonObject(body: Buffer): Record<string, unknown> {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('BAD_REQUEST', 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}
