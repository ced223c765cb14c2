/** Path patterns of options: `/*` for all, `/server/*`, `*.js`, or an exact path. */

export function pathTest(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.includes('/*')) return () => true;
  return (path) =>
    patterns.some((pattern) => {
      if (pattern.endsWith('/*')) {
        return path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1));
      }
      return pattern.startsWith('*.') ? path.endsWith(pattern.slice(1)) : path === pattern;
    });
}
