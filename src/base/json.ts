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
  // Every message is measured: a list of the values first would be garbage of each.
  for (const key in value) {
    const child = (value as Record<string, unknown>)[key];
    if (typeof child !== 'object' || child === null) continue;
    deepest = Math.max(deepest, jsonDepth(child, max - 1));
    if (deepest >= max) break;
  }
  return deepest + 1;
}
