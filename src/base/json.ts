/** JSON as a type: what a visitor's browser or a site may send as free data. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * How deep `value` nests: a scalar is 0, `{}` is 1. Stops counting past `max`, so hostile input costs little.
 */
export function jsonDepth(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (max <= 0) return 1;
  let deepest = 0;
  for (const child of Object.values(value)) {
    const depth = jsonDepth(child, max - 1);
    if (depth > deepest) deepest = depth;
    if (deepest >= max) break;
  }
  return deepest + 1;
}
