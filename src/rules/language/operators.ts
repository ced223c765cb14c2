/**
 * The operators of a condition: one row each, from which the reader, the checker, the compiler and the
 * reference work.
 */

export interface OperatorRow {
  readonly name: string;
  /** What it means, for the reference page. */
  readonly meaning: string;
  readonly group: 'equality' | 'order' | 'text' | 'member' | 'temporal';
}

/** An interval temporal operator: how far the left event may start after the right one, by its parameters. */
export interface TemporalRow extends OperatorRow {
  readonly group: 'temporal';
  /** Parameters allowed. */
  readonly counts: readonly number[];
  /** Bounds of `left.timestamp - right.timestamp`, both included. Events have no duration. */
  range(parameters: readonly number[]): readonly [min: number, max: number];
}

/** With one parameter n: 0 to n; with two: from the first to the second. */
function within(
  parameters: readonly number[],
  without: readonly [number, number],
): readonly [number, number] {
  const [first, second] = parameters;
  if (first === undefined) return without;
  if (second === undefined) return [first, Infinity];
  return [Math.min(first, second), Math.max(first, second)];
}

function around(parameters: readonly number[]): readonly [number, number] {
  const [first, second] = parameters;
  if (first === undefined) return [0, 0];
  const size = Math.min(first, second ?? first);
  return [-size, size];
}

const never: readonly [number, number] = [1, 0];
const exact = (parameters: readonly number[]): readonly [number, number] => around(parameters.slice(0, 1));

export const temporalRows: readonly TemporalRow[] = [
  {
    name: 'after',
    group: 'temporal',
    counts: [0, 1, 2],
    range: (p) => within(p, [1, Infinity]),
    meaning: 'at least 1 ms later; after[a,b]: ' + 'from a to b later, both included',
  },
  {
    name: 'before',
    group: 'temporal',
    counts: [0, 1, 2],
    range: (p) => flipped(within(p, [1, Infinity])),
    meaning: 'at least 1 ms earlier; ' + 'before[a,b]: from a to b earlier, both included',
  },
  {
    name: 'coincides',
    group: 'temporal',
    counts: [0, 1, 2],
    range: around,
    meaning: 'at the same time; ' + 'coincides[n]: at most n apart',
  },
  {
    name: 'meets',
    group: 'temporal',
    counts: [0, 1],
    range: exact,
    meaning:
      'ends when the other begins; for events without ' + 'duration: at the same time, or at most n apart',
  },
  {
    name: 'metby',
    group: 'temporal',
    counts: [0, 1],
    range: exact,
    meaning:
      'begins when the other ends; for events without ' + 'duration: at the same time, or at most n apart',
  },
  {
    name: 'during',
    group: 'temporal',
    counts: [0, 1, 2, 4],
    range: () => never,
    meaning: 'strictly inside the other; ' + 'events have no duration, so never',
  },
  {
    name: 'includes',
    group: 'temporal',
    counts: [0, 1, 2, 4],
    range: () => never,
    meaning: 'strictly around the other; ' + 'events have no duration, so never',
  },
  {
    name: 'overlaps',
    group: 'temporal',
    counts: [0, 1, 2],
    range: () => never,
    meaning: 'begins first and ends inside the ' + 'other; events have no duration, so never',
  },
  {
    name: 'overlappedby',
    group: 'temporal',
    counts: [0, 1, 2],
    range: () => never,
    meaning: 'begins inside the other and ends ' + 'later; events have no duration, so never',
  },
  {
    name: 'starts',
    group: 'temporal',
    counts: [0, 1],
    range: () => never,
    meaning: 'begins together and ends first; ' + 'events have no duration, so never',
  },
  {
    name: 'startedby',
    group: 'temporal',
    counts: [0, 1],
    range: () => never,
    meaning: 'begins together and ends last; ' + 'events have no duration, so never',
  },
  {
    name: 'finishes',
    group: 'temporal',
    counts: [0, 1],
    range: () => never,
    meaning: 'begins later and ends together; ' + 'events have no duration, so never',
  },
  {
    name: 'finishedby',
    group: 'temporal',
    counts: [0, 1],
    range: () => never,
    meaning: 'begins first and ends together; ' + 'events have no duration, so never',
  },
];

function flipped([min, max]: readonly [number, number]): readonly [number, number] {
  return [-max, -min];
}

export const operatorRows: readonly OperatorRow[] = [
  {
    name: '==',
    group: 'equality',
    meaning: 'equal; a number held as a string ' + 'equals that number; null equals only null',
  },
  { name: '!=', group: 'equality', meaning: 'not equal' },
  { name: '<', group: 'order', meaning: 'less; false when a side is null' },
  { name: '<=', group: 'order', meaning: 'less or equal; false when a side is null' },
  { name: '>', group: 'order', meaning: 'greater; false when a side is null' },
  { name: '>=', group: 'order', meaning: 'greater or equal; false when a side is null' },
  {
    name: 'contains',
    group: 'member',
    meaning: 'the list has the value, or the ' + 'string has the substring; false for null',
  },
  { name: 'memberOf', group: 'member', meaning: 'the value is in the list on the right' },
  { name: 'in', group: 'member', meaning: 'equal to one of the values in brackets' },
  {
    name: 'matches',
    group: 'text',
    meaning: 'the whole string matches the ' + 'regular expression; false for null',
  },
  { name: 'str[startsWith]', group: 'text', meaning: 'the string begins with the other; false for null' },
  { name: 'str[endsWith]', group: 'text', meaning: 'the string ends with the other; false for null' },
  { name: 'str[length]', group: 'text', meaning: 'the string has this many characters; false for null' },
  ...temporalRows,
];

export const temporalByName: ReadonlyMap<string, TemporalRow> = new Map(
  temporalRows.map((row) => [row.name, row]),
);

/** Words that stand between two operands and can be negated with a `not` before them. */
export const wordOperators: ReadonlySet<string> = new Set([
  'contains',
  'memberOf',
  'matches',
  'in',
  'str',
  'excludes',
  'soundslike',
  ...temporalByName.keys(),
]);
