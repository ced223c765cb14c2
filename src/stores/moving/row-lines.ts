/** Rows as lines of JSON: what stands in the files of a moved store. Bytes are base64. */
import { Buffer } from 'node:buffer';
import { AppError } from '../../base/index.js';
import type { Row } from '../operational-store.js';
import type { Entity } from '../row-pages.js';

/** A field of a line that no value has. */
const versionField = '@version';

export function lineOf({ value, version }: Row): string {
  const bytes = 'bytes' in value ? { bytes: Buffer.from(value.bytes).toString('base64') } : {};
  return JSON.stringify({
    ...value,
    ...bytes,
    ...(version === undefined ? {} : { [versionField]: version }),
  });
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
  // Where it is not known when a row was made, it is older than any other.
  const { [versionField]: version = 1, ...fields } = value;
  if (!Number.isSafeInteger(version)) {
    throw new AppError('BAD_REQUEST', `a line of ${entity} has a version that is no whole number`);
  }
  // The store itself refuses a value that lacks something.
  return { entity, value: { ...fields, ...bytes }, version } as Row;
}
