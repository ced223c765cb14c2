/** The functions of accumulate: one row each. A state is a small array. */
import { equal, order, toNumber } from './comparisons.js';

export interface AccumulateRow {
  readonly meaning: string;
  start(): unknown[];
  add(state: unknown[], value: unknown): void;
  result(state: readonly unknown[]): unknown;
}

/** The lesser (-1) or greater (1) of all values that are not null; null when there is none. */
function extreme(sign: 1 | -1, meaning: string): AccumulateRow {
  return {
    meaning,
    start: () => [null, 0],
    add: (state, value) => {
      if (value === null || value === undefined) return;
      if (state[0] === null || order(value, state[0]) * sign > 0) state[0] = value;
    },
    result: (state) => (typeof state[0] === 'string' ? (toNumber(state[0]) ?? state[0]) : state[0]),
  };
}

function collect(distinct: boolean, meaning: string): AccumulateRow {
  return {
    meaning,
    start: () => [],
    add: (state, value) => {
      if (!distinct || !state.some((member) => equal(member, value))) state.push(value ?? null);
    },
    result: (state) => state,
  };
}

function addNumber(state: unknown[], value: unknown): void {
  const number = toNumber(value);
  if (number === null) return;
  state[0] = (state[0] as number) + number;
  state[1] = (state[1] as number) + 1;
}

export const accumulateRows: Readonly<Record<string, AccumulateRow>> = {
  count: {
    meaning: 'how many; 0 for none',
    start: () => [0, 0],
    add: (state) => {
      state[0] = (state[0] as number) + 1;
    },
    result: (state) => state[0],
  },
  sum: {
    meaning: 'the sum; 0 for none, null values left out',
    start: () => [0, 0],
    add: addNumber,
    result: (state) => state[0],
  },
  average: {
    meaning: 'the mean; null for none, null values left out',
    start: () => [0, 0],
    add: addNumber,
    result: (state) => (state[1] === 0 ? null : (state[0] as number) / (state[1] as number)),
  },
  min: extreme(-1, 'the least; null for none'),
  max: extreme(1, 'the greatest; null for none'),
  collectList: collect(false, 'all values, in order of arrival; an empty list for none'),
  collectSet: collect(true, 'all different values; an empty list for none'),
};
