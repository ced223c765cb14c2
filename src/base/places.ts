/** Where something stands in a text: lines and columns from offsets. */

export interface Place {
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
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
