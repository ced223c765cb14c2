/**
 * JSON paths over free data: `$.name`, `$['name']`, `$.list[0]`, `$.list[*]`, `$.*` and `$..name` at any
 * depth. Filters and slices are not understood.
 */

export type PathStep = string | number;

interface Segment {
  /** At this depth or any below. */
  descends: boolean;
  /** Undefined matches every step. */
  step: PathStep | undefined;
}

const segmentPattern =
  /(\.\.|\.)?(?:\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d{1,9})|(\*))\]|(\*)|([^.[\]'"*\s]+))/gy;

/** What says whether a path is the one meant; undefined when `text` is no path of this form. */
export function jsonPath(text: string): ((path: readonly PathStep[]) => boolean) | undefined {
  const trimmed = text.trim();
  const body = trimmed.startsWith('$') ? trimmed.slice(1) : `.${trimmed}`;
  const segments: Segment[] = [];
  let end = 0;
  for (const match of body.matchAll(segmentPattern)) {
    const [whole, dots, single, double, index, anyItem, anyName, name] = match;
    // A bare name or `*` needs its dot.
    if (dots === undefined && (anyName !== undefined || name !== undefined)) return undefined;
    const quoted = single ?? double;
    const step =
      index !== undefined ? Number(index) : (quoted?.replaceAll(/\\(.)/gs, '$1') ?? name ?? undefined);
    segments.push({ descends: dots === '..', step: (anyItem ?? anyName) ? undefined : step });
    end += whole.length;
  }
  if (segments.length === 0 || end !== body.length) return undefined;
  return (path) => matches(segments, path, 0, 0);
}

function matches(segments: readonly Segment[], path: readonly PathStep[], at: number, from: number): boolean {
  const segment = segments[at];
  if (segment === undefined) return from === path.length;
  for (let place = from; place < path.length; place++) {
    const fits = segment.step === undefined || segment.step === path[place];
    if (fits && matches(segments, path, at + 1, place + 1)) return true;
    if (!segment.descends) return false;
  }
  return false;
}
