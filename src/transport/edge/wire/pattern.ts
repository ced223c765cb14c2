/** Route patterns of the Node wire: whole segments, exact or `:name`, as the native library reads them. */

/** The named segments of `path` in order, or undefined when it does not match. Both are split at `/`. */
export function matchPattern(pattern: readonly string[], path: readonly string[]): string[] | undefined {
  if (pattern.length !== path.length) return undefined;
  const segments: string[] = [];
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? '';
    if (part.startsWith(':')) {
      if (segment === '') return undefined;
      segments.push(segment);
    } else if (part !== segment) return undefined;
  }
  return segments;
}
