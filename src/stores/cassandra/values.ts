/** Values as the driver gives them, as ours. */
import cassandra from 'cassandra-driver';

/** A `bigint` or `int` column. */
export function numberOf(value: unknown): number {
  return value instanceof cassandra.types.Long ? value.toNumber() : Number(value);
}

export function textOf(value: unknown): string {
  return String(value);
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A `blob` column. The driver’s `Buffer` is one view of bytes and this another. */
export function plainBytes(value: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
