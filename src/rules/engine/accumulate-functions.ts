/** The functions of accumulate: one row each. A state is a small array, so that totals can be kept as plain numbers. */
import { equal, order, toNumber } from './comparisons.js';

export interface AccumulateRow {
  readonly meaning: string;
  /** Whether two numbers suffice to go on from, without the events behind them. */
  readonly resumable: boolean;
  start(): unknown[];
  add(state: unknown[], value: unknown): void;
  result(state: readonly unknown[]): unknown;
  /** Takes two kept numbers into a fresh state. */
  resume(state: unknown[], kept: readonly number[], at: number): void;
}

const twoNumbers = (state: unknown[], kept: readonly number[], at: number): void => {
  state[0] = kept[at] ?? 0;
  state[1] = kept[at + 1] ?? 0;
};

/** The lesser (-1) or greater (1) of all values that are not null; null when there is none. */
function extreme(sign: 1 | -1, meaning: string): AccumulateRow {
  return {
    meaning,
    resumable: false,
    start: () => [null, 0],
    add: (state, value) => {
      if (value === null || value === undefined) return;
      if (state[0] === null || order(value, state[0]) * sign > 0) state[0] = value;
    },
    result: (state) => (typeof state[0] === 'string' ? (toNumber(state[0]) ?? state[0]) : state[0]),
    resume: twoNumbers,
  };
}

function collect(distinct: boolean, meaning: string): AccumulateRow {
  return {
    meaning,
    resumable: false,
    start: () => [],
    add: (state, value) => {
      if (!distinct || !state.some((member) => equal(member, value))) state.push(value ?? null);
    },
    result: (state) => state,
    resume: twoNumbers,
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
    resumable: true,
    start: () => [0, 0],
    add: (state) => {
      state[0] = (state[0] as number) + 1;
    },
    result: (state) => state[0],
    resume: twoNumbers,
  },
  sum: {
    meaning: 'the sum; 0 for none, null values left out',
    resumable: true,
    start: () => [0, 0],
    add: addNumber,
    result: (state) => state[0],
    resume: twoNumbers,
  },
  average: {
    meaning: 'the mean; null for none, null values left out',
    resumable: true,
    start: () => [0, 0],
    add: addNumber,
    result: (state) => (state[1] === 0 ? null : (state[0] as number) / (state[1] as number)),
    resume: twoNumbers,
  },
  min: extreme(-1, 'the least; null for none'),
  max: extreme(1, 'the greatest; null for none'),
  collectList: collect(false, 'all values, in order of arrival; an empty list for none'),
  collectSet: collect(true, 'all different values; an empty list for none'),
};
