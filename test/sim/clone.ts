// A message on the wire is bytes: what its sender changes afterwards must not reach its receiver.

/** A deep copy of plain data. Bytes are shared, because nobody may change a payload. */
export function clonePlain<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(clonePlain) as Value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) copy[key] = clonePlain(part);
  return copy as Value;
}
