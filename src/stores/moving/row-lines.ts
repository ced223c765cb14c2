/** Rows as lines of JSON: what stands in the files of a moved store. Bytes are base64. */
import { Buffer } from 'node:buffer';
import { AppError } from '../../base/index.js';
import type { Row } from '../operational-store.js';
import type { Entity } from '../row-pages.js';

export function lineOf({ value }: Row): string {
  return 'bytes' in value
    ? JSON.stringify({ ...value, bytes: Buffer.from(value.bytes).toString('base64') })
    : JSON.stringify(value);
}

/** Throws `AppError` BAD_REQUEST for a line that is none of ours. */
export function rowOfLine(entity: Entity, line: string): Row {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(line) as Record<string, unknown> | null;
  } catch (error) {
    throw new AppError('BAD_REQUEST', `a line of ${entity} is not JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) {
    throw new AppError('BAD_REQUEST', `a line of ${entity} is not a row`);
  }
  const hasBytes = entity === 'events' || entity === 'cell';
  if (hasBytes && typeof value.bytes !== 'string') {
    throw new AppError('BAD_REQUEST', `a line of ${entity} has no bytes`);
  }
  const bytes = hasBytes ? { bytes: new Uint8Array(Buffer.from(value.bytes as string, 'base64')) } : {};
  // The store itself refuses a value that lacks something.
  return { entity, value: { ...value, ...bytes } } as Row;
}
