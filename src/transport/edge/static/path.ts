/** From a URL path to a path inside a mount's folder, and never outside it. */

/**
 * The decoded segments below a mount, or undefined for what no honest link contains: `..`, hidden names, a
 * backslash, a NUL, a broken escape.
 */
export function safeSegments(encoded: string): string[] | undefined {
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  if (/[\\\0]/.test(path)) return undefined;
  const segments = path.split('/');
  const name = segments.pop() ?? '';
  // An empty last segment is a folder; an empty one inside is a doubled slash.
  if (segments.some((segment) => segment === '' || segment.startsWith('.'))) return undefined;
  if (name.startsWith('.')) return undefined;
  return name === '' ? segments : [...segments, name];
}
