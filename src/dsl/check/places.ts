/** Where something stands in a text: lines and columns from offsets, and offsets inside attribute values. */

export interface Place {
  /** Counted from 1. */
  line: number;
  column: number;
}

export type PlaceOf = (offset: number) => Place;

/** Gives the line and column of an offset of `text`, in UTF-16 units as editors count them. */
export function placesOf(text: string): PlaceOf {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

const entityPattern = /&(?:#x([\da-f]+)|#(\d+)|\w+);|\r\n/giy;

/** The offset in `raw`, as written, of what stands at `offset` of the value that it is read as. */
export function rawOffset(raw: string, offset: number): number {
  let at = 0;
  for (let read = 0; read < offset && at < raw.length; read++) {
    entityPattern.lastIndex = at;
    const entity = entityPattern.exec(raw);
    if (entity === null) {
      at++;
      continue;
    }
    at += entity[0].length;
    const code = entity[1] === undefined ? Number(entity[2] ?? 0) : parseInt(entity[1], 16);
    // A character beyond the first plane is read as two.
    if (code > 0xffff) read++;
  }
  return at;
}
